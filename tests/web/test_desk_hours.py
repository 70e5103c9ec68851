"""Hours at the desk: what is kept, what contradicts itself, and what follows at once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from pitches import doors
from pitches.models import Event, Page
from portal import clock, zones
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
HOURS = "/desk/hours"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def _standing():
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def page(client):
    page = PageFactory(handle="maya", timezone="Europe/Lisbon")
    client.force_login(page.owner)
    return page


def answers(**changes):
    """The form as the browser would send it."""
    same = {
        "hours": "tue_fri",
        "timezone": "Europe/Lisbon",
        "cards": "30",
        "newcomer_percent": "25",
        "promise_days": "21",
        "lapse_days": "21",
        "digest": "on",
        "seen": "1",
    }
    rows = {"day_0": "TUE", "time_0": "09:00", "day_1": "FRI", "time_1": "09:00"}
    return {name: value for name, value in (same | rows | changes).items() if value is not None}


def own(*rows, **changes):
    """The same with times of one's own."""
    empty = {"day_0": "", "time_0": "", "day_1": "", "time_1": ""}
    for number, (day, at) in enumerate(rows):
        empty |= {f"day_{number}": day, f"time_{number}": at}
    return answers(hours="own", **empty, **changes)


def keep(client, sent):
    response = client.post(HOURS, sent)
    assert response.status_code == 303, response.context["form"].errors
    return Page.objects.get()


def errors(response):
    assert response.status_code == 422
    assert "<title>Error: Your hours" in response.content.decode()
    return dict(response.context["form"].errors)


# ── kept ─────────────────────────────────────────────────────────────────────
def test_the_form_says_how_it_is(client, page):
    found = client.get(HOURS).content.decode()
    assert "Your next hour is Tuesday 3 March, 09:00." in found
    assert "Lisbon time, 12:00 now" in found
    assert '<option value="Europe/Lisbon" selected>Lisbon, UTC+0</option>' in found


def test_everything_is_kept_and_the_next_hour_is_planned(client, page):
    sent = own(("WED", "16:00"), ("MON", "08:15"), timezone="Europe/Berlin", cards="12", newcomer_percent="40")
    sent |= {"promise_days": "10", "lapse_days": "14", "quiet_from": "22:00", "quiet_to": "07:30", "digest": ""}
    sent |= {"holiday_from": "2026-03-04", "holiday_until": "2026-03-08"}
    now = keep(client, {name: value for name, value in sent.items() if name != "digest"})
    assert (now.reading, now.timezone, now.cards, now.newcomer_share) == (
        ["MON 08:15", "WED 16:00"],
        "Europe/Berlin",
        12,
        0.4,
    )
    assert (now.promise_days, now.lapse_days, now.digest) == (10, 14, False)
    assert (now.quiet_from, now.quiet_to) == (time(22), time(7, 30))
    assert (now.holiday_from, now.holiday_until) == (date(2026, 3, 4), date(2026, 3, 8))
    assert (now.next_hour_at, now.owner.timezone) == (datetime(2026, 3, 9, 7, 15, tzinfo=UTC), "Europe/Berlin")
    assert (now.version, Event.objects.get(what="page_changed").by) == (2, now.owner)
    assert "You will be away from Wednesday 4 March to Sunday 8 March." in client.get(HOURS).content.decode()


def test_keeping_what_is_there_changes_nothing(client, page):
    assert keep(client, answers()).version == 1
    assert Event.objects.filter(what="page_changed").count() == 0


def test_a_share_that_is_no_whole_percent_is_left_alone(client, page):
    Page.objects.update(newcomer_share=1 / 3)
    assert keep(client, answers(newcomer_percent="33")).newcomer_share == 1 / 3


def test_what_waits_keeps_its_dates(client, page):
    pitch = PitchFactory(waiting=True, door__page=page)
    before = (pitch.lapses_at, pitch.promised_for)
    keep(client, answers(lapse_days="7", promise_days="7"))
    pitch.refresh_from_db()
    assert (pitch.lapses_at, pitch.promised_for) == before


def test_no_reading_hour_is_possible_and_says_what_it_means(client, page):
    response = client.post(HOURS, answers(hours="none"), follow=True)
    found = response.content.decode()
    assert "Kept. You have no reading hour now." in found
    assert "Without a reading hour nobody is promised a date, and you get no email when something waits." in found
    assert (Page.objects.get().reading, Page.objects.get().next_hour_at) == ([], None)
    assert client.get("/@maya").status_code == 200


def test_the_doors_are_looked_at_again(client, page):
    door = DoorFactory(page=page)
    PitchFactory.create_batch(5, waiting=True, door=door)
    keep(client, answers(cards="1", promise_days="7"))
    assert Page.objects.get().full_since == NOON
    keep(client, answers(cards="30", promise_days="7", seen="2"))
    assert Page.objects.get().full_since is None


def test_a_long_holiday_closes_the_doors(client, page):
    DoorFactory(page=page)
    keep(client, answers(holiday_from="2026-03-02", holiday_until="2026-04-20", lapse_days="60", promise_days="14"))
    assert Page.objects.get().full_since == NOON
    assert "You are away until Monday 20 April." in client.get(HOURS).content.decode()


def test_a_week_of_places_is_counted_on_the_owners_monday(client, page):
    page = doors.keep_settings(page, by=page.owner, timezone="Europe/Lisbon")
    door = DoorFactory(page=page, places_per_week=1)
    PitchFactory(waiting=True, door=door, handed_in_at=NOON - timedelta(hours=1))
    keep(client, answers(timezone="Pacific/Auckland"))
    door.refresh_from_db()
    assert door.full_until == datetime(2026, 3, 8, 11, tzinfo=UTC)


# ── rows ─────────────────────────────────────────────────────────────────────
def test_rows_are_added_without_a_script_and_nothing_typed_is_lost(client, page):
    response = client.post(HOURS, own(("MON", "08:15"), cards="7", digest=None) | {"more": "yes"})
    form = response.context["form"]
    assert (response.status_code, len(list(form.rows())), form["time_0"].value()) == (200, 5, "08:15")
    assert (form["cards"].value(), form["hours"].value(), form["digest"].value()) == ("7", "own", False)
    assert Page.objects.get().cards == 30


def test_rows_come_to_an_end(client, page):
    many = {f"day_{number}": "" for number in range(100)}
    assert len(list(client.post(HOURS, many | {"more": "yes"}).context["form"].rows())) <= 21


def test_times_of_ones_own_are_shown_in_rows(client, page):
    keep(client, own(("MON", "08:15"), ("MON", "18:00"), ("SUN", "11:00")))
    form = client.get(HOURS).context["form"]
    shown = [(day.value(), at.value()) for day, at in form.rows()]
    assert shown[:3] == [("MON", "08:15"), ("MON", "18:00"), ("SUN", "11:00")]
    assert (form["hours"].value(), len(shown)) == ("own", 6)


# ── contradictions ───────────────────────────────────────────────────────────
GAP = "Your next two reading hours are up to 21 days apart. A pitch must wait at least that long."
WRONG = [
    (own(("TUE", "")), "time_0", "Say at what time."),
    (own(("", "09:00")), "day_0", "Say on which day."),
    (own(("TUE", "09:00"), ("TUE", "09:00")), "time_1", "This time is there twice."),
    (own(("TUE", "25:00")), "time_0", "Enter a valid time."),
    (own(), "hours", "Write at least one time, or choose “No reading hour”."),
    (
        answers(hours="friday", day_0="MON"),
        "hours",
        "You changed your own times. Choose “My own times”, or put the rows back.",
    ),
    (answers(hours=None), "hours", "Choose when you read."),
    (answers(timezone="Mars/Olympus"), "timezone", "Choose a city from the list."),
    (answers(cards="0"), "cards", "Write a whole number from 1 to 200."),
    (answers(cards="many"), "cards", "Write a whole number from 1 to 200."),
    (answers(newcomer_percent="101"), "newcomer_percent", "Write a whole number from 0 to 100."),
    (answers(lapse_days="6", promise_days="5"), "lapse_days", "Write a whole number from 7 to 90."),
    (answers(lapse_days="91"), "lapse_days", "Write a whole number from 7 to 90."),
    (
        answers(promise_days="22"),
        "promise_days",
        "A pitch lapses after 21 days, so no later date can be promised.",
    ),
    (answers(quiet_from="22:00"), "quiet_to", "Give both ends of your quiet time, or neither."),
    (answers(quiet_to="07:00"), "quiet_from", "Give both ends of your quiet time, or neither."),
    (
        answers(quiet_from="07:00", quiet_to="07:00"),
        "quiet_to",
        "Quiet time ends when it begins. Give it another end, or leave both empty.",
    ),
    (answers(holiday_from="2026-03-04"), "holiday_until", "Give the first and the last day, or neither."),
    (answers(holiday_until="2026-03-04"), "holiday_from", "Give the first and the last day, or neither."),
    (
        answers(holiday_from="2026-03-05", holiday_until="2026-03-04"),
        "holiday_until",
        "The last day is before the first one.",
    ),
    (answers(holiday_from="2026-02-01", holiday_until="2026-03-01"), "holiday_until", "This day has passed."),
    (
        answers(holiday_from="2026-03-04", holiday_until="2026-10-04"),
        "holiday_until",
        "That is more than half a year. Close your doors for so long.",
    ),
    (
        answers(holiday_from="2026-03-04", holiday_until="2026-03-22", lapse_days="20", promise_days="14"),
        "lapse_days",
        GAP,
    ),
]


@pytest.mark.parametrize(("sent", "field", "sentence"), WRONG)
def test_a_contradiction_is_said_at_its_field(client, page, sent, field, sentence):
    assert errors(client.post(HOURS, sent)) == {field: [sentence]}
    assert Page.objects.get().version == 1


def test_a_holiday_that_ends_today_is_fine_and_one_that_is_over_goes_away(client, page):
    now = keep(client, answers(holiday_from="2026-02-20", holiday_until="2026-03-02"))
    assert now.away_on(date(2026, 3, 2))
    clock.move_to(NOON + timedelta(days=1))
    sent = answers(holiday_from="2026-02-20", holiday_until="2026-03-02", cards="7", seen="2")
    assert keep(client, sent).holiday_until is None


def test_today_is_the_owners_day(client, page):
    with clock.standing_at(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)):
        sent = answers(holiday_from="2026-03-01", holiday_until="2026-03-02")
        assert list(errors(client.post(HOURS, sent | {"timezone": "Europe/Berlin"}))) == ["holiday_until"]
        keep(client, sent)


def test_a_lapse_as_long_as_the_gap_is_fine(client, page):
    sent = answers(holiday_from="2026-03-04", holiday_until="2026-03-22", lapse_days="21", promise_days="14")
    assert keep(client, sent).lapse_days == 21


# ── two tabs ─────────────────────────────────────────────────────────────────
def test_two_tabs_that_change_different_things_both_keep_theirs(client, page):
    keep(client, answers(cards="12"))
    now = keep(client, answers(lapse_days="30"))
    assert (now.cards, now.lapse_days, now.version) == (12, 30, 3)


def test_the_later_tab_sees_what_changed_and_loses_nothing(client, page):
    keep(client, own(("MON", "08:15"), cards="12", newcomer_percent="50"))
    response = client.post(HOURS, own(("SUN", "11:00"), lapse_days="30"))
    assert errors(response) == {
        "hours": ["Another window kept this meanwhile: MON 08:15. Press Keep again to put yours in its place."]
    }
    form = response.context["form"]
    names = ("day_0", "cards", "newcomer_percent", "lapse_days", "seen")
    assert [form[name].value() for name in names] == ["SUN", "12", "50", "30", "2"]
    now = keep(client, dict(form.data.items()) | {"seen": "2"})
    assert (now.reading, now.cards, now.newcomer_share, now.lapse_days) == (["SUN 11:00"], 12, 0.5, 30)


def test_hours_that_only_the_other_tab_changed_are_taken_over(client, page):
    keep(client, own(("MON", "08:15"), cards="12"))
    form = client.post(HOURS, answers(cards="13")).context["form"]
    assert list(form.errors) == ["cards"]
    rows = [(day.value(), at.value()) for day, at in form.rows()]
    assert (form["hours"].value(), rows[0]) == ("own", ("MON", "08:15"))


# ── zones ────────────────────────────────────────────────────────────────────
def test_zones_are_cities_in_their_regions_with_how_far_they_are():
    offered = dict(zones.grouped(NOON))
    assert set(offered) >= {"Africa", "America", "Asia", "Europe", "Pacific"}
    assert ("Europe/Lisbon", "Lisbon, UTC+0") in offered["Europe"]
    assert ("Asia/Kolkata", "Kolkata, UTC+5:30") in offered["Asia"]
    assert ("America/St_Johns", "St Johns, UTC-3:30") in offered["America"]
    assert ("America/Argentina/Buenos_Aires", "Buenos Aires (Argentina), UTC-3") in offered["America"]
    assert ("Europe/Lisbon", "Lisbon, UTC+1") in dict(zones.grouped(NOON + timedelta(days=60)))["Europe"]
    names = [zone for found in offered.values() for zone, _city in found]
    assert len(names) == len(set(names)) < 450
    assert set(names) <= set(zones.lived_in())


def test_an_old_name_of_a_zone_is_offered_to_who_has_it(client, page):
    Page.objects.update(timezone="Asia/Calcutta")
    assert '<option value="Asia/Calcutta" selected>Calcutta, UTC+5:30</option>' in client.get(HOURS).content.decode()
    assert keep(client, answers(timezone="Asia/Calcutta")).timezone == "Asia/Calcutta"
