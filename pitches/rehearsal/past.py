"""The past: how the page, its rules and its doors stood at a moment, and how they would have stood."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pitches import rules
from pitches.models import Door, Fact, Page, Rule, Standing
from pitches.rehearsal.history import History, Moment
from pitches.rehearsal.proposal import Proposal

T = TypeVar("T")
A_YEAR = timedelta(days=366)  # as far as Page.hours_from() looks
FIGURES = ("cards", "newcomer_share", "promise_days", "lapse_days", "reading", "timezone")
HOLIDAY = ("holiday_from", "holiday_until")


class Epochs(Generic[T]):
    """What something was like, one time after the other."""

    def __init__(self, first: T) -> None:
        self.since: list[Moment] = []
        self.was: list[T] = [first]

    def follow(self, since: Moment, one: T) -> None:
        """From a moment on it was like this."""
        self.since.append(since)
        self.was.append(one)

    def at(self, moment: Moment) -> T:
        """What it was like at a moment."""
        return self.was[bisect_right(self.since, moment)]


class Past:
    """A page over time. With a proposal, as it would have been from the start of the history on."""

    def __init__(self, history: History, proposal: Proposal) -> None:
        self.history, self.proposal = history, proposal
        self._pages = _pages(history, proposal)
        self._rules = _rules(history, proposal)
        self._doors = {pk: _doors(history, door, proposal) for pk, door in history.doors.items()}
        self._hours: dict[int, list[datetime]] = {}
        self._terms: dict[tuple[int, str, int, int | None], rules.Terms] = {}

    def page(self, moment: Moment) -> Page:
        """The page with its figures of that time."""
        return self._pages.at(moment)

    def door(self, pk: int, moment: Moment) -> Door:
        """A door in its version of that time, at the page of that time."""
        door = self._doors[pk].at(moment)
        door.page = self.page(moment)
        return door

    def terms(self, standing: str, door: int, agency: int | None, moment: Moment) -> rules.Terms:
        """How somebody was received."""
        there = self._rules.at(moment)
        key = id(there), standing, door, agency
        if key not in self._terms:
            self._terms[key] = rules.nearest(there, Standing(standing), door, agency)
        return self._terms[key]

    def hours_from(self, page: Page, moment: datetime) -> Iterator[datetime]:
        """Page.hours_from() of a page of this past, each hour worked out once."""
        if id(page) not in self._hours:
            self._hours[id(page)] = list(_hours(page, self.history.start - A_YEAR / 4, self.history.end + A_YEAR))
        hours = self._hours[id(page)]
        for place in range(bisect_left(hours, moment), len(hours)):
            if hours[place] > moment + A_YEAR:
                return
            yield hours[place]

    def next_hour(self, page: Page, moment: datetime) -> datetime | None:
        """The first reading hour at or after a moment."""
        return next(self.hours_from(page, moment), None)


def _hours(page: Page, first: datetime, last: datetime) -> Iterator[datetime]:
    moment, latest = first, first - timedelta.resolution
    while page.reading and moment < last:
        for hour in page.hours_from(moment):
            if hour > latest:
                latest = hour
                yield hour
        moment += A_YEAR


def _pages(history: History, proposal: Proposal) -> Epochs[Page]:
    """From today backwards: each change tells what was before."""
    page, found = copy(history.page), []
    page.full_since = page.hidden_at = None
    for event in reversed(history.changes):
        if event.what not in (Fact.PAGE_CHANGED, Fact.RULES_KEPT) or not event.note.startswith("{"):
            continue
        note = json.loads(event.note)
        was = note["was"] if event.what == Fact.PAGE_CHANGED else note.get("page", {}).get("was", {})
        known = {name: value for name, value in was.items() if name in FIGURES + HOLIDAY}
        if known:
            found.append((event.moment, page))
            page = copy(page)
            for name, value in known.items():
                setattr(page, name, date.fromisoformat(value) if value and name in HOLIDAY else value)
    return _from_the_start(history, page, list(reversed(found)), proposal.of_page)


def _rules(history: History, proposal: Proposal) -> Epochs[list[Rule]]:
    kept = [(event.moment, json.loads(event.note)) for event in history.changes if event.what == Fact.RULES_KEPT]
    first = _made(kept[0][1]["was"]) if kept else history.rules
    later = [(moment, _made(note["now"])) for moment, note in kept]
    return _from_the_start(history, first, later, proposal.of_rules)


def _made(plain: list[dict[str, Any]]) -> list[Rule]:
    """Rules as an event keeps them (rules.plain)."""
    names = {"door": "door_id", "agency": "agency_id"}
    return [Rule(**{names.get(name, name): value for name, value in rule.items()}) for rule in plain]


def _doors(history: History, door: Door, proposal: Proposal) -> Epochs[Door]:
    """From its first version on. When a version began is told by its event."""
    told = (event for event in history.changes if event.what == Fact.DOOR_CHANGED and event.door == door.pk)
    began = {int(event.note): event.moment for event in told if event.note.isdecimal()}
    versions = [(number, stood) for pk, number, stood in history.versions if pk == door.pk]
    first = _as_it_stood(door, versions[0][1] if versions else {})
    later = [(began[number], _as_it_stood(door, stood)) for number, stood in versions[1:] if number in began]
    return _from_the_start(history, first, later, proposal.of_door)


def _as_it_stood(door: Door, stood: dict[str, Any]) -> Door:
    """A door with the fields of a version. Whether its week was full, and the page, is not of interest here."""
    other = copy(door)
    other.full_until = other.taken_down_at = None
    for name, value in stood.items():
        setattr(other, name, _read(name, value))
    return other


def _read(name: str, value: Any) -> Any:
    if value and name in ("opens_at", "until"):
        return datetime.fromisoformat(value)
    return Decimal(value) if value and name == "floor_amount" else value


def _from_the_start(history: History, first: T, later: list[tuple[Moment, T]], proposed: Any) -> Epochs[T]:
    """One time after the other; from the start of the history on, as proposed."""
    found, start, now = Epochs(first), (history.start, -1.0), first
    begun = False
    for since, one in sorted(later, key=lambda row: row[0]):
        if since >= start and not begun:
            found.follow(start, proposed(now))
            begun = True
        found.follow(since, proposed(one) if begun else one)
        now = one
    if not begun:
        found.follow(start, proposed(now))
    return found
