"""The ledge: the queue of a page. Its lanes, its order, and the date that it can promise."""

from datetime import datetime

from django.db.models import Count, Q

from pitches import arrivals
from pitches.arrivals import Coming
from pitches.models import Lane, Page, Pitch, PitchState
from portal import clock


def lane_of(pitch: Pitch) -> Lane:
    """The lane that a pitch was given when it was handed in. It keeps it, whatever the rules say later."""
    return Lane(pitch.given_lane or Lane.FIRST_KNOCK)


def cards_of(page: Page) -> list[int]:
    """The pitches of a session, in order: nudged first, then oldest, lane after lane; places are kept for newcomers."""
    ledge = Pitch.objects.filter(page=page).waiting()
    knocks = Q(lane=Lane.FIRST_KNOCK)
    others = list(ledge.exclude(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    strangers = list(ledge.filter(knocks).in_reading_order().values_list("pk", flat=True)[: page.cards])
    first, last = share(page, len(others), len(strangers))
    return others[:first] + strangers[:last]


def share(page: Page, others: int, strangers: int) -> tuple[int, int]:
    """How many cards of one session go to people with a standing and to first knocks. Unused places change sides."""
    first = min(others, page.cards - min(strangers, page.newcomer_cards))
    return first, min(strangers, page.cards - first)


def promised(page: Page, lane: Lane, *, leaving_out: int = 0, behind: int = 0) -> datetime | None:
    """The first reading hour that still has a card for one more pitch in this lane, `behind` others not yet there.

    `leaving_out` is the pitch itself, once it has arrived. Who is read before and is likely to come until then is
    counted in (arrivals.py); nobody comes before the trusted.
    """
    waits, now, knocks = _waiting(page, leaving_out), clock.now(), lane == Lane.FIRST_KNOCK
    coming = Coming() if lane == Lane.TRUSTED else arrivals.coming(page, now)
    ahead = waits["strangers"] if knocks else waits["trusted"] + (waits["known"] if lane == Lane.KNOWN else 0)
    ahead += behind
    others = waits["trusted"] + waits["known"] + (0 if knocks else behind + 1)
    strangers = waits["strangers"] + (behind + 1 if knocks else 0)
    served = 0  # cards that went to people with a standing so far
    for hour, gaps in arrivals.gaps(page, now):
        first, last = share(page, others + coming.others(gaps) - served, strangers)
        before = ahead if knocks else ahead + coming.trusted(gaps) - served
        if before < (last if knocks else first):
            return hour
        strangers, served = strangers - last, served + first
        ahead -= last if knocks else 0
    return None


def _waiting(page: Page, leaving_out: int) -> dict[str, int]:
    """What waits in each lane, and who arrived a moment ago: no worker has put it there yet."""
    arrived = Q(state=PitchState.ARRIVED) & ~Q(pk=leaving_out)
    rows = Pitch.objects.filter(arrived | Q(state=PitchState.WAITING), page=page)
    return rows.aggregate(
        trusted=Count("pk", filter=Q(given_lane=Lane.TRUSTED)),
        known=Count("pk", filter=Q(given_lane=Lane.KNOWN)),
        strangers=Count("pk", filter=Q(given_lane=Lane.FIRST_KNOCK)),
    )
