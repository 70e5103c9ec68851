"""The doors for feed readers and calendars: right for a parser, stable for whoever follows, cheap when unchanged."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from pitches import doors, lifecycle
from pitches.models import DoorState, Event, Fact
from portal import clock
from tests.factories import DoorFactory, PageFactory

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"
PATHS = ("/@{}/doors.atom", "/@{}/doors.ics")


@pytest.fixture(autouse=True)
def sunday():
    with clock.standing_at(SUNDAY):
        yield


def entries(client, page):
    """The feed: title and id of each entry, and when it was updated."""
    response = client.get(f"/@{page.handle}/doors.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    said = [
        (item.findtext(f"{ATOM}title"), item.findtext(f"{ATOM}id"), item.findtext(f"{ATOM}updated"))
        for item in feed.iter(f"{ATOM}entry")
    ]
    return feed, said


def dates(client, page):
    """The calendar: what, when, and under which name and number."""
    response = client.get(f"/@{page.handle}/doors.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    return [(str(date["SUMMARY"]), date.start, str(date["UID"]), date["SEQUENCE"]) for date in calendar.walk("VEVENT")]


def turn(door, state):
    return doors.change(door, by=door.page.owner, state=state)


# ── the feed ─────────────────────────────────────────────────────────────────
def test_the_feed_says_how_each_door_stands_and_what_happened(client):
    page = PageFactory(name="Maya & <b>Lind</b>")
    door = DoorFactory(page=page, name="AI & <i>tools</i>", blurb="Numbers <b>", closed=True)
    DoorFactory(page=page, name="Down", taken_down_at=SUNDAY)
    clock.move_to(SUNDAY + DAY)
    turn(door, DoorState.OPEN)
    clock.move_to(SUNDAY + 2 * DAY)
    turn(door, DoorState.CLOSED)
    feed, said = entries(client, page)
    assert {item.text for item in feed.iter(f"{ATOM}summary")} == {"Numbers &lt;b&gt;"}
    assert [title for title, _, _ in said] == [
        "AI & <i>tools</i>: Closed",
        "AI & <i>tools</i> closed",
        "AI & <i>tools</i> opened",
    ]
    assert [updated for _, _, updated in said] == [f"2026-05-{day}T12:00:00+00:00" for day in (12, 12, 11)]
    assert feed.findtext(f"{ATOM}updated") == "2026-05-12T12:00:00+00:00"
    assert feed.findtext(f"{ATOM}title") == "The doors of Maya & <b>Lind</b>"
    assert len({name for _, name, _ in said}) == 3


def test_what_was_read_keeps_its_name_when_the_page_moves(client):
    page = PageFactory()
    door = DoorFactory(page=page, closed=True)
    turn(door, DoorState.OPEN)
    before = [name for _, name, _ in entries(client, page)[1]]
    page.handle = "elsewhere"
    page.save()
    assert [name for _, name, _ in entries(client, page)[1]] == before


def test_the_feed_ends_after_ninety_days_and_says_why_a_door_closed(client):
    door = DoorFactory()
    for note, before in (("full", 91), ("full", 3), ("promise", 2), ("", 1)):
        lifecycle.record(Fact.DOOR_CLOSED, door.page, door=door, note=note)
        Event.objects.filter(pk=Event.objects.latest("pk").pk).update(at=SUNDAY - before * DAY)
    assert [title.removeprefix("Original research") for title, _, _ in entries(client, door.page)[1]] == [
        ": Open",
        " closed",
        " closed until there is room again",
        " closed: the places of the week are taken",
    ]


def test_a_page_without_doors_has_a_feed_as_old_as_itself(client):
    page = PageFactory()
    clock.move_to(SUNDAY + DAY)
    feed, said = entries(client, page)
    assert (said, feed.findtext(f"{ATOM}updated")) == ([], "2026-05-10T12:00:00+00:00")


def test_letters_that_xml_cannot_write_break_nothing(client):
    door = DoorFactory(name="A\x08B", page__name="Ma\x0bya")
    assert entries(client, door.page)[1][0][0] == "A B: Open"
    assert dates(client, door.page)[0][0] == "Ma reads pitches"


# ── the calendar ─────────────────────────────────────────────────────────────
def test_the_calendar_knows_the_dates_of_the_doors_and_eight_hours(client):
    page = PageFactory()
    DoorFactory(page=page, name="A", state="closed", opens_at=datetime(2026, 9, 1, tzinfo=UTC), version=3)
    DoorFactory(page=page, name="B", state="until", until=datetime(2026, 6, 30, 22, tzinfo=UTC))
    DoorFactory(page=page, name="C", places_per_week=1, full_until=datetime(2026, 5, 10, 23, tzinfo=UTC))
    DoorFactory(page=page, name="D", state="until", until=SUNDAY - DAY)
    DoorFactory(page=page, name="E", closed=True)
    found = dates(client, page)
    assert [(title, at, number) for title, at, _, number in found[:3]] == [
        ("“A” of Maya opens", datetime(2026, 9, 1, tzinfo=UTC), 3),
        ("“B” of Maya closes", datetime(2026, 6, 30, 22, tzinfo=UTC), 1),
        ("“C” of Maya opens again", datetime(2026, 5, 10, 23, tzinfo=UTC), 1),
    ]
    hours = [at for title, at, _, _ in found[3:] if title == "Maya reads pitches"]
    assert len(hours) == len(found) - 3 == 8
    assert hours[:2] == [datetime(2026, 5, 12, 8, tzinfo=UTC), datetime(2026, 5, 15, 8, tzinfo=UTC)]
    assert len({name for _, _, name, _ in found}) == 11


def test_a_date_that_moved_is_the_same_entry_with_a_higher_number(client):
    door = DoorFactory(page__reading=[])
    opens = SUNDAY + 9 * DAY
    doors.change(door, state=DoorState.CLOSED, opens_at=opens)
    (before,) = dates(client, door.page)
    doors.change(door, opens_at=opens + DAY)
    (after,) = dates(client, door.page)
    assert (before[1], after[1]) == (opens, opens + DAY)
    assert before[2] == after[2]
    assert after[3] > before[3]


def test_the_hours_keep_their_names_from_day_to_day(client):
    page = PageFactory()
    before = dates(client, page)
    clock.move_to(SUNDAY + 3 * DAY)
    assert dates(client, page)[:7] == before[1:]


@pytest.mark.parametrize(
    ("from_", "hour", "wanted"),
    [
        # Lisbon goes from 01:00 to 02:00 on 29 March, and from 02:00 back to 01:00 on 25 October.
        (datetime(2026, 3, 20, tzinfo=UTC), "SUN 01:30", ["22T013000Z", "29T013000Z", "05T003000Z"]),
        (datetime(2026, 10, 16, tzinfo=UTC), "SUN 01:30", ["18T003000Z", "25T003000Z", "01T013000Z"]),
    ],
)
def test_an_hour_in_a_gap_moves_and_one_in_a_fold_comes_once(client, from_, hour, wanted):
    with clock.standing_at(from_):
        page = PageFactory(reading=[hour])
        file = client.get(f"/@{page.handle}/doors.ics").content.decode()
    found = [line.removeprefix("DTSTART:")[6:] for line in file.split("\r\n") if line.startswith("DTSTART")]
    assert found[:3] == wanted
    assert len(set(found)) == len(found) == 8


def test_what_did_not_change_has_the_same_stamp_tomorrow(client):
    page = PageFactory()

    def stamps():
        file = Calendar.from_ical(client.get(f"/@{page.handle}/doors.ics").content)
        return {event.stamp for event in file.walk("VEVENT")}

    before = stamps()
    clock.move_to(SUNDAY + DAY)
    assert stamps() == before == {page.published_at}


def test_the_calendar_is_plain_and_in_utc(client):
    page = PageFactory(name="Maya; Lind, the 1st\nATTENDEE:mailto:evil@x.example")
    raw = client.get(f"/@{page.handle}/doors.ics").content.decode()
    assert raw.startswith("BEGIN:VCALENDAR\r\n")
    assert "VTIMEZONE" not in raw
    assert raw.count("\r\nX-WR-CALNAME:The doors of Maya\\; Lind\\, the 1st ATTENDEE") == 1
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in raw
    assert "\r\nATTENDEE" not in raw
    assert raw.count("TRANSP:TRANSPARENT") == 8
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))


# ── both ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", PATHS)
def test_who_asks_again_gets_nothing_until_something_changed(client, path):
    door = DoorFactory()
    first = client.get(path.format(door.page.handle))
    assert first.cookies == {}
    clock.move_to(SUNDAY + timedelta(hours=1))
    again = client.get(path.format(door.page.handle), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    until = SUNDAY + 5 * DAY
    doors.change(door, state=DoorState.UNTIL, until=until)
    changed = client.get(path.format(door.page.handle), headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


@pytest.mark.parametrize(("path", "queries"), list(zip(PATHS, (3, 2), strict=True)))
@pytest.mark.parametrize("count", [1, 3])
def test_more_doors_cost_no_more_queries(client, path, queries, count, django_assert_num_queries):
    page = PageFactory()
    for door in DoorFactory.create_batch(count, page=page, closed=True):
        turn(door, DoorState.OPEN)
    with django_assert_num_queries(queries):
        assert client.get(path.format(page.handle)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_not_up_is_as_unknown_as_no_page(client, path):
    page = PageFactory(unpublished=True)
    seen, unseen = client.get(path.format(page.handle)), client.get(path.format("nobody"))
    assert (seen.status_code, unseen.status_code, seen.content == unseen.content) == (404, 404, True)


@pytest.mark.parametrize("path", PATHS)
def test_other_spellings_lead_to_the_one_address(client, path):
    PageFactory(handle="maya")
    assert client.get(path.format("MAYA"))["Location"] == path.format("maya")


def test_the_page_names_its_feed_and_its_calendar(client):
    page = PageFactory()
    street = client.get(f"/@{page.handle}").content.decode()
    for kind, path in zip(("application/atom+xml", "text/calendar"), PATHS, strict=True):
        assert f'<link rel="alternate" type="{kind}" title="' in street
        assert f'href="{path.format(page.handle)}">' in street
