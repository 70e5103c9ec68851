"""What a rehearsal found: the same figures of what was and of what would have been, and where they differ."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pitches.models import Door, Lane, PitchState, Standing
from pitches.rehearsal.history import History, Left
from pitches.rehearsal.lying import Lying
from pitches.rehearsal.play import Run
from pitches.rehearsal.proposal import Proposal

S = PitchState
Wanted = Callable[[Lying], bool]


@dataclass(frozen=True)
class Figures:
    """Of some pitches: how many came, were refused, were read; the yeses; dates promised and kept; newcomers read; the
    usual wait from the hand-in until they were read.
    """

    came: int
    refused: int
    read: int
    yes: int
    promised: int
    kept: int
    newcomers: int
    wait: timedelta | None


@dataclass(frozen=True)
class Yes:
    """A yes that would have been lost, or given at another time. `why`: refused for a reason, or lapsed, or waiting."""

    pitch: Left
    was: datetime
    now: datetime | None
    why: str

    @property
    def days(self) -> int:
        """How many days later; fewer than none are earlier."""
        return round((self.now - self.was) / timedelta(days=1)) if self.now else 0


@dataclass(frozen=True)
class Part:
    """One row of the table: a door or a lane, then and now."""

    name: str
    then: Figures
    now: Figures


@dataclass(frozen=True)
class Difference:
    """Where what was, played again, is not what happened: taken, cards, lane, state or date of a pitch."""

    what: str
    code: str
    said: str


class Rehearsal:
    """What was and what would have been."""

    def __init__(self, history: History, proposal: Proposal, then: Run, now: Run) -> None:
        self.page, self.start, self.end = history.page, history.start, history.end
        self.history, self.proposal, self.then, self.now = history, proposal, then, now
        self.off = list(differences(history, then))

    @property
    def came(self) -> int:
        """How many pitches came in this time, or lay there when it began."""
        return sum(1 for one in self.then.pitches.values() if self._counts(one))

    def _counts(self, one: Lying) -> bool:
        """Those that were handed in before count only for the limits, unless something was still to happen to them."""
        row = one.row
        return row.handed_in_at >= self.start or one.ended_at is None or one.ended_at >= self.start

    def figures(self, run: Run, wanted: Wanted = lambda _one: True) -> Figures:
        """The figures of one run."""
        rows = [one for pk, one in run.pitches.items() if self._counts(self.then.pitches[pk]) and wanted(one)]
        read = [one for one in rows if self._read(one)]
        waits = [one.read_at - one.row.handed_in_at for one in read if one.read_at]
        dates = [kept for one in rows for kept in self._dates(one)]
        return Figures(
            came=len(rows),
            refused=sum(1 for one in rows if one.refused),
            read=len(read),
            yes=sum(1 for one in rows if one.state == S.ACCEPTED and self._late(one.yes_at)),
            promised=len(dates),
            kept=sum(dates),
            newcomers=sum(1 for one in read if one.standing == Standing.STRANGER),
            wait=sorted(waits)[len(waits) // 2] if waits else None,
        )

    def _late(self, moment: datetime | None) -> bool:
        return moment is not None and moment >= self.start

    def _read(self, one: Lying) -> bool:
        return self._late(one.read_at)

    def _dates(self, one: Lying) -> Iterator[bool]:
        """Of each promised date that has come: was it kept? Not of what was taken back, or is in quarantine."""
        today = self.page.local_date(self.end)
        for promise in one.promises:
            day = self.page.local_date(promise)
            gone = one.state == S.QUARANTINE or (one.ended_at and one.ended_at <= promise and _no_answer(one))
            if day < today and not gone:
                yield one.read_at is not None and self.page.local_date(one.read_at) <= day

    # ── what differs ─────────────────────────────────────────────────────────
    @property
    def both(self) -> Iterator[tuple[Lying, Lying]]:
        """Each pitch as it was and as it would have been."""
        return ((one, self.now.pitches[pk]) for pk, one in self.then.pitches.items() if self._counts(one))

    @property
    def saved(self) -> int:
        """How many were read then that would not be read now."""
        return sum(1 for was, now in self.both if self._read(was) and not self._read(now))

    @property
    def added(self) -> int:
        """How many would be read now that were not."""
        return sum(1 for was, now in self.both if self._read(now) and not self._read(was))

    @property
    def unknown(self) -> int:
        """How many would be read now of which nobody knows the answer."""
        return sum(1 for _was, now in self.both if now.unknown)

    def moved(self) -> tuple[list[timedelta], list[timedelta]]:
        """By how much the others would have been read earlier, and later."""
        pairs = [(was.read_at, now.read_at) for was, now in self.both if was.read_at and now.read_at]
        return [was - now for was, now in pairs if now < was], [now - was for was, now in pairs if now > was]

    def yeses(self) -> list[Yes]:
        """The yeses that would be lost, then those that would come at another time, the latest first."""
        found = [
            Yes(was.row, was.yes_at, now.yes_at if now.state == S.ACCEPTED else None, now.refused or now.state)
            for was, now in self.both
            if was.state == S.ACCEPTED and was.yes_at and self._late(was.yes_at)
        ]
        differ = [yes for yes in found if yes.now != yes.was]
        return sorted(differ, key=lambda yes: (yes.now is not None, -yes.days, yes.pitch.pk))

    def doors(self, doors: Iterable[Door]) -> list[Part]:
        """The figures door by door; those at which nobody came are left out."""
        return self._parts((door.name, partial(_at_door, door.pk)) for door in doors)

    def lanes(self) -> list[Part]:
        """The figures by the lane that was given. Whoever is refused counts where they would have been."""
        ways = (Lane.TRUSTED, Lane.KNOWN, Lane.FIRST_KNOCK)
        return self._parts((str(lane.label), partial(_in_lane, lane)) for lane in ways)

    def _parts(self, named: Iterable[tuple[str, Wanted]]) -> list[Part]:
        parts = [Part(name, self.figures(self.then, wanted), self.figures(self.now, wanted)) for name, wanted in named]
        return [part for part in parts if part.then.came or part.now.came]


def _at_door(door: int, one: Lying) -> bool:
    return one.script.first.door == door


def _in_lane(lane: Lane, one: Lying) -> bool:
    return one.lane == lane


def _no_answer(one: Lying) -> bool:
    return one.state in (S.WITHDRAWN, S.QUARANTINE)


def differences(history: History, run: Run) -> Iterator[Difference]:
    """Where what was, played again, is not what happened. With all that is needed written down, there is none."""
    codes = {pk: row.code for pk, row in history.pitches.items()}
    for pk, why in run.let_in.items():
        yield Difference("taken", codes[pk], why)
    for sitting in history.sittings:
        played = run.cards.get(sitting.pk)
        if played is not None and played != sitting.cards:
            yield Difference("cards", str(sitting.pk), f"{played}, not {sitting.cards}")
    for pk, one in run.pitches.items():
        row = history.pitches[pk]
        recent = any(step.at >= history.start for step in one.script.steps if step.to == S.ARRIVED)
        if one.lane != row.lane:
            yield Difference("lane", row.code, f"{one.lane}, not {row.lane}")
        if one.state != row.state:
            yield Difference("state", row.code, f"{one.state}, not {row.state}")
        if recent and one.promised_for != row.promised_for:
            yield Difference("date", row.code, f"{one.promised_for}, not {row.promised_for}")
