"""The ledge: the queue of a page. Its lanes, its order, and the date that it can promise."""

from datetime import datetime

from django.db.models import Count, Q

from pitches.models import Lane, Page, Pitch, Standing
from portal import clock

LANES = {
    Standing.TRUSTED: Lane.TRUSTED,
    Standing.KNOWN: Lane.KNOWN,
    Standing.INTRODUCED: Lane.KNOWN,
    Standing.STRANGER: Lane.FIRST_KNOCK,
}


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


def share(page: Page, others: int, strangers: int) -> tuple[int, int]:
    """How many cards of one session go to people with a standing and to first knocks. Unused places change sides."""
    first = min(others, page.cards - min(strangers, page.newcomer_cards))
    return first, min(strangers, page.cards - first)


def promised(page: Page, lane: Lane) -> datetime | None:
    """The first reading hour that still has a card for one more pitch in this lane."""
    counts = Pitch.objects.filter(page=page).waiting().aggregate(
        trusted=Count("pk", filter=Q(lane=Lane.TRUSTED)),
        known=Count("pk", filter=Q(lane=Lane.KNOWN)),
        strangers=Count("pk", filter=Q(lane=Lane.FIRST_KNOCK)),
    )  # fmt: skip
    knocks = lane == Lane.FIRST_KNOCK
    ahead = counts["strangers"] if knocks else counts["trusted"] + (counts["known"] if lane == Lane.KNOWN else 0)
    others, strangers = (
        counts["trusted"] + counts["known"] + (not knocks),
        counts["strangers"] + knocks,
    )
    for hour in page.hours_from(clock.now()):
        first, last = share(page, others, strangers)
        if ahead < (last if knocks else first):
            return hour
        others, strangers, ahead = (
            others - first,
            strangers - last,
            ahead - (last if knocks else first),
        )
    return None
