"""Arrivals: who is likely to come, so that a date on a receipt holds when others with a better standing come first.

A page learns from what came: the last four weeks, and the last week and two days for when it suddenly becomes more.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, Q

from pitches.models import Page, Pitch, Standing

WINDOWS = tuple(timedelta(days=days) for days in (28, 7, 2))
KNOWN = (Standing.TRUSTED, Standing.KNOWN, Standing.INTRODUCED)
ENOUGH = 5  # fewer people with a standing in a window say nothing
# How far above the mean to stay: the date holds for nearly all. Found by playing crowds of half, once, twice and five
# times what the sessions can take; the crowds of tests/stories keep it honest.
CAUTION = 2.5


@dataclass(frozen=True)
class Coming:
    """People with a standing who come between two reading hours: the trusted, all of them, seen over so many gaps."""

    rate_trusted: float = 0
    rate_others: float = 0
    seen: float = 1

    def trusted(self, gaps: float) -> int:
        """How many of the trusted to expect within so many gaps between reading hours, with caution."""
        return self._at_most(self.rate_trusted * gaps, gaps)

    def others(self, gaps: float) -> int:
        """How many of all with a standing to expect, with caution."""
        return self._at_most(self.rate_others * gaps, gaps)

    def _at_most(self, mean: float, gaps: float) -> int:
        """The mean plus a margin for chance (as of a Poisson count) and for how little was seen."""
        return math.floor(mean + CAUTION * math.sqrt(mean + mean * gaps / self.seen))


def gaps(page: Page, now: datetime) -> Iterator[tuple[datetime, float]]:
    """The reading hours ahead, each with how many usual gaps lie between now and then. The first has begun already."""
    return between(page, page.hours_from(now), now)


def between(page: Page, hours: Iterator[datetime], now: datetime) -> Iterator[tuple[datetime, float]]:
    """The same of reading hours that are at hand."""
    usual, passed = _usual_gap(page), 0.0
    first = next(hours, None)
    if first is None:
        return
    passed = min(1.0, (first - now) / usual)
    yield first, passed
    for hour in hours:
        passed += 1
        yield hour, passed


def _usual_gap(page: Page) -> timedelta:
    return timedelta(days=7) / max(1, len(page.reading))


def coming(page: Page, now: datetime) -> Coming:
    """What the windows say; the one with the highest rate counts. One query, and one more if they say something."""
    lately = Pitch.objects.filter(page=page, handed_in_at__gt=now - WINDOWS[0])
    asked: dict[str, Aggregate] = {}
    for place, window in enumerate(WINDOWS):
        since = Q(handed_in_at__gt=now - window)
        asked |= {
            f"others{place}": Count("pk", filter=since),
            f"trusted{place}": Count("pk", filter=since & Q(standing=Standing.TRUSTED)),
        }
    found = lately.filter(standing__in=KNOWN).aggregate(**asked)
    counts = [(found[f"trusted{place}"], found[f"others{place}"]) for place in range(len(WINDOWS))]
    enough = any(others >= ENOUGH for _trusted, others in counts)
    first = lately.order_by("handed_in_at").values_list("handed_in_at", flat=True).first() if enough else None
    return foreseen(page, now, first, counts)


def foreseen(page: Page, now: datetime, first: datetime | None, counts: Sequence[tuple[int, int]]) -> Coming:
    """The same from counts that are at hand: for each window the trusted, and all with a standing. `first`: when the
    first pitch of the longest window came.
    """
    rates = [Coming()]
    for window, (trusted, others) in zip(WINDOWS, counts, strict=True):
        if others >= ENOUGH:
            assert first is not None
            seen = max(1.0, (now - max(first, now - window)) / _usual_gap(page))
            rates.append(Coming((trusted + 1) / seen, (others + 1) / seen, seen))
    return max(rates, key=lambda one: one.rate_others)
