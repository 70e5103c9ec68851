"""MOVES: from each state, where may a pitch go? move() is the only writer of the state."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pitches import freshness
from pitches.models import Answer, Door, Event, Fact, Page, Pitch, PitchState, Standing
from portal import clock, relay
from portal.models import User

S = PitchState
ANSWERS = frozenset({S.ACCEPTED, S.ASKED, S.LATER, S.DECLINED, S.WRONG_DOOR})
UNDO = frozenset({S.WAITING, S.HELD})

MOVES: dict[PitchState, frozenset[PitchState]] = {
    S.UNPROVEN: frozenset({S.ARRIVED}),
    S.ARRIVED: frozenset({S.WAITING, S.HELD, S.QUARANTINE, S.WITHDRAWN}),
    S.WAITING: ANSWERS | {S.HELD, S.QUARANTINE, S.WITHDRAWN, S.LAPSED},
    S.HELD: ANSWERS | {S.WAITING, S.QUARANTINE, S.WITHDRAWN, S.LAPSED},
    S.QUARANTINE: frozenset({S.WAITING, S.WITHDRAWN, S.LAPSED}),
    S.ASKED: UNDO | {S.WITHDRAWN, S.LAPSED},
    S.LATER: UNDO | {S.QUARANTINE, S.WITHDRAWN},
    S.ACCEPTED: UNDO,
    S.DECLINED: UNDO,
    S.WRONG_DOOR: UNDO | {S.WITHDRAWN, S.ARRIVED},
    S.WITHDRAWN: frozenset({S.ARRIVED, *UNDO, S.QUARANTINE, S.ASKED, S.LATER, S.WRONG_DOOR, S.LAPSED}),
    S.LAPSED: frozenset({S.WITHDRAWN}),  # out of quarantine, of whose end the sender knows nothing
}

# Which Celery queue carries what follows: a flood of strangers delays nobody who is known.
QUEUE_OF = {
    Standing.TRUSTED: "now",
    Standing.KNOWN: "soon",
    Standing.INTRODUCED: "soon",
    Standing.STRANGER: "later",
}


class IllegalMove(Exception):
    """There is no such move in MOVES."""


class AlreadyMoved(Exception):
    """Somebody was first: the pitch is no longer where it was seen."""


def queue_of(pitch: Pitch | None) -> str:
    """The Celery queue for what follows an event of this pitch."""
    if pitch is None:
        return "soon"
    if pitch.state == PitchState.UNPROVEN:
        return "codes"
    return QUEUE_OF.get(Standing(pitch.standing or Standing.STRANGER), "later")


def move(
    pitch: Pitch,
    to: PitchState,
    *,
    by: User | None = None,
    note: str = "",
    **changes: Any,
) -> Event:
    """Move a pitch and write the event, or raise IllegalMove or AlreadyMoved; two callers never both succeed."""
    was = PitchState(pitch.state)
    if to not in MOVES[was]:
        message = f"{was} -> {to}"
        raise IllegalMove(message)
    with transaction.atomic():
        if not Pitch.objects.filter(pk=pitch.pk, state=was).update(state=to, **changes):
            message = _("This pitch is no longer %(state)s.") % {"state": was.label}
            raise AlreadyMoved(message)
        for name, value in {"state": to, **changes}.items():
            setattr(pitch, name, value)
        return _write(pitch.page, pitch, was=was, what=to, by=by, note=note)


def unsay(given: Answer, *, by: User | None = None) -> None:
    """Bring a pitch back to where it was before an answer that has not gone out. Raises AlreadyMoved when it has."""
    with transaction.atomic():
        if not Answer.objects.held().filter(pk=given.pk).update(undone_at=clock.now()):
            raise AlreadyMoved(_("This answer has gone out already."))
        move(given.pitch, PitchState(given.was), by=by, back_at=None, lapses_at=given.lapsed_at)


def begin(pitch: Pitch) -> Event:
    """The first event of a pitch that was just stored."""
    return _write(pitch.page, pitch, was="", what=PitchState.UNPROVEN, by=None, note="")


def record(
    fact: Fact,
    page: Page,
    pitch: Pitch | None = None,
    *,
    door: Door | None = None,
    by: User | None = None,
    note: str = "",
) -> Event:
    """Write down something that is not a move; its reactions follow in the same way."""
    return _write(page, pitch, was="", what=fact, door=door, by=by, note=note)


def _write(
    page: Page, pitch: Pitch | None, *, was: str, what: str, by: User | None, note: str, door: Door | None = None
) -> Event:
    queue = "codes" if what == Fact.INTRODUCED else queue_of(pitch)
    with transaction.atomic():
        event = Event.objects.create(
            page=page,
            pitch=pitch,
            door=door,
            was=was,
            what=what,
            by=by,
            note=note,
            queue=queue,
            at=clock.now(),
        )
        relay.ring("react", queue)
    if what in freshness.SEEN:
        freshness.changed(page)
    return event
