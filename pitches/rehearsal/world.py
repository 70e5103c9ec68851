"""The world of a rehearsal: what becomes of a pitch at each step. False where it goes another way than it went."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pitches import routing
from pitches.lifecycle import ANSWERS, MOVES
from pitches.models import Lane, Page, PitchState
from pitches.models.pitch import ON_THE_LEDGE
from pitches.rehearsal.gate import Gate
from pitches.rehearsal.history import History, Moment
from pitches.rehearsal.lying import Ledge, Lying
from pitches.rehearsal.past import Past
from pitches.rehearsal.proposal import Proposal
from pitches.rehearsal.steps import Kind, Step
from pitches.review import QUESTION_LIFE
from pitches.routing import QUARANTINE_LIFE

S = PitchState
A_WEEK = timedelta(days=7)  # what a pitch has at least before it lapses, whenever it comes back to the ledge
LAPSING = (S.WAITING, S.HELD, S.QUARANTINE, S.ASKED)
MAY_BE_TAKEN_BACK = frozenset(state for state, ways in MOVES.items() if S.WITHDRAWN in ways)


class World:
    """The page with its past and its ledge. `let_in`: who is let in although the gate says so; None: whoever was."""

    def __init__(self, history: History, proposal: Proposal, let_in: dict[int, str] | None) -> None:
        self.history, self.past, self.ledge = history, Past(history, proposal), Ledge()
        self.gate = Gate(history, self.past, self.ledge)
        self.all_let_in, self.let_in = let_in is None, let_in or {}
        self.cards: dict[int, list[int]] = {}

    def take(self, one: Lying, step: Step, moment: Moment) -> bool:
        """Take a step. False if it was not possible, or came out otherwise."""
        return TAKE[step.kind](self, one, step, moment)

    def decides(self, moment: Moment) -> bool:
        """Is this in the time that is rehearsed? What came before is as it was."""
        return moment[0] >= self.history.start

    def end(self, one: Lying, state: str, moment: Moment) -> None:
        """Off the ledge."""
        one.was, one.ended_at = one.state, moment[0]
        self.ledge.put(one, state)

    def _page(self, moment: Moment) -> Page:
        return self.past.page(moment)

    # ── how it comes ─────────────────────────────────────────────────────────
    def arrive(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """Handed in: taken or refused, with its lane."""
        first = one.script.first
        one.door, one.standing, one.paid = first.door, first.standing, one.script.paid
        one.lane = Lane(first.lane or Lane.FIRST_KNOCK)
        if self.decides(moment):
            one.lane = self.past.terms(one.standing, one.door, one.row.agency, moment).lane
            one.refused = self._refusal(one, one.door, one.standing, moment)
            if one.refused:
                one.next, one.ended_at = len(one.script.steps), moment[0]
                return False
        one.lapses_at = one.told_until = moment[0] + timedelta(days=self._page(moment).lapse_days)
        self.ledge.by_sender[one.row.sender].append(one)
        self.ledge.arrive(one)
        self.ledge.put(one, S.ARRIVED)
        return True

    def _refusal(self, one: Lying, door: int, standing: str, moment: Moment, *, moved: bool = False) -> str:
        """Why it is not taken. In what was, everybody is let in who was, and it is noted if that is a wonder."""
        pk = one.row.pk
        why = self.gate.refusal(one, door, standing, moment, but=self.let_in.get(pk, ""), moved=moved)
        if why and self.all_let_in:
            self.let_in[pk] = why
            return ""
        return why

    def move(self, one: Lying, step: Step, moment: Moment) -> bool:
        """Moved to the right door: taken there or not."""
        row = one.row
        if one.state != S.WRONG_DOOR or one.answer != step.answer:
            return False
        if self.decides(moment) and self._refusal(one, row.door, row.standing, moment, moved=True):
            one.next = len(one.script.steps)
            return False
        self.ledge.leave(one)
        one.door, one.standing, one.lane = row.door, row.standing, Lane(row.lane or Lane.FIRST_KNOCK)
        one.moved_at, one.ended_at, one.paid = moment[0], None, one.paid if step.paid is None else step.paid
        if self.decides(moment):
            one.lane = self.past.terms(one.standing, one.door, row.agency, moment).lane
        one.lapses_at = one.told_until = max(one.told_until or moment[0], moment[0] + A_WEEK)
        self.ledge.arrive(one)
        self.ledge.put(one, S.ARRIVED)
        return True

    def route(self, one: Lying, step: Step, moment: Moment) -> bool:
        """Into its lane with a date, or aside."""
        if one.state != S.ARRIVED:
            return False
        state = step.to
        if self.decides(moment):
            page, at = self._page(moment), moment[0]
            one.promised_for = self.ledge.first_hour(page, one.lane, self.past.hours_from(page, at), at, but=one)
            if state != S.QUARANTINE:
                state = S.HELD if routing.below(one.paid, self.past.door(one.door, moment)) else S.WAITING
            if one.promised_for:
                one.promises.append(one.promised_for)
        if state == S.QUARANTINE:
            one.lapses_at = moment[0] + QUARANTINE_LIFE
        self.ledge.put(one, state)
        return state == step.to

    # ── while it waits ───────────────────────────────────────────────────────
    def nudge(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """To the top of its lane, once."""
        if one.waits_as_told(moment[0]) and one.nudged_at is None:
            one.nudged_at = moment[0]
        return True

    def change(self, one: Lying, step: Step, moment: Moment) -> bool:
        """Other words: perhaps it is held aside now, or no longer."""
        one.paid = one.paid if step.paid is None else step.paid
        if not step.settled or not self.decides(moment):
            return True
        return self._route_again(one, one.state, moment)

    def route_again(self, one: Lying, step: Step, moment: Moment) -> bool:
        """What followed from a change."""
        if one.state not in ON_THE_LEDGE:
            return False
        if not self.decides(moment):
            self.ledge.put(one, step.to)
            return True
        return self._route_again(one, step.to, moment)

    def _route_again(self, one: Lying, then: str, moment: Moment) -> bool:
        under = routing.below(one.paid, self.past.door(one.door, moment))
        opened = one.row.opened_at is not None and one.row.opened_at <= moment[0]
        if one.state == S.WAITING and under and not opened:
            self.ledge.put(one, S.HELD)
        elif one.state == S.HELD and not under:
            self.ledge.put(one, S.WAITING)
        return one.state == then

    def aside(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """Into quarantine, as it was."""
        if one.state not in (*ON_THE_LEDGE, S.LATER):
            return False
        one.told_until, one.unsent = one.lapses_at or one.told_until, False
        assert one.told_until is not None
        one.lapses_at = min(one.told_until, moment[0] + QUARANTINE_LIFE)
        self.ledge.put(one, S.QUARANTINE)
        return True

    def restore(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """Out of quarantine, by the owner's hand."""
        if one.state != S.QUARANTINE:
            return False
        one.lapses_at = max(one.told_until or moment[0], moment[0] + A_WEEK)
        self.ledge.put(one, S.WAITING)
        return True

    def withdraw(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """Taken back by its sender."""
        if one.state not in MAY_BE_TAKEN_BACK:
            return False
        self.end(one, S.WITHDRAWN, moment)
        return True

    def put_back(self, one: Lying, _step: Step, _moment: Moment) -> bool:
        """Taken back no longer."""
        if one.state != S.WITHDRAWN:
            return False
        one.ended_at = None
        self.ledge.put(one, one.was)
        return True

    def lapse(self, one: Lying, _step: Step, moment: Moment) -> bool:
        """Nobody answered in time."""
        if one.state not in LAPSING:
            return False
        self.end(one, S.LAPSED, moment)
        return True

    # ── what the owner says ──────────────────────────────────────────────────
    def answer(self, one: Lying, step: Step, moment: Moment) -> bool:
        """Answered when it was, if its card lies there."""
        if step.sitting and not self._lies_there(one, step):
            one.next -= 1
            return False
        if one.state not in ON_THE_LEDGE:
            return False
        self.answered(one, step, moment)
        return True

    def _lies_there(self, one: Lying, step: Step) -> bool:
        assert step.sitting is not None
        cards = self.cards.get(step.sitting.pk, [])
        there = one.row.pk in cards and step.sitting.comes_to(cards.index(one.row.pk))
        return there and one.state in ON_THE_LEDGE

    def answered(self, one: Lying, step: Step, moment: Moment) -> None:
        """It has an answer, in the house for now."""
        at = moment[0]
        one.lapsed_at, one.answer, one.unsent, one.skipped = one.lapses_at, step.answer, True, 0
        one.shift = at - step.at
        one.read_at = one.read_at or at
        if step.to == S.ASKED:
            one.lapses_at = at + QUESTION_LIFE
        if step.to == S.ACCEPTED:
            one.yes_at = at
        self.end(one, step.to, moment)

    def sent(self, one: Lying, step: Step, _moment: Moment) -> bool:
        """The answer went out."""
        if one.answer == step.answer:
            one.unsent = False
        return True

    def undo(self, one: Lying, step: Step, _moment: Moment) -> bool:
        """The answer was taken back before it went out: by the owner, or because the sender took the pitch back."""
        if one.state not in ANSWERS or one.answer != step.answer or not (step.by_owner or one.unsent):
            return False
        if not step.by_owner:
            one.shift = timedelta()
        one.lapses_at, one.unsent, one.yes_at, one.ended_at = one.lapsed_at, False, None, None
        self.ledge.put(one, one.was)
        return True

    def reply(self, one: Lying, step: Step, moment: Moment) -> bool:
        """The question was answered."""
        if one.state != S.ASKED or one.answer != step.answer:
            return False
        back = self.past.next_hour(self._page(moment), moment[0]) or moment[0]
        return self._back(one, back + A_WEEK)

    def back(self, one: Lying, step: Step, moment: Moment) -> bool:
        """The day has come that "later" named."""
        if one.state != S.LATER or one.answer != step.answer:
            return False
        return self._back(one, moment[0] + A_WEEK)

    def _back(self, one: Lying, least: datetime) -> bool:
        one.lapses_at, one.unsent, one.ended_at = max(one.lapses_at or least, least), False, None
        self.ledge.put(one, S.WAITING)
        return True


TAKE: dict[Kind, Callable[[World, Lying, Step, Moment], bool]] = {
    Kind.ARRIVE: World.arrive,
    Kind.MOVE: World.move,
    Kind.ROUTE: World.route,
    Kind.NUDGE: World.nudge,
    Kind.CHANGE: World.change,
    Kind.ROUTE_AGAIN: World.route_again,
    Kind.ASIDE: World.aside,
    Kind.RESTORE: World.restore,
    Kind.WITHDRAW: World.withdraw,
    Kind.PUT_BACK: World.put_back,
    Kind.ANSWER: World.answer,
    Kind.SENT: World.sent,
    Kind.UNDO: World.undo,
    Kind.REPLY: World.reply,
    Kind.BACK: World.back,
    Kind.LAPSE: World.lapse,
}
