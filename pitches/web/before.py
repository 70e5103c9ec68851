"""Before you write: what a pitch costs, how many places are left, when it is read, and what became of others.

The same for everybody. Who proved a mailbox on this device also sees their own places.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from pitches import ledge, opening, relationships, rules, stats
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
    first_places: int


def of(door: Door, found: opening.Opening, sender: Sender | None) -> Before:
    """Five queries at most for everybody (places 1, dates 2, figures 1, rules 1), three more for whom it knows."""
    page, now = door.page, clock.now()
    return Before(
        next_hour=page.next_hour(now),
        promised=ledge.promised(page, Lane.FIRST_KNOCK) if found.is_open else None,
        left=opening.places_left(door, now),
        most=door.places_per_week,
        expect=stats.expectation(page),
        first_places=rules.terms(page, Standing.STRANGER, door).places,
        mine=allowance(door, sender, relationships.standing_of(page, sender, door)) if sender else None,
    )


def whose(request: HttpRequest, form: PitchForm) -> Sender | None:
    """Whoever proved the mailbox in this form, here or by their account; of an empty form, who proved any first."""
    email = str(form["email"].value() or "")
    return proven.recognise(request, email) if email else next(iter(proven.people(request)), None)
