"""The ledge: the queue of a page. Its lanes, its order, and the date that it can promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar

from django.db.models import Count, Min, Q

from pitches.models import Lane, Page, Pitch, PitchState, Standing
from portal import clock

LANES = {
    Standing.TRUSTED: Lane.TRUSTED,
    Standing.KNOWN: Lane.KNOWN,
    Standing.INTRODUCED: Lane.KNOWN,
    Standing.STRANGER: Lane.FIRST_KNOCK,
}
Cards = TypeVar("Cards", int, float)
PAST = timedelta(days=14)  # what is looked back at to say who will come
MARGIN = 1.25  # more come than came, or a date is broken


def lane_of(pitch: Pitch) -> Lane:
    """The lane that the sender's standing gives a pitch."""
    return LANES[Standing(pitch.standing or Standing.STRANGER)]


def cards_of(page: Page) -> list[int]:
    """The pitches of a session, in order: nudged first, then oldest, lane after lane; places are kept for newcomers."""
    ledge = Pitch.objects.filter(page=page).waiting()
    knocks = Q(lane=Lane.FIRST_KNOCK)
    others = list(ledge.exclude(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    strangers = list(ledge.filter(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    first, last = share(page, len(others), len(strangers))
    return others[:first] + strangers[:last]


def share(page: Page, others: Cards, strangers: Cards) -> tuple[Cards, Cards]:
    """How many cards of one session go to people with a standing and to first knocks. Unused places change sides."""
    first = min(others, page.cards - min(strangers, page.newcomer_cards))
    return first, min(strangers, page.cards - first)


def promised(page: Page, lane: Lane, *, leaving_out: int = 0, behind: int = 0) -> datetime | None:
    """The first reading hour that still has a card for one more pitch in this lane, `behind` others not yet there.

    `leaving_out` is the pitch itself, once it has arrived. Who is read before, and is likely to come until then, is
    counted in: the rate of the last two weeks, once a page has two weeks behind it.
    """
    waits, now = _waiting(page, leaving_out), clock.now()
    knocks = lane == Lane.FIRST_KNOCK
    coming = _coming(page, now) if lane != Lane.TRUSTED else Coming()
    ahead: float = waits["strangers"] if knocks else waits["trusted"] + (waits["known"] if lane == Lane.KNOWN else 0)
    others: float = waits["trusted"] + waits["known"] + (0 if knocks else behind + 1)
    strangers: float = waits["strangers"] + (behind + 1 if knocks else 0)
    ahead += behind
    for part, hour in coming.parts(page, now):
        others += coming.others * part
        ahead += 0 if knocks else coming.trusted * part
        first, last = share(page, others, strangers)
        served = last if knocks else first
        if ahead + 1 <= served:
            return hour
        others, strangers, ahead = others - first, strangers - last, ahead - served
    return None


@dataclass(frozen=True)
class Coming:
    """Who is likely to come with a standing between two reading hours: trusted, and all of them."""

    trusted: float = 0
    others: float = 0

    def parts(self, page: Page, now: datetime) -> Iterator[tuple[float, datetime]]:
        """The hours ahead, each with the part of a usual gap until it. The first gap has begun already."""
        hours = page.hours_from(now)
        first, second = next(hours, None), next(hours, None)
        if first is None:
            return
        gap = second - first if second else timedelta(days=7)
        yield min(1.0, (first - now) / gap), first
        for hour in [second] if second else []:
            yield 1.0, hour
        yield from ((1.0, hour) for hour in hours)


def _waiting(page: Page, leaving_out: int) -> dict[str, int]:
    """What waits in each lane. Who arrived a moment ago counts by standing: no worker has put it into a lane yet."""
    arrived = Q(state=PitchState.ARRIVED) & ~Q(pk=leaving_out)
    on_it = Q(state=PitchState.WAITING)
    rows = Pitch.objects.filter(page=page, state__in=(PitchState.ARRIVED, PitchState.WAITING))
    return rows.aggregate(
        trusted=Count("pk", filter=on_it & Q(lane=Lane.TRUSTED) | arrived & Q(standing=Standing.TRUSTED)),
        known=Count("pk", filter=on_it & Q(lane=Lane.KNOWN) | arrived & Q(standing__in=("known", "introduced"))),
        strangers=Count("pk", filter=on_it & Q(lane=Lane.FIRST_KNOCK) | arrived & Q(standing=Standing.STRANGER)),
    )


def _coming(page: Page, now: datetime) -> Coming:
    """How many with a standing came between two reading hours, in the last two weeks. None while a page is new."""
    start = now - PAST
    known = Q(standing__in=(Standing.TRUSTED, Standing.KNOWN, Standing.INTRODUCED), handed_in_at__gt=start)
    found = Pitch.objects.filter(page=page, handed_in_at__gt=start - timedelta(days=1)).aggregate(
        since=Min("handed_in_at"),
        trusted=Count("pk", filter=known & Q(standing=Standing.TRUSTED)),
        others=Count("pk", filter=known),
    )
    hours = sum(1 for _ in takewhile(lambda hour: hour < now, page.hours_from(start)))
    if not found["since"] or found["since"] > start or not hours:
        return Coming()
    return Coming(found["trusted"] / hours * MARGIN, found["others"] / hours * MARGIN)
