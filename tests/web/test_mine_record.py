"""The agency's side: doors, people, and a record whose figures are those of the events and of admission."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import intake, records, relationships, review, rules
from pitches.intake.admission import check_own
from pitches.models import Answer, Event, EvidenceKind, Pitch, PitchState, Sender, Standing, Watch
from portal import clock
from tests import senders
from tests.factories import (
    AnswerFactory,
    DoorFactory,
    KeyFactory,
    PageFactory,
    PitchFactory,
    WatchFactory,
)
from tests.web.test_mine import left, person, sign_in
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
MAIL = "elif@mosaic.example"
DAY = timedelta(days=1)


@pytest.fixture
def client() -> Client:
    return sign_in(MAIL)


def record_of(sender: Sender) -> records.Record:
    """The one record of somebody who pitched one page."""
    (found,) = records.of([sender], list(records.pages_of([sender])))
    return found


# ── doors ────────────────────────────────────────────────────────────────────
def test_waiting_is_stopped_and_taken_up_again(client: Client) -> None:
    watch = WatchFactory(waiting=True, mailbox=MAIL, email=MAIL)
    WatchFactory(waiting=True, mailbox="omar@mosaic.example", door__name="Omar’s")
    shown = text(client.get("/agency/doors"))
    assert (watch.door.name in shown, "Omar’s" in shown) == (True, False)
    response = client.post("/agency/doors", {"watch": watch.pk}, follow=True)
    assert response.redirect_chain == [("/agency/doors", 303)]
    assert "Stopped. You get no email" in text(response)
    assert Watch.objects.get(pk=watch.pk).stopped_at is not None
    client.post("/agency/doors", {"watch": watch.pk, "again": "1"})
    assert Watch.objects.get(pk=watch.pk).stopped_at is None


@pytest.mark.parametrize("name", ["foreign", "999999", "nonsense", "", "9" * 30])
def test_what_somebody_else_waits_for_is_not_touched(client: Client, name: str) -> None:
    foreign = WatchFactory(waiting=True, mailbox="omar@mosaic.example")
    wrong = client.post("/agency/doors", {"watch": foreign.pk if name == "foreign" else name})
    missing = client.post("/agency/doors", {"watch": "888888"})
    assert (wrong.status_code, wrong.content) == (404, missing.content)
    assert Watch.objects.get().stopped_at is None


def test_doors_that_open_for_me_and_for_nobody_else(client: Client) -> None:
    page = PageFactory()
    invited = DoorFactory(page=page, invited=True, name="By invitation")
    full = DoorFactory(page=page, name="Full this week", places_per_week=1, full_until=clock.now() + DAY)
    DoorFactory(page=page, closed=True, name="Shut by hand")
    DoorFactory(page=page, name="Open to everybody")
    DoorFactory(invited=True, name="On a page that knows nobody")
    DoorFactory(page=page, invited=True, name="Taken down", taken_down_at=clock.now())
    elif_, omar = person("Elif"), person("Omar")
    relationships.set_by_hand(page, elif_, Standing.KNOWN, by=None)
    relationships.set_by_hand(page, omar, Standing.BLOCKED, by=None)

    def opened(who: Client) -> set[str]:
        return {plaque.door.name for plaque in who.get("/agency/doors").context["opened"]}

    assert opened(client) == {invited.name, full.name}
    for other in ("omar@mosaic.example", "new@mosaic.example", "elif@mosaic.test", "elif+tag@mosaic.example"):
        assert opened(sign_in(other)) == set()
    relationships.set_by_hand(page, elif_, Standing.BLOCKED, by=None)
    assert opened(client) == set()


def test_a_whole_agency_may_be_let_in(client: Client) -> None:
    door, elif_ = DoorFactory(invited=True), person("Elif")
    relationships.set_by_hand(door.page, elif_.agency, Standing.TRUSTED, by=None)
    assert [plaque.door for plaque in client.get("/agency/doors").context["opened"]] == [door]


def test_a_key_lies_ready_for_the_mailbox_it_was_cut_for(client: Client) -> None:
    key = KeyFactory(email=MAIL, door__name="Podcast guests")
    KeyFactory(email="omar@mosaic.example")
    KeyFactory(email="")
    KeyFactory(email=MAIL, withdrawn_at=clock.now())
    KeyFactory(email=MAIL, uses=1)
    KeyFactory(email=MAIL, door__page__hidden_at=clock.now())
    shown = client.get("/agency/doors")
    assert shown.context["keys"] == [key]
    assert f'href="/key/{key.token}"' in text(shown)


def test_without_doors_it_says_how_to_get_some(client: Client) -> None:
    assert "You wait for no door" in text(client.get("/agency/doors"))


# ── people ───────────────────────────────────────────────────────────────────
def test_colleagues_are_who_pitched_from_the_domain(client: Client) -> None:
    for _number in range(2):
        left(person("Omar", "uk.mosaic.example"), "Of Omar")
    left(person("Elif"), "Of Elif")
    person("Brought")
    left(person("Rival", "northbeam.example"), "Of a rival")
    people = client.get("/agency/people").context["people"]
    assert {(one.name, one.number, one.own) for one in people} == {("Omar", 2, False), ("Elif", 1, True)}
    shown = text(client.get("/agency/people"))
    for address in ("omar@", "brought@", "rival@"):
        assert address not in shown


# ── the record ───────────────────────────────────────────────────────────────
def test_counts_are_those_of_the_events(client: Client) -> None:
    """Through the real verbs: each kind of end, and answers that were undone, taken back, or are in the house."""
    page = PageFactory()
    senders.meet(DoorFactory(page=page), "trusted", MAIL)
    ends = ("yes", "covered", "not_my_topic", "not_my_topic", "own_line", "asked", "undone", "taken back", "held")
    for end in ends:  # the one that stays in the house comes last: no work is done after it
        row = senders.hand_in(DoorFactory(page=page), line=end)
        senders.work()
        row.refresh_from_db()
        _end(row, end)
        if end != "held":
            senders.work()
    elif_ = Sender.objects.get()
    found = record_of(elif_)
    assert found.told == {"accepted": 1, "declined": 4, "waiting": 2, "asked": 1, "withdrawn": 1}
    assert found.reasons == {"covered": 1, "not_my_topic": 2, "own_line": 1}
    assert found.off_topic == 2
    sent = Event.objects.filter(what="answer_sent").values_list("pitch__state", flat=True)
    assert Counter(sent) == {"accepted": 1, "declined": 4, "asked": 1}
    handed_in = Event.objects.filter(what=PitchState.ARRIVED).values("pitch").distinct().count()
    assert found.told.total() == handed_in == len(ends)
    assert found.off_topic == elif_.evidence.filter(kind=EvidenceKind.OFF_TOPIC).count()
    assert found.waiting == [row.door.name for row in Pitch.objects.all() if row.told_state in ("waiting", "asked")]
    shown = text(client.get("/agency/record"))
    for words in ("9 pitches:", "1 yes", "4 not this time", "2 were off-topic. Each counts for 365 days.",
                  "Not my topic: 2", "In their own words: 1"):  # fmt: skip
        assert words in shown, words


def _end(row: Pitch, end: str) -> None:
    by = row.page.owner
    if end == "taken back":
        intake.withdraw(row)
    elif end in ("yes", "asked"):
        review.answer(row, "yes" if end == "yes" else "ask", text="" if end == "yes" else "How many?", by=by)
    else:
        reason = "covered" if end in ("held", "undone") else end
        review.answer(row, "no", reason=reason, text="Not for us." if end == "own_line" else "", by=by)
    given = Answer.objects.filter(pitch=row).first()
    if end == "undone":
        assert given is not None
        review.undo(given, by=by)
    elif given and end != "held":
        Answer.objects.filter(pk=given.pk).update(goes_out_at=clock.now())


@pytest.mark.parametrize("standing", ["stranger", "introduced", "known", "trusted"])
@pytest.mark.parametrize("used", [0, 1, 2, 3, 4, 5, 6, 7, 12])
def test_places_are_those_that_admission_counts(standing: str, used: int) -> None:
    elif_, door, now = person("Elif"), DoorFactory(), clock.now()
    PitchFactory(sender=elif_, lapsed=True, page=door.page, door=door, handed_in_at=now - 31 * DAY)  # too long ago
    PitchFactory(sender=elif_, withdrawn=True, page=door.page, door=door, handed_in_at=now - DAY)
    for number in range(used):
        PitchFactory(sender=elif_, lapsed=True, page=door.page, door=door, handed_in_at=now - (number + 1) * DAY)
    relationships.set_by_hand(door.page, elif_, Standing(standing), by=None)
    (room,) = record_of(elif_).rooms
    fresh = PitchFactory(door=door, email=elif_.email)
    number = rules.USUAL[Standing(standing)].places
    assert (room.look, room.every, room.number, room.left) == ("places", True, number, max(0, number - used))
    if room.left:
        check_own(fresh, elif_, number)
        assert room.until == (now + 30 * DAY - used * DAY if used else None)
    else:
        with pytest.raises(intake.Refused) as refused:
            check_own(fresh, elif_, number)
        assert (refused.value.why, refused.value.until) == ("places", room.until)


def test_doors_that_differ_are_named(client: Client) -> None:
    page = PageFactory()
    known, new, shut, rest = (DoorFactory(page=page, name=name) for name in ("Known", "New", "Shut", "Rest"))
    elif_, until = person("Elif"), clock.now() + 3 * DAY
    left(elif_, "One", door=known, waiting=True)
    relationships.set_by_hand(page, elif_, Standing.KNOWN, by=None, door=known)
    relationships.set_by_hand(page, elif_, Standing.BLOCKED, by=None, door=shut)
    relationships.set_by_hand(page, elif_, Standing.PAUSED, by=None, door=rest, until=until)
    rooms = {room.doors: (room.look, room.number, room.left, room.until) for room in record_of(elif_).rooms}
    back = Pitch.objects.get().handed_in_at + 30 * DAY
    assert rooms == {
        (known.name,): ("places", 6, 5, back),
        (new.name,): ("places", 3, 2, back),
        (shut.name,): ("blocked", 0, 0, None),
        (rest.name,): ("paused", 0, 0, until),
    }
    shown = text(client.get("/agency/record"))
    for words in ("5 of 6 places are left", "2 of 3 places are left", "does not take pitches from this address",
                  "On pause until", "Waiting behind: Known.", "A yes makes you known behind that door"):  # fmt: skip
        assert words in shown, words


def test_the_record_is_mine_alone(client: Client) -> None:
    door = DoorFactory()
    left(person("Elif"), "Of Elif", door=door, waiting=True)
    omar = left(person("Omar"), "Of Omar", door=door, declined=True)
    AnswerFactory(pitch=omar, kind="no", reason="not_my_topic")
    relationships.set_by_hand(door.page, omar.sender, Standing.BLOCKED, by=None, note="Lies")
    relationships.set_by_hand(door.page, person("Elif"), Standing.INTRODUCED, by=None, note="A friend of Lena’s")
    shown = text(client.get("/agency/record"))
    assert "1 pitch:" in shown
    for word in ("off-topic", "Not my topic", "does not take", "Lies", "Lena", "Introduced", "by hand"):
        assert word not in shown, word


def test_what_is_in_the_house_is_not_counted(client: Client) -> None:
    row = left(person("Elif"), "Of Elif", declined=True)
    AnswerFactory(pitch=row, held=True, kind="no", reason="not_my_topic")
    found = record_of(row.sender)
    assert (found.told, found.reasons, found.off_topic) == ({"waiting": 1}, {}, 0)


def test_off_topic_counts_for_a_year(client: Client) -> None:
    elif_, door = person("Elif"), DoorFactory()
    for days in (364, 366):
        at = clock.now() - days * DAY
        row = left(elif_, "Old", door=door, declined=True, handed_in_at=at)
        AnswerFactory(pitch=row, kind="no", reason="not_my_topic", sent_at=at)
    found = record_of(elif_)
    assert (found.reasons["not_my_topic"], found.off_topic) == (2, 1)


def test_only_pages_that_were_pitched_are_looked_at() -> None:
    sender = left(person("Elif"), "Mine").sender
    left(person("Omar"), "Not mine")
    pages = records.pages_of([sender])
    assert [page.pk for page in pages] == [sender.pitches.get().page_id]
    assert "OUTER JOIN" not in str(pages.query)


def test_a_page_that_is_hidden_has_no_record(client: Client) -> None:
    row = left(person("Elif"), "Of Elif", door=DoorFactory(page__hidden_at=clock.now()))
    assert row.page.name not in text(client.get("/agency/record"))
    assert "No record yet" in text(client.get("/agency/record"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("place", "most"), [("record", 15), ("doors", 10), ("people", 5)])
def test_each_page_costs_the_same_for_one_and_three(
    place: str, most: int, count: int, django_assert_num_queries: Any
) -> None:
    elif_ = person("Elif")
    for number in range(count):
        row = left(elif_, f"Of Elif {number}", declined=True)
        AnswerFactory(pitch=row, kind="no", reason="covered")
        left(person(f"Omar{number}"), "Of Omar")
        WatchFactory(waiting=True, mailbox=MAIL, email=MAIL)
        KeyFactory(email=MAIL)
        relationships.set_by_hand(DoorFactory(invited=True).page, elif_, Standing.KNOWN, by=None)
    client = sign_in(MAIL)
    with django_assert_num_queries(most):
        client.get(f"/agency/{place}")
