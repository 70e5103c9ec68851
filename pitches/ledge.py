"""The ledge: the queue of a page. Its lanes, its order, and the date that it can promise."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, Q

from pitches import arrivals
from pitches.arrivals import Coming
from pitches.models import Lane, Page, Pitch, PitchState
from pitches.models.pitch import READING_ORDER
from portal import clock

A_YEAR = 53  # weeks; hours_from() looks no further


def lane_of(pitch: Pitch) -> Lane:
    """The lane that a pitch was given when it was handed in. It keeps it, whatever the rules say later."""
    return Lane(pitch.given_lane or Lane.FIRST_KNOCK)


def cards_of(page: Page, *, oldest: bool = False) -> list[int]:
    """The pitches of a session, in order: nudged first, then oldest, lane after lane; places are kept for newcomers.

    `oldest`: by age alone, whoever sent them.
    """
    ledge = Pitch.objects.filter(page=page).waiting()
    if oldest:
        return list(ledge.order_by("handed_in_at", "pk").values_list("pk", flat=True)[: page.cards])
    knocks = Q(lane=Lane.FIRST_KNOCK)
    others = list(ledge.exclude(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    strangers = list(ledge.filter(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    return dealt(page, others, strangers)


def dealt(page: Page, others: Sequence[int], strangers: Sequence[int]) -> list[int]:
    """The cards of a session from what waits, each in reading order: of people with a standing, and first knocks."""
    first, last = share(page, len(others), len(strangers))
    return [*others[:first], *strangers[:last]]


def place(lane: str, standing: str, nudged_at: datetime | None, handed_in_at: datetime, pk: int) -> tuple[Any, ...]:
    """Where in the line a pitch stands: PitchQuerySet.in_reading_order() of rows that are at hand."""
    told = {"lane": lane, "standing": standing}
    rank = next((rank for rank, where in enumerate(READING_ORDER) if where.items() <= told.items()), len(READING_ORDER))
    return rank, nudged_at is None, nudged_at or handed_in_at, handed_in_at, pk


def share(page: Page, others: int, strangers: int) -> tuple[int, int]:
    """How many cards of one session go to people with a standing and to first knocks. Unused places change sides."""
    return _share(page.cards, page.newcomer_cards, others, strangers)


def _share(cards: int, kept: int, others: int, strangers: int) -> tuple[int, int]:
    first = min(others, cards - min(strangers, kept))
    return first, min(strangers, cards - first)


def promised(page: Page, lane: Lane, *, leaving_out: int = 0, behind: int = 0) -> datetime | None:
    """The first reading hour that still has a card for one more pitch in this lane, `behind` others not yet there.

    `leaving_out` is the pitch itself, once it has arrived. Who is read before and is likely to come until then is
    counted in (arrivals.py); nobody comes before the trusted.
    """
    now = clock.now()
    coming = Coming() if lane == Lane.TRUSTED else arrivals.coming(page, now)
    return first_hour(page, lane, _waiting(page, leaving_out), coming, arrivals.gaps(page, now), behind=behind)


def first_hour(
    page: Page,
    lane: Lane,
    waits: Mapping[str, int],
    coming: Coming,
    hours: Iterable[tuple[datetime, float]],
    *,
    behind: int = 0,
) -> datetime | None:
    """The same from figures that are at hand. `waits`: how many are trusted, known, strangers; `hours`: those ahead,
    each with the usual gaps until then.
    """
    knocks = lane == Lane.FIRST_KNOCK
    ahead = waits["strangers"] if knocks else waits["trusted"] + (waits["known"] if lane == Lane.KNOWN else 0)
    ahead += behind
    others = waits["trusted"] + waits["known"] + (0 if knocks else behind + 1)
    strangers = waits["strangers"] + (behind + 1 if knocks else 0)
    cards, kept = page.cards, page.newcomer_cards
    served = 0  # cards that went to people with a standing so far
    for hour, gaps in hours:
        first, last = _share(cards, kept, others + coming.others(gaps) - served, strangers)
        before = ahead if knocks else ahead + coming.trusted(gaps) - served
        if before < (last if knocks else first):
            return hour
        strangers, served = strangers - last, served + first
        ahead -= last if knocks else 0
    return None


def _waiting(page: Page, leaving_out: int) -> dict[str, int]:
    """What waits in each lane, and who arrived a moment ago: no worker has put it there yet. One query.

    More than the sessions of a year have cards for makes no difference to any date, and is not counted.
    """
    rows = Pitch.objects.filter(page=page, state__in=(PitchState.ARRIVED, PitchState.WAITING)).exclude(pk=leaving_out)
    most = page.cards * len(page.reading) * A_YEAR + 1
    lanes = {"trusted": Lane.TRUSTED, "known": Lane.KNOWN, "strangers": Lane.FIRST_KNOCK}
    some = {name: ArraySubquery(rows.filter(given_lane=lane).values("pk")[:most]) for name, lane in lanes.items()}
    counted = {name: Func(array, function="CARDINALITY", output_field=IntegerField()) for name, array in some.items()}
    return cast("dict[str, int]", Page.objects.values(**counted).get(pk=page.pk))
