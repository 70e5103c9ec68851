"""MOVES: from each state, where may a pitch go? move() and move_many() are the only writers of the state."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
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

# What a pitch forgets when the answer that set it is taken back.
UNSAID: dict[str, Any] = {"back_at": None, "back_when_open": False}

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
    read_in: int | None = None,
    **changes: Any,
) -> Event:
    """Move a pitch and write the event, or raise IllegalMove or AlreadyMoved; two callers never both succeed.

    `read_in`: the version it was read in, and AlreadyMoved, too, if its sender has changed it since. A change may be an
    expression; the pitch at hand is told of plain values only.
    """
    was = _leaving(pitch, to)
    here = Pitch.objects.filter(pk=pitch.pk, state=was, **({} if read_in is None else {"version": read_in}))
    with transaction.atomic(savepoint=False):
        if here.update(state=to, **changes):
            _tell(pitch, state=to, **changes)
            return _write([_event(pitch.page, pitch, was=was, what=to, by=by, note=note)])[0]
    message = _("This pitch is no longer %(state)s.") % {"state": was.label}
    raise AlreadyMoved(message)


def move_many(
    page: Page,
    pitches: Iterable[Pitch],
    to: PitchState,
    *,
    by: User | None = None,
    note: str = "",
    **changes: Any,
) -> list[Event]:
    """Move pitches of one page, all or some: whatever moved since it was seen is left where it is. Returns the events.

    Each gets what move() would give it, for as many queries as one.
    """
    seen = {pitch.pk: (pitch, _leaving(pitch, to)) for pitch in pitches}
    with transaction.atomic():
        rows = Pitch.objects.filter(page=page, pk__in=seen).order_by("pk").select_for_update(no_key=True)
        here = dict(rows.values_list("pk", "state"))
        moved = [(pitch, was) for pitch, was in seen.values() if here.get(pitch.pk) == was]
        Pitch.objects.filter(pk__in=[pitch.pk for pitch, _was in moved]).update(state=to, **changes)
        for pitch, _was in moved:
            _tell(pitch, state=to, **changes)
        return _write([_event(page, pitch, was=was, what=to, by=by, note=note) for pitch, was in moved])


def _tell(pitch: Pitch, **changes: Any) -> None:
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(pitch, name, value)


def _leaving(pitch: Pitch, to: PitchState) -> PitchState:
    was = PitchState(pitch.state)
    if to not in MOVES[was]:
        message = f"{was} -> {to}"
        raise IllegalMove(message)
    return was


def unsay(given: Answer, *, by: User | None = None) -> None:
    """Bring a pitch back to where it was before an answer that has not gone out. Raises AlreadyMoved when it has."""
    with transaction.atomic():
        if not Answer.objects.held().filter(pk=given.pk).update(undone_at=clock.now()):
            raise AlreadyMoved(_("This answer has gone out already."))
        move(given.pitch, PitchState(given.was), by=by, lapses_at=given.lapsed_at, **UNSAID)


def unsay_many(page: Page, given: Sequence[Answer], *, by: User | None = None) -> list[Event]:
    """The same for answers to pitches of one page; those that went out, or whose pitch moved on, are left alone."""
    with transaction.atomic():
        here = Answer.objects.held().filter(pk__in=[one.pk for one in given], pitch__page=page)
        held = set(here.order_by("pitch_id").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        lapse = Subquery(Answer.objects.held().filter(pitch=OuterRef("pk")).values("lapsed_at")[:1])
        events: list[Event] = []
        for was in UNDO:
            group = [one.pitch for one in given if one.pk in held and one.was == was]
            events += move_many(page, group, was, by=by, lapses_at=lapse, **UNSAID) if group else []
        here.filter(pitch__in=[event.pitch_id for event in events]).update(undone_at=clock.now())
    return events


def begin(pitch: Pitch) -> Event:
    """The first event of a pitch that was just stored."""
    return _write([_event(pitch.page, pitch, was="", what=PitchState.UNPROVEN, by=None, note="")])[0]


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
    return _write([_event(page, pitch, was="", what=fact, door=door, by=by, note=note)])[0]


def record_for(fact: Fact, page: Page, pitches: Iterable[Pitch], *, by: User | None = None) -> list[Event]:
    """The same of several pitches of one page, for as many queries as one."""
    return _write([_event(page, pitch, was="", what=fact, by=by, note="") for pitch in pitches])


def _event(
    page: Page, pitch: Pitch | None, *, was: str, what: str, by: User | None, note: str, door: Door | None = None
) -> Event:
    queue = "codes" if what == Fact.INTRODUCED else queue_of(pitch)
    return Event(
        page=page, pitch=pitch, door=door, was=was, what=what, by=by, note=note, queue=queue, at=clock.now()
    )  # fmt: skip


def _write(events: list[Event]) -> list[Event]:
    """Write events of one kind and one page, and ring once for each queue."""
    with transaction.atomic(savepoint=False):
        Event.objects.bulk_create(events)
        for queue in sorted({event.queue for event in events}):
            relay.ring("react", queue)
    if events and events[0].what in freshness.SEEN:
        freshness.changed(events[0].page)
    return events
