"""Wrong door: the answer, the one move to the right door, and what stays as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitches import due, embargo, intake, opening, relationships, review
from pitches.intake import Refused
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    AnswerKind,
    Door,
    Embargo,
    Event,
    Evidence,
    Message,
    Pitch,
    PitchState,
    Reason,
    Sender,
    Standing,
)
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.races import race
from tests.senders import answers, hand_in, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def left() -> Door:
    return DoorFactory(slug="research", name="Original research")


@pytest.fixture
def right(left: Door) -> Door:
    return DoorFactory(page=left.page, slug="events", name="Events")


def say(pitch: Pitch, door: Door | None, **more: Any) -> Answer:
    return review.answer(pitch, AnswerKind.WRONG_DOOR, by=pitch.page.owner, door=door, **more)


def at_the_wrong_door(left: Door, right: Door, **more: Any) -> Pitch:
    """A pitch whose sender was told the right door."""
    pitch = PitchFactory(wrong_door=True, door=left, handed_in_at=MONDAY - DAY, **more)
    AnswerFactory(pitch=pitch, kind="wrong_door", door=right)
    return pitch


def why(pitch: Pitch, *more: Any) -> str:
    with pytest.raises(Refused) as refused:
        intake.move_door(pitch, *more)
    pitch.refresh_from_db()
    return refused.value.why


def moved(pitch: Pitch) -> Pitch:
    return Pitch.objects.select_related("door", "page").get(pk=pitch.pk)


# ── the answer ───────────────────────────────────────────────────────────────
def test_the_owner_names_another_hung_door_of_the_page(left: Door, right: Door) -> None:
    pitch = PitchFactory(waiting=True, door=left)
    down = DoorFactory(page=left.page, taken_down_at=MONDAY)
    for door in (None, left, down, DoorFactory()):
        with pytest.raises(review.BadAnswer, match=r"Choose the right door\."):
            say(pitch, door)
    closed = DoorFactory(page=left.page, closed=True)
    assert say(pitch, closed).door == closed
    assert (pitch.state, pitch.told_state) == ("wrong_door", "waiting")


def test_other_answers_name_no_door(left: Door, right: Door) -> None:
    given = review.answer(PitchFactory(waiting=True, door=left), AnswerKind.YES, by=left.page.owner, door=right)
    assert given.door is None


def test_it_is_held_can_be_undone_and_is_told_once_it_went_out(left: Door, right: Door) -> None:
    hand_in(left)
    work()
    Message.objects.all().delete()
    pitch = Pitch.objects.get()
    given = say(pitch, right)
    assert (given.goes_out_at, intake.right_door(pitch), intake.move_until(pitch)) == (MONDAY + review.HOLD, None, None)
    review.undo(given, by=left.page.owner)
    assert moved(pitch).state == "waiting"
    given = say(moved(pitch), right)
    with clock.standing_at(MONDAY + review.HOLD):
        work()
        pitch = moved(pitch)
        assert (pitch.told_state, intake.right_door(pitch)) == ("wrong_door", right)
        assert intake.move_until(pitch) == MONDAY + review.HOLD + timedelta(days=30)
        assert list(Message.objects.values_list("kind", "to")) == [("wrong_door", "elif@mosaic.example")]
        with pytest.raises(AlreadyMoved):
            review.undo(Answer.objects.get(pk=given.pk), by=left.page.owner)
    assert not Evidence.objects.exists()


# ── the move ─────────────────────────────────────────────────────────────────
def test_it_keeps_its_place_and_is_promised_anew(left: Door, right: Door) -> None:
    Door.objects.filter(pk=right.pk).update(version=7)
    pitch = at_the_wrong_door(left, right, nudged_at=MONDAY)
    with clock.standing_at(MONDAY + 20 * DAY):
        intake.move_door(pitch)
        work()
        found = moved(pitch)
    assert (found.door, found.moved_from, found.door_version) == (right, left, 7)
    assert (found.state, found.lane, found.handed_in_at, found.nudged_at) == (
        "waiting", "first_knock", MONDAY - DAY, MONDAY
    )  # fmt: skip
    assert found.promised_for == found.page.next_hour(MONDAY + 20 * DAY)
    assert found.lapses_at == found.told_until == MONDAY + 27 * DAY  # a week is left at least
    assert not found.revisions.exists()
    receipts = Message.objects.filter(kind="receipt", pitch=pitch)
    assert receipts.count() == 1


def test_a_last_day_that_is_further_away_stays(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right, told_until=MONDAY + 15 * DAY)
    intake.move_door(pitch)
    assert moved(pitch).told_until == MONDAY + 15 * DAY


def test_the_receipt_comes_again_once(left: Door, right: Door) -> None:
    pitch = hand_in(left)
    work()
    say(moved(pitch), right)
    with clock.standing_at(MONDAY + DAY):
        work()
        intake.move_door(pitch)
        work()
        work()
        assert list(Message.objects.filter(kind="receipt").values_list("to", flat=True)) == ["elif@mosaic.example"] * 2


def test_what_the_other_door_asks_for_is_kept_as_a_revision(left: Door, right: Door) -> None:
    Door.objects.filter(pk=right.pk).update(asks=["event"])
    paid = {"paid": {"type": "flat_fee", "min": 1, "max": 2, "currency": "GBP"}}
    pitch = at_the_wrong_door(left, right, groups=paid)
    event = {"event": {"starts": "2026-05-01", "place": "Porto"}}
    said = answers(line=pitch.line, why=pitch.why, link=pitch.link, groups=event, email="other@mosaic.example")
    intake.move_door(pitch, said)
    found = moved(pitch)
    assert found.groups == event | paid
    assert (found.email, found.version, found.link_host) == (pitch.email, 2, "mosaic.example")
    revision = found.revisions.get()
    assert (revision.kind, revision.version) == ("move", 2)
    assert revision.became == {"event.starts": "2026-05-01", "event.place": "Porto"}


def test_it_moves_only_when_it_was_told_and_in_time_and_once(left: Door, right: Door) -> None:
    waiting = PitchFactory(waiting=True, door=left)
    assert why(waiting) == "answered"
    held = PitchFactory(wrong_door=True, door=left)
    AnswerFactory(pitch=held, kind="wrong_door", door=right, held=True)
    assert why(held) == "answered"
    pitch = at_the_wrong_door(left, right)
    with clock.standing_at(MONDAY + timedelta(days=30)):
        assert (why(pitch), intake.move_until(pitch)) == ("answered", None)
    with clock.standing_at(MONDAY + timedelta(days=30, seconds=-1)):
        intake.move_door(pitch)
    assert why(pitch) == "answered"
    again = at_the_wrong_door(left, right, moved_from=DoorFactory(page=left.page))
    assert (why(again), again.state, intake.move_until(again)) == ("places", "wrong_door", None)


REFUSALS = {
    "closed": lambda door, sender: Door.objects.filter(pk=door.pk).update(state="closed"),
    "tier": lambda door, sender: Door.objects.filter(pk=door.pk).update(state="invited"),
    "full": lambda door, sender: (
        PitchFactory(door=door, waiting=True),
        Door.objects.filter(pk=door.pk).update(places_per_week=1),
        opening.count_places(Door.objects.get(pk=door.pk)),
    ),
    "one_waiting": lambda door, sender: PitchFactory(door=door, waiting=True, sender=sender),
    "blocked": lambda door, sender: relationships.set_by_hand(door.page, sender, Standing.BLOCKED, by=None, door=door),
    "paused": lambda door, sender: relationships.set_by_hand(
        door.page, sender, Standing.PAUSED, by=None, door=door, until=MONDAY + DAY
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", REFUSALS)
def test_a_door_that_does_not_take_it_leaves_it_where_it_is(left: Door, right: Door, code: str) -> None:
    pitch = at_the_wrong_door(left, right)
    assert intake.open_to(pitch.sender, left.page, [right], moving=pitch) == [right]
    REFUSALS[code](right, pitch.sender)
    events = Event.objects.count()
    assert (why(pitch, answers(line="Anew")), pitch.state, pitch.door, pitch.moved_from) == (
        code, "wrong_door", left, None
    )  # fmt: skip
    assert not pitch.revisions.exists()
    assert Event.objects.count() == events
    assert intake.open_to(pitch.sender, left.page, list(left.page.doors.filter(pk=right.pk)), moving=pitch) == []


def test_a_door_that_was_taken_down_is_closed(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right)
    Door.objects.filter(pk=right.pk).update(taken_down_at=MONDAY)
    assert why(pitch) == "closed"


def test_its_place_of_the_month_is_not_taken_twice(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right)
    for _number in range(2):
        PitchFactory(declined=True, door=left, sender=pitch.sender)
    intake.move_door(pitch)
    assert moved(pitch).state == "arrived"


def test_its_place_of_the_week_goes_with_it(left: Door, right: Door) -> None:
    Door.objects.update(places_per_week=1)
    pitch = hand_in(Door.objects.get(pk=left.pk))
    work()
    assert opening.of(moved(pitch).door).why == "full"
    say(moved(pitch), right)
    with clock.standing_at(MONDAY + DAY):
        work()
        intake.move_door(pitch)
        work()
        left.refresh_from_db()
        right.refresh_from_db()
        assert (opening.of(left).look, opening.of(right).why) == ("open", "full")


def test_how_its_sender_stands_at_the_new_door_counts(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right, standing="known", lane="known")
    relationships.set_by_hand(left.page, pitch.sender, Standing.TRUSTED, by=None, door=right)
    intake.move_door(pitch)
    work()
    assert (moved(pitch).standing, moved(pitch).lane) == ("trusted", "trusted")


def test_after_a_second_wrong_door_it_may_be_taken_back_and_put_back(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right)
    intake.withdraw(pitch)
    assert why(pitch) == "answered"
    intake.put_back(pitch)
    intake.move_door(pitch)
    assert moved(pitch).state == "arrived"


# ── what is sealed ───────────────────────────────────────────────────────────
def sealed(pitch: Pitch) -> bool:
    return Embargo.objects.get(pitch=pitch).sealed is not None


def under_embargo(left: Door, right: Door, **more: Any) -> Pitch:
    pitch = at_the_wrong_door(left, right, groups={"news": {"lifts_at": "2027-01-01T00:00:00+00:00"}}, **more)
    embargo.seal(pitch, embargo.Secret("MARK", MONDAY + 200 * DAY, "Europe/Lisbon"))
    return pitch


def test_sealed_words_stay_while_it_may_move_and_go_with_that_time(left: Door, right: Door) -> None:
    pitch = under_embargo(left, right)
    assert not embargo.accept(pitch, by=left.page.owner)
    with clock.standing_at(MONDAY + timedelta(days=30, seconds=-1)):
        embargo.forget_ended()
        assert sealed(pitch)
    with clock.standing_at(MONDAY + timedelta(days=30)):
        embargo.forget_ended()
    assert not sealed(pitch)


def test_sealed_words_of_what_moved_before_go_at_once(left: Door, right: Door) -> None:
    pitch = under_embargo(left, right)
    intake.move_door(pitch)
    work()
    assert sealed(pitch)
    given = say(moved(pitch), left)
    review.send_now(given, by=left.page.owner)
    work()
    assert not sealed(pitch)


# ── at once ──────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_two_tabs_move_it_once() -> None:
    left = DoorFactory(places_per_week=5)
    right = DoorFactory(page=left.page, places_per_week=1)
    pitch = at_the_wrong_door(left, right)
    found = race(lambda _number: intake.move_door(Pitch.objects.get(pk=pitch.pk)).what)
    assert sorted(map(str, found)) == sorted(["arrived", *[str(Refused)] * 7])
    assert Event.objects.filter(was=PitchState.WRONG_DOOR).count() == 1
    work()
    assert moved(pitch).state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_the_other_door_goes_to_one() -> None:
    left = DoorFactory(places_per_week=1)
    right = DoorFactory(page=left.page, places_per_week=1)
    pitches = [at_the_wrong_door(left, right) for _number in range(4)]
    found = race(lambda number: intake.move_door(pitches[number]).what, threads=4)
    taken = [pitch for pitch in Pitch.objects.all() if pitch.door_id == right.pk]
    assert (len(taken), sorted(map(str, found))) == (1, sorted(["arrived", *[str(Refused)] * 3]))
    work()
    right.refresh_from_db()
    assert opening.of(right).why == "full"


# ── not now, from a day ──────────────────────────────────────────────────────
def test_not_now_has_a_day(left: Door) -> None:
    pitch, other = (PitchFactory(waiting=True, door=left) for _ in range(2))
    no = {"kind": AnswerKind.NO, "by": left.page.owner}
    assert review.answer(pitch, reason=Reason.NOT_NOW, **no).until == (MONDAY + 90 * DAY).date()
    with pytest.raises(review.BadAnswer, match="after today"):
        review.answer(other, reason=Reason.NOT_NOW, until=MONDAY.date(), **no)
    assert review.answer(other, reason=Reason.COVERED, until=MONDAY.date() + DAY, **no).until is None
    assert pitch.back_at is None


# ── which doors are really open ──────────────────────────────────────────────
DOORS = [
    {}, {"closed": True}, {"until_soon": True}, {"state": "invited"}, {"tiers": ["known", "trusted"]},
    {"tiers": ["introduced"]}, {"places_per_week": 1}, {"opens_at": MONDAY + DAY},
]  # fmt: skip


@pytest.mark.parametrize("standing", ["stranger", "introduced", "known", "trusted", "paused", "blocked"])
@pytest.mark.parametrize("full", [False, True])
def test_what_is_called_open_is_what_admission_takes(standing: str, full: bool) -> None:
    page = PageFactory(full_since=MONDAY if full else None)
    doors = [DoorFactory(page=page, **fields) for fields in DOORS]
    PitchFactory(door=doors[6], waiting=True)
    opening.count_places(doors[6])
    more = {"until": MONDAY + DAY} if standing == "paused" else {}
    sender = meet(doors[0], standing, **more) if standing != "stranger" else SenderFactory(email="elif@mosaic.example")
    taken = []
    for door in page.doors.all():
        try:
            intake.admit(PitchFactory(door=door, email=sender.email), sender)
            taken.append(door)
        except Refused:
            continue
    assert intake.open_to(sender, page, page.doors.all()) == taken


def test_the_limits_of_a_sender_count_too(left: Door, right: Door, django_assert_max_num_queries: Any) -> None:
    sender: Sender = SenderFactory()
    PitchFactory(door=left, waiting=True, sender=sender)
    assert intake.open_to(sender, left.page, left.page.doors.all()) == [right]
    PitchFactory.create_batch(2, door=DoorFactory(page=left.page, closed=True), declined=True, sender=sender)
    DoorFactory.create_batch(5, page=left.page)
    with django_assert_max_num_queries(8):
        assert intake.open_to(sender, left.page, left.page.doors.all()) == []


def test_due_knows_nothing_of_what_waits_to_be_moved(left: Door, right: Door) -> None:
    pitch = at_the_wrong_door(left, right)
    with clock.standing_at(MONDAY + 100 * DAY):
        due.tick()
    assert moved(pitch).state == "wrong_door"
