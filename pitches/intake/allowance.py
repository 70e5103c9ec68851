"""The allowance: how many more pitches a sender may leave with a page, and until when that is so."""

from dataclasses import dataclass
from datetime import datetime

from pitches.intake.admission import PLACES, PLACES_WINDOW, taking_places
from pitches.models import Page, Pitch, Sender, Standing
from portal import clock


@dataclass(frozen=True)
class Allowance:
    """So many places are left of so many, until the next one comes free (None: all are)."""

    left: int
    most: int
    until: datetime | None


def allowance(page: Page, sender: Sender, standing: Standing) -> Allowance | None:
    """What is left to a proven sender in rolling 30 days; None for whoever may leave nothing. One query."""
    if standing not in PLACES:
        return None
    own = taking_places(Pitch.objects.filter(page=page, sender=sender), clock.now())
    most = PLACES[standing]
    dates = own.order_by("-handed_in_at").values_list("handed_in_at", flat=True)
    counted = [moment for moment in dates[:most] if moment]
    return Allowance(most - len(counted), most, counted[-1] + PLACES_WINDOW if counted else None)
