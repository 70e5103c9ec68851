"""The play: what happened, once more, with the rules of that time or with others.

What people did is given, and happens when it happened. What the product decided is decided anew by the functions that
decide it every day: who is taken, the lane, what is held aside, the cards of each session, what lapses, the dates.
An answer is given when the owner comes to the card as often as it took; what followed from it follows as long after.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count

from pitches.models import PitchState
from pitches.models.pitch import ON_THE_LEDGE
from pitches.rehearsal import steps
from pitches.rehearsal.history import History, Moment, Sitting
from pitches.rehearsal.lying import Lying
from pitches.rehearsal.proposal import Proposal
from pitches.rehearsal.steps import Kind, Step
from pitches.rehearsal.world import LAPSING, World
from pitches.review import HOLD

READ = "read"  # off the ledge, with an answer that nobody knows


@dataclass
class Run:
    """How a rehearsal went: each pitch, the cards of each session, and who was let in only because they had been."""

    pitches: dict[int, Lying]
    cards: dict[int, list[int]] = field(default_factory=dict)
    let_in: dict[int, str] = field(default_factory=dict)


def play(
    history: History, told: dict[int, steps.Script], proposal: Proposal, let_in: dict[int, str] | None = None
) -> Run:
    """Play it. `told`: scripts(). `let_in`: who is let in although the gate says so; without it, everybody who was."""
    return _Play(history, told, proposal, let_in).run()


def scripts(history: History) -> dict[int, steps.Script]:
    """What each pitch went through."""
    reached: dict[int, list[Sitting]] = {pk: [] for pk in history.pitches}
    for sitting in history.sittings:
        for place, card in enumerate(sitting.cards):
            if card in reached and sitting.comes_to(place):
                reached[card].append(sitting)
    sittings = {sitting.pk: sitting for sitting in history.sittings}
    return {pk: steps.of(history, pk, sittings, reached[pk]) for pk in history.pitches}


class _Play:
    """One rehearsal, in the order of time."""

    def __init__(
        self, history: History, told: dict[int, steps.Script], proposal: Proposal, let_in: dict[int, str] | None
    ) -> None:
        self.history, self.world = history, World(history, proposal, let_in)
        self.pitches = {pk: Lying(history.pitches[pk], script) for pk, script in told.items()}
        self.queue: list[tuple[datetime, float, int, Callable[[Moment], None]]] = []
        self.numbers = count()

    def run(self) -> Run:
        """From the first event to the last moment."""
        for sitting in self.history.sittings:
            self._plan(sitting.moment, partial(self._sit, sitting))
        for one in self.pitches.values():
            self._plan_next(one)
        while self.queue:
            at, order, _number, act = heapq.heappop(self.queue)
            if at > self.history.end:
                break
            act((at, order))
        return Run(self.pitches, self.world.cards, self.world.let_in)

    def _plan(self, moment: Moment, act: Callable[[Moment], None]) -> None:
        heapq.heappush(self.queue, (*moment, next(self.numbers), act))

    # ── step after step ──────────────────────────────────────────────────────
    def _plan_next(self, one: Lying) -> None:
        """The next step of a pitch, when it happened, or as long after the answer as it did."""
        index = one.next
        if index >= len(one.script.steps):
            return
        step = one.script.steps[index]
        if one.free and step.kind == Kind.LAPSE:  # its own day decides
            one.next += 1
            self._plan_next(one)
        elif one.free and step.kind == Kind.ANSWER and step.sitting:
            self._plan_unread(one)
        else:
            self._plan((_when(one, step), step.order), partial(self._take, one, index, index))

    def _plan_unread(self, one: Lying) -> None:
        """Its answer waits for its card. If the sender took it back before that answer went out, they do so unread."""
        index = one.next + 1
        if index < len(one.script.steps):
            step = one.script.steps[index]
            if step.kind == Kind.UNDO and not step.by_owner:
                self._plan(step.moment, partial(self._take, one, index - 1, index + 1))

    def _take(self, one: Lying, waits_for: int, index: int, moment: Moment) -> None:
        """Take a step, unless the pitch has gone on."""
        if one.next != waits_for or index >= len(one.script.steps):
            return
        one.next = index + 1
        one.free = not self.world.take(one, one.script.steps[index], moment) or one.free
        self._after(one)

    def _after(self, one: Lying) -> None:
        self._plan_next(one)
        if one.free and one.state in LAPSING and one.lapses_at:
            self._plan((one.lapses_at, 0.0), partial(self._lapse, one))

    def _lapse(self, one: Lying, moment: Moment) -> None:
        if one.state in LAPSING and one.lapses_at and one.lapses_at <= moment[0]:
            self.world.end(one, PitchState.LAPSED, moment)

    # ── session after session ────────────────────────────────────────────────
    def _sit(self, sitting: Sitting, moment: Moment) -> None:
        """The cards are chosen, and the owner comes to as many as they did."""
        decides = self.world.decides(moment)
        cards = self.world.ledge.cards(self.world.past.page(moment)) if decides else sitting.cards
        self.world.cards[sitting.pk] = cards
        for place, card in enumerate(cards):
            one = self.pitches.get(card)
            if one and sitting.comes_to(place):
                one.shown.append(sitting)
                one.read_at = one.read_at or sitting.began_at
                self._look_at(one, sitting, moment, decides=decides)

    def _look_at(self, one: Lying, sitting: Sitting, moment: Moment, *, decides: bool) -> None:
        """The owner comes to a card: is it answered now, at its own time, or passed over as it was?"""
        rest = range(one.next, len(one.script.steps))
        index = next((place for place in rest if one.script.steps[place].kind == Kind.ANSWER), None)
        if index is None:
            if decides and not one.script.was_read:
                one.free = one.unknown = True
                self.world.end(one, READ, moment)
            return
        step = one.script.steps[index]
        if step.sitting is None or (step.sitting is sitting and not one.free):
            return
        if one.skipped < step.skips:
            one.skipped += 1
        elif decides:
            one.free = True
            after = min(step.at - step.sitting.began_at, sitting.length)
            self._plan((sitting.began_at + after, moment[1]), partial(self._give, one, index))
            self._after(one)

    def _give(self, one: Lying, index: int, moment: Moment) -> None:
        """An answer at another time than it had."""
        if one.next > index or one.state not in ON_THE_LEDGE:
            return
        one.next = index + 1
        step = one.script.steps[index]
        self.world.answered(one, step, moment)
        self._plan((moment[0] + HOLD, moment[1]), partial(self._let_go, one, step))
        self._after(one)

    def _let_go(self, one: Lying, step: Step, moment: Moment) -> None:
        self.world.sent(one, step, moment)


def _when(one: Lying, step: Step) -> datetime:
    """When a step comes: a date that the owner named stays, and so does what a sender did who knew of no answer."""
    if not one.free or (step.kind == Kind.UNDO and not step.by_owner):
        return step.at
    return max(step.at, step.at + one.shift) if step.kind == Kind.BACK else step.at + one.shift
