"""The allowance: how many more pitches a sender may leave with a page, and until when that is so."""

from dataclasses import dataclass
from datetime import datetime

from pitches import rules
from pitches.intake.admission import PLACES_WINDOW, taking_places
from pitches.models import Door, Pitch, Sender, Standing
from portal import clock


@dataclass(frozen=True)
class Allowance:
    """So many places are left of so many, until the next one comes free (None: all are)."""

    left: int
    most: int
    until: datetime | None


def allowance(door: Door, sender: Sender, standing: Standing) -> Allowance | None:
    """What is left to a proven sender in rolling 30 days; None for whoever may leave nothing. Two queries."""
    if standing not in rules.USUAL:
        return None
    own = taking_places(Pitch.objects.filter(page=door.page, sender=sender), clock.now())
    most = rules.terms(door.page, standing, door, sender).places
    dates = own.order_by("-handed_in_at").values_list("handed_in_at", flat=True)
    counted = [moment for moment in dates[:most] if moment]
    return Allowance(most - len(counted), most, counted[-1] + PLACES_WINDOW if counted else None)
