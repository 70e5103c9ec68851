"""Lying: one pitch as it lies on the ledge of a rehearsal, and the whole ledge with the counts that decide."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from pitches import arrivals, ledge
from pitches.arrivals import Coming
from pitches.intake.admission import PLACES_WINDOW
from pitches.models import Lane, Page, PitchState, Standing
from pitches.models.pitch import OPEN_STATES
from pitches.opening import WEEKLY
from pitches.rehearsal.history import Left, Sitting
from pitches.rehearsal.steps import Script

S = PitchState
COUNTED = (S.ARRIVED, S.WAITING)
WITH_STANDING = (Standing.TRUSTED, Standing.KNOWN, Standing.INTRODUCED)
WAITS = {Lane.TRUSTED: "trusted", Lane.KNOWN: "known", Lane.FIRST_KNOCK: "strangers"}


@dataclass(slots=True)
class Lying:
    """A pitch at one moment of a rehearsal. `free`: it goes another way than it went."""

    row: Left
    script: Script
    door: int = 0
    standing: str = ""
    lane: Lane = Lane.FIRST_KNOCK
    state: str = S.UNPROVEN
    was: str = ""  # before it was taken back, or answered
    refused: str = ""
    paid: dict[str, Any] = field(default_factory=dict)
    moved_at: datetime | None = None
    promised_for: datetime | None = None
    promises: list[datetime] = field(default_factory=list)
    told_until: datetime | None = None
    lapses_at: datetime | None = None
    lapsed_at: datetime | None = None  # when it would have lapsed, for undo
    nudged_at: datetime | None = None
    unsent: bool = False
    free: bool = False
    next: int = 0  # step
    shift: timedelta = timedelta()
    answer: int = 0  # the number of the last one
    yes_at: datetime | None = None
    skipped: int = 0
    shown: list[Sitting] = field(default_factory=list)  # the owner came to its card
    read_at: datetime | None = None  # the first time, or when it was answered before
    ended_at: datetime | None = None
    unknown: bool = False  # it was read, and nobody knows what the answer would have been

    def waits_as_told(self, now: datetime) -> bool:
        """PitchQuerySet.waiting_as_told() of one pitch."""
        silent = self.state == S.LAPSED and self.was == S.QUARANTINE
        return self.state in OPEN_STATES or self.unsent or (silent and bool(self.told_until and self.told_until > now))


class Ledge:
    """All pitches of a rehearsal, counted as they come and go."""

    def __init__(self) -> None:
        self.waiting: dict[int, Lying] = {}
        self.by_sender: dict[int, list[Lying]] = defaultdict(list)
        self.at_door: dict[int, list[tuple[datetime, Lying]]] = defaultdict(list)
        self._waits = dict.fromkeys(WAITS.values(), 0)
        self._came: list[datetime] = []
        self._known: list[datetime] = []
        self._trusted: list[datetime] = []

    def arrive(self, one: Lying) -> None:
        """Somebody handed it in, or moved it here."""
        if one.standing in WEEKLY:
            self.at_door[one.door].append((one.moved_at or one.row.handed_in_at, one))
        self._note(one, insort)

    def leave(self, one: Lying) -> None:
        """It goes to another door, perhaps with another standing; told before that is noted on it."""
        self._note(one, lambda there, at: there.remove(at))

    def _note(self, one: Lying, do: Any) -> None:
        do(self._came, one.row.handed_in_at)
        if one.standing in WITH_STANDING:
            do(self._known, one.row.handed_in_at)
        if one.standing == Standing.TRUSTED:
            do(self._trusted, one.row.handed_in_at)

    def put(self, one: Lying, state: str) -> None:
        """Give a pitch its next state."""
        self._count(one, -1)
        one.state = state
        self._count(one, 1)
        if state == S.WAITING:
            self.waiting[one.row.pk] = one
        else:
            self.waiting.pop(one.row.pk, None)

    def _count(self, one: Lying, number: int) -> None:
        if one.state in COUNTED:
            self._waits[WAITS[one.lane]] += number

    # ── what decides ─────────────────────────────────────────────────────────
    def cards(self, page: Page) -> list[int]:
        """The cards of a session that begins now: ledge.cards_of()."""
        order = sorted(self.waiting.values(), key=_place)
        knocks = [one.row.pk for one in order if one.lane == Lane.FIRST_KNOCK]
        others = [one.row.pk for one in order if one.lane != Lane.FIRST_KNOCK]
        return ledge.dealt(page, others[: page.cards], knocks[: page.cards])

    def first_hour(
        self, page: Page, lane: Lane, hours: Iterator[datetime], now: datetime, but: Lying | None = None
    ) -> datetime | None:
        """The hour that one more pitch in a lane is promised: ledge.promised()."""
        waits = dict(self._waits)
        if but and but.state in COUNTED:
            waits[WAITS[but.lane]] -= 1
        coming = Coming() if lane == Lane.TRUSTED else self._coming(page, now)
        return ledge.first_hour(page, lane, waits, coming, arrivals.between(page, hours, now))

    def _coming(self, page: Page, now: datetime) -> Coming:
        """arrivals.coming() of what came so far."""
        since = bisect_right(self._came, now - arrivals.WINDOWS[0])
        first = self._came[since] if since < len(self._came) else None
        counts = [
            (_after(self._trusted, now - window), _after(self._known, now - window)) for window in arrivals.WINDOWS
        ]
        return arrivals.foreseen(page, now, first, counts)

    def taken_places(self, one: Lying, now: datetime) -> int:
        """How many places of 30 days its sender has used: admission.taking_places()."""
        own = self.by_sender[one.row.sender]
        since = now - PLACES_WINDOW
        return sum(1 for other in own if other.row.handed_in_at > since and other.state != S.WITHDRAWN)

    def waits_behind(self, one: Lying, door: int, now: datetime) -> bool:
        """Does another pitch of its sender wait behind this door?"""
        own = self.by_sender[one.row.sender]
        return any(other.door == door and other is not one and other.waits_as_told(now) for other in own)

    def places_taken(self, door: int, monday: datetime) -> int:
        """How many first acquaintances came to a door since a Monday: opening.places_taken()."""
        came = takewhile(lambda row: row[0] >= monday, reversed(self.at_door[door]))
        return sum(1 for _at, one in came if one.door == door and one.state != S.WITHDRAWN)


def _place(one: Lying) -> tuple[Any, ...]:
    return ledge.place(one.lane, one.standing, one.nudged_at, one.row.handed_in_at, one.row.pk)


def _after(moments: Sequence[datetime], since: datetime) -> int:
    return len(moments) - bisect_right(moments, since)
