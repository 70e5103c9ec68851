"""Steps: what happened to one pitch, from its events, with what each step needs to be taken again."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from pitches.lifecycle import ANSWERS
from pitches.models import Fact, PitchState, RevisionKind
from pitches.rehearsal.history import Happened, History, Moment, Said, Sitting

S = PitchState
AFTER_A_CHANGE = (S.HELD, S.WAITING)


class Kind(Enum):
    """The kinds of steps."""

    ARRIVE = auto()
    MOVE = auto()  # to another door
    ROUTE = auto()
    NUDGE = auto()
    CHANGE = auto()
    ROUTE_AGAIN = auto()  # what followed from a change
    ASIDE = auto()  # into quarantine
    RESTORE = auto()
    WITHDRAW = auto()
    PUT_BACK = auto()
    ANSWER = auto()
    SENT = auto()
    UNDO = auto()
    REPLY = auto()
    BACK = auto()
    LAPSE = auto()


@dataclass(slots=True)
class Step:
    """One step. `answer`: the number of the answer that it is, or that it follows; `sitting`: in which that was given
    as one of the cards; `skips`: how often the owner had come to the card before, without an answer.
    """

    kind: Kind
    at: datetime
    order: float
    to: str
    note: str = ""
    answer: int = 0
    sitting: Sitting | None = None
    skips: int = 0
    by_owner: bool = False
    paid: dict[str, Any] | None = None  # the offer that a change made
    settled: bool = True  # what follows from a change: was it worked out, and with no step of its own?

    @property
    def moment(self) -> Moment:
        """When, among all others."""
        return self.at, self.order


@dataclass
class Received:
    """How a pitch came to a door: the standing then, and the lane that was given."""

    door: int
    standing: str
    lane: str


@dataclass
class Script:
    """The steps of a pitch, how it was received at its first door and with which paid offer, and whether the owner
    ever came to its card.
    """

    steps: list[Step]
    first: Received
    paid: dict[str, Any]
    was_read: bool = False


def of(history: History, pk: int, sittings: dict[int, Sitting], reached: list[Sitting]) -> Script:
    """The script of one pitch. `reached`: the sessions in which the owner came to its card, in order."""
    events, row = history.events.get(pk, []), history.pitches[pk]
    steps = list(_steps(events, history.answers.get(pk, []), sittings))
    _see_what_changes_did(steps)
    _count_skips(steps, reached, pk)
    paid = _add_offers(steps, row.groups.get("paid", {}), history.paid.get(pk, []))
    first = Received(row.door, row.standing, row.lane)
    moves = [step for step in steps if step.kind == Kind.MOVE]
    if moves and row.moved_from:
        came = json.loads(moves[0].note) if moves[0].note.startswith("{") else {}
        first = Received(row.moved_from, came.get("standing", row.standing), came.get("lane", row.lane))
    return Script(steps, first, paid, was_read=bool(reached))


def _steps(events: list[Happened], answers: list[Said], sittings: dict[int, Sitting]) -> Iterator[Step]:
    number = 0
    for event in events:
        if event.what == S.UNPROVEN:
            continue
        step = Step(Kind.SENT, event.at, event.pk, event.what, event.note, number, by_owner=event.by is not None)
        given = answers[number - 1] if 0 < number <= len(answers) else None
        step.kind = _kind(event, given)
        if step.kind == Kind.ANSWER:
            number += 1
            step.answer = number
            if number <= len(answers):
                step.sitting = sittings.get(answers[number - 1].session or 0)
        step.settled = event.reacted is not None
        yield step


def _kind(event: Happened, given: Said | None) -> Kind:
    from_anywhere = FROM.get(event.was) or TO.get(event.what)
    if event.was != S.WITHDRAWN and event.what == S.ARRIVED:
        return Kind.MOVE if event.was == S.WRONG_DOOR else Kind.ARRIVE
    return from_anywhere or (Kind.ANSWER if event.what in ANSWERS else _back_on_the_ledge(event, given))


def _back_on_the_ledge(event: Happened, given: Said | None) -> Kind:
    if event.was in AFTER_A_CHANGE:
        return Kind.ROUTE_AGAIN
    if event.was == S.QUARANTINE:
        return Kind.RESTORE
    if event.was in (S.ASKED, S.LATER) and (given is None or given.undone_at is None):
        return Kind.REPLY if event.was == S.ASKED else Kind.BACK
    return Kind.UNDO


FROM: dict[str, Kind] = {S.WITHDRAWN: Kind.PUT_BACK, S.ARRIVED: Kind.ROUTE}
TO: dict[str, Kind] = {
    Fact.NUDGED: Kind.NUDGE,
    Fact.CHANGED: Kind.CHANGE,
    Fact.FOLLOWED_UP: Kind.CHANGE,
    Fact.ANSWER_SENT: Kind.SENT,
    S.WITHDRAWN: Kind.WITHDRAW,
    S.QUARANTINE: Kind.ASIDE,
    S.LAPSED: Kind.LAPSE,
}


def _see_what_changes_did(steps: list[Step]) -> None:
    """A change whose consequence is a step of its own decides nothing itself."""
    for place, step in enumerate(steps):
        if step.kind == Kind.CHANGE:
            rest = (later.kind for later in steps[place + 1 :] if later.kind not in (Kind.NUDGE, Kind.SENT))
            step.settled = step.settled and next(rest, None) not in (Kind.ROUTE_AGAIN, Kind.ASIDE)


def _count_skips(steps: list[Step], reached: list[Sitting], pk: int) -> None:
    """How often the owner came to the card before each answer. One that was given to no card, or once more in the same
    session, has no session here: it happens when it happened.
    """
    last, since = None, (datetime.min.replace(tzinfo=UTC), 0.0)
    for step in (step for step in steps if step.kind == Kind.ANSWER):
        sitting, step.sitting = step.sitting, None
        if sitting and sitting is not last and pk in sitting.cards:
            step.sitting = sitting
            step.skips = sum(1 for one in reached if since < one.moment < sitting.moment)
        last, since = sitting, step.moment


def _add_offers(steps: list[Step], now: dict[str, Any], revisions: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Give each change the paid offer that it made, from today's backwards. Returns the one at the hand-in."""
    paid = now
    moves, changes = deque[Step](), deque[Step]()
    for step in reversed(steps):
        if step.kind in (Kind.MOVE, Kind.CHANGE):
            (moves if step.kind == Kind.MOVE else changes).append(step)
    for kind, was in reversed(revisions):
        made_by = moves if kind == RevisionKind.MOVE else changes
        if made_by:
            made_by.popleft().paid = paid
        paid = {name: value for name, value in (paid | was).items() if value != ""}
    return paid
