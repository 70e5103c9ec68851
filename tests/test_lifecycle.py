"""MOVES and move(): all pairs of states, and who is first."""

from itertools import product

import pytest

from pitches import lifecycle
from pitches.lifecycle import AlreadyMoved, IllegalMove
from pitches.models import Event, Fact, Lane, Pitch, PitchState
from portal import clock
from tests.factories import PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db

# Written down a second time on purpose: a change of MOVES is a decision.
ANSWERS = {"accepted", "asked", "later", "declined", "wrong_door"}
LEGAL = {
    "unproven": {"arrived"},
    "arrived": {"waiting", "held", "quarantine", "withdrawn"},
    "waiting": ANSWERS | {"held", "quarantine", "withdrawn", "lapsed"},
    "held": ANSWERS | {"waiting", "quarantine", "withdrawn", "lapsed"},
    "quarantine": {"waiting", "withdrawn", "lapsed"},
    "asked": {"waiting", "held", "withdrawn", "lapsed"},
    "later": {"waiting", "held", "quarantine", "withdrawn"},
    "accepted": {"waiting", "held"},
    "declined": {"waiting", "held"},
    "wrong_door": {"waiting", "held", "withdrawn", "arrived"},
    "withdrawn": {"arrived", "waiting", "held", "quarantine", "asked", "later", "wrong_door", "lapsed"},
    "lapsed": {"withdrawn"},
}
PAIRS = list(product(PitchState.values, repeat=2))


def changes_for(was, to):
    changes = {"back_at": clock.now()} if to == "later" else {}
    if was == "unproven":
        changes |= {"sender": SenderFactory(), "handed_in_at": clock.now()}
    return changes


def test_every_state_says_where_it_may_go():
    assert {state: set(targets) for state, targets in lifecycle.MOVES.items()} == LEGAL


@pytest.mark.parametrize(("was", "to"), [pair for pair in PAIRS if pair[1] in LEGAL[pair[0]]])
def test_a_legal_move_is_made_and_written_down(was, to):
    pitch = PitchFactory(**{was: True})
    event = lifecycle.move(pitch, PitchState(to), by=pitch.page.owner, note="so", **changes_for(was, to))
    pitch.refresh_from_db()
    assert pitch.state == to
    found = Event.objects.values_list("pk", "pitch", "page", "was", "what", "by", "note", "reacted_at").get()
    assert found == (event.pk, pitch.pk, pitch.page_id, was, to, pitch.page.owner_id, "so", None)


@pytest.mark.parametrize(("was", "to"), [pair for pair in PAIRS if pair[1] not in LEGAL[pair[0]]])
def test_an_illegal_move_changes_nothing(was, to):
    pitch = PitchFactory(**{was: True})
    with pytest.raises(IllegalMove) as refusal:
        lifecycle.move(pitch, PitchState(to))
    assert str(refusal.value) == f"{was} -> {to}"
    assert Pitch.objects.get().state == was
    assert Event.objects.count() == 0


def test_who_comes_second_is_told_and_writes_nothing():
    first = PitchFactory(waiting=True)
    second = Pitch.objects.get(pk=first.pk)
    lifecycle.move(first, PitchState.DECLINED)
    with pytest.raises(AlreadyMoved) as refusal:
        lifecycle.move(second, PitchState.ACCEPTED, lane=Lane.KNOWN)
    assert str(refusal.value) == "This pitch is no longer On the ledge."
    assert list(Event.objects.values_list("what", flat=True)) == ["declined"]
    assert Pitch.objects.get().lane == Lane.FIRST_KNOCK


def test_changes_are_written_with_the_state_and_seen_by_the_caller():
    pitch = PitchFactory(arrived=True)
    lifecycle.move(pitch, PitchState.WAITING, lane=Lane.TRUSTED)
    assert (pitch.state, pitch.lane) == ("waiting", "trusted")
    assert Pitch.objects.values_list("state", "lane").get() == ("waiting", "trusted")


@pytest.mark.parametrize(
    ("state", "standing", "queue"),
    [
        ("unproven", "", "codes"),
        ("waiting", "trusted", "now"),
        ("waiting", "known", "soon"),
        ("waiting", "introduced", "soon"),
        ("waiting", "stranger", "later"),
    ],
)
def test_the_queue_follows_the_standing(state, standing, queue):
    pitch = PitchFactory(**{state: True}, standing=standing)
    assert lifecycle.queue_of(pitch) == queue
    assert lifecycle.record(Fact.NUDGED, pitch.page, pitch).queue == queue


def test_facts_of_a_page_go_by_the_middle_queue():
    page = PitchFactory().page
    assert lifecycle.record(Fact.PUBLISHED, page).queue == "soon"


def test_a_first_event_says_that_the_pitch_was_written():
    pitch = PitchFactory()
    event = lifecycle.begin(pitch)
    assert (event.was, event.what, event.queue) == ("", "unproven", "codes")


def test_nothing_else_in_the_product_writes_a_state():
    """move() is the only writer; a second one would pass the table by."""
    from pathlib import Path

    room = Path(lifecycle.__file__).parent
    writers = [
        path.relative_to(room).as_posix()
        for path in room.rglob("*.py")
        if "migrations" not in path.parts
        and any(text in path.read_text() for text in (".state = ", 'update_fields=["state"', "update(state=to"))
    ]
    # The other two write the state of an offer, and of copies that are never stored.
    assert sorted(writers) == ["lifecycle.py", "offers/making.py", "rehearsal/lying.py"]
