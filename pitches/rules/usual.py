"""How somebody is received: the usual table, and which of the owner's rules counts.

USUAL is the whole of it until the owner changes something. Of several rules the nearest counts, for each column alone:
the agency's before the door's, the door's before the standing's, the standing's before what is usual.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pitches.models import Door, DoorState, Lane, Opens, Page, Rule, Sender, Standing


@dataclass(frozen=True)
class Terms:
    """How somebody is received at a door. `by`: whose rule gave the lane: agency, door, standing; empty if none did."""

    lane: Lane
    opens: Opens
    places: int
    by: str = ""


# Lane, doors that open by themselves, places in rolling 30 days. The figures follow the trial and the full allowance of
# HackerOne's report rate limits (docs/standing.md), rounded to what one person can read.
USUAL: dict[Standing, Terms] = {
    Standing.TRUSTED: Terms(Lane.TRUSTED, Opens.INVITED, 12),
    Standing.KNOWN: Terms(Lane.KNOWN, Opens.INVITED, 6),
    Standing.INTRODUCED: Terms(Lane.KNOWN, Opens.OPEN, 4),
    Standing.STRANGER: Terms(Lane.FIRST_KNOCK, Opens.OPEN, 3),
}


def of(page: Page) -> list[Rule]:
    """All rules of a page, exceptions too. One query."""
    return list(Rule.objects.filter(page=page).select_related("door", "agency"))


def of_pages(pages: Iterable[Page]) -> dict[int, list[Rule]]:
    """The same of several pages, by page. One query."""
    found: dict[int, list[Rule]] = {page.pk: [] for page in pages}
    for rule in Rule.objects.filter(page__in=list(found)):
        found[rule.page_id].append(rule)
    return found


def terms(page: Page, standing: Standing, door: Door, sender: Sender | None = None) -> Terms:
    """How a sender of this standing is received at a door now. Asks for the rules once."""
    return nearest(of(page), standing, door.pk, sender.agency_id if sender else None)


def nearest(rules: Iterable[Rule], standing: Standing, door_id: int | None, agency_id: int | None) -> Terms:
    """The same from rules that are at hand. Of whoever may not come at all: as of a stranger."""
    usual = USUAL.get(standing, USUAL[Standing.STRANGER])
    mine = sorted((rule for rule in rules if _meant(rule, standing, door_id, agency_id)), key=distance)
    lane = next((rule for rule in mine if rule.lane), None)
    return Terms(
        lane=Lane(lane.lane) if lane else usual.lane,
        opens=next((Opens(rule.opens) for rule in mine if rule.opens), usual.opens),
        places=next((rule.places for rule in mine if rule.places is not None), usual.places),
        by=kind(lane) if lane else "",
    )


def _meant(rule: Rule, standing: Standing, door_id: int | None, agency_id: int | None) -> bool:
    return (
        rule.standing in ("", standing)
        and rule.door_id in (None, door_id)
        and (rule.agency_id is None or rule.agency_id == agency_id)
    )


def distance(rule: Rule) -> tuple[bool, bool, bool]:
    """How far a rule is from a pitch that it is meant for: of two, the one with the smaller distance counts."""
    return rule.agency_id is None, rule.door_id is None, not rule.standing


def needs_key(terms: Terms, standing: Standing, door: Door) -> bool:
    """Is this a door that does not open for them by itself?"""
    by_invitation = door.state == DoorState.INVITED and terms.opens != Opens.INVITED
    return standing not in door.tiers or terms.opens == Opens.NONE or by_invitation


def kind(rule: Rule) -> str:
    """What a rule is about: an agency, a door, or a standing."""
    return "agency" if rule.agency_id else "door" if rule.door_id else "standing"
