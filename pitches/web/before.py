"""Before you write: what a pitch costs, how many places are left, when it is read, and what became of others.

The same for everybody. Who proved a mailbox on this device also sees their own places.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from pitches import intake, ledge, opening, relationships, stats
from pitches.forms.pitch import PitchForm
from pitches.intake.allowance import Allowance, allowance
from pitches.models import Door, Lane, Sender, Standing
from pitches.web import proven
from portal import clock


@dataclass(frozen=True)
class Before:
    """What to know before writing to a door."""

    next_hour: datetime | None
    promised: datetime | None
    left: int | None
    most: int | None
    expect: stats.Expectation
    mine: Allowance | None
    first_places: int = intake.PLACES[Standing.STRANGER]


def of(door: Door, found: opening.Opening, sender: Sender | None) -> Before:
    """Four queries at most for everybody (places 1, dates 2, figures 1), two more for a sender who is known here."""
    page, now = door.page, clock.now()
    return Before(
        next_hour=page.next_hour(now),
        promised=ledge.promised(page, Lane.FIRST_KNOCK) if found.is_open else None,
        left=opening.places_left(door, now),
        most=door.places_per_week,
        expect=stats.expectation(page),
        mine=allowance(page, sender, relationships.standing_of(page, sender, door)) if sender else None,
    )


def whose(request: HttpRequest, form: PitchForm) -> Sender | None:
    """Whoever proved the mailbox in this form, here or by their account; of an empty form, who proved any first."""
    email = str(form["email"].value() or "")
    return proven.recognise(request, email) if email else next(iter(proven.people(request)), None)
