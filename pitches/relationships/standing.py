"""The standing of a proven sender, now: blocked over paused over the ladder, the person over the agency."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from pitches.models import Door, Page, Relationship, Sender, Standing
from portal import clock, domains


def standing_of(page: Page, sender: Sender | None, door: Door | None, *, at: datetime | None = None) -> Standing:
    """The standing of a proven sender at a door now. Blocked beats paused, both beat the ladder, on every level.

    A plus-tag is no way around a block or a pause, nor is a colleague's mailbox when the agency is meant. The ladder
    is the address's own; whoever has no rung of their own stands where the owner put their agency.
    """
    if sender is None:
        return Standing.STRANGER
    return _stands(_rows(page, [sender]), sender, door, at or clock.now())


def _rows(page: Page, people: Iterable[Sender]) -> QuerySet[Relationship]:
    return _rows_at({page.pk}, people)


def _rows_at(pages: Iterable[int], people: Iterable[Sender]) -> QuerySet[Relationship]:
    """All that may matter for these people: of their addresses with any tag, and of their agencies."""
    canonical, agencies = {one.canonical for one in people}, {one.agency_id for one in people if one.agency_id}
    mine = Q(sender__canonical__in=canonical) | Q(agency__in=agencies)
    return Relationship.objects.filter(mine, page__in=list(pages)).select_related("sender")


def _stands(rows: Iterable[Relationship], sender: Sender, door: Door | None, moment: datetime) -> Standing:
    """The standing that follows from all rows of a sender's address, with and without plus-tags, and of the agency."""
    here = [row for row in rows if row.door_id in (None, door.pk if door else None)]
    if any(row.blocked for row in here):
        return Standing.BLOCKED
    if any(row.paused_until and row.paused_until > moment for row in here):
        return Standing.PAUSED
    own = [row for row in here if row.sender_id == sender.pk]
    for level in (own, [row for row in here if row.agency_id]):
        nearest = sorted(level, key=lambda row: row.door_id is None)[:1]
        if nearest and (nearest[0].by_hand or nearest[0].rung != Standing.STRANGER):
            return Standing(nearest[0].rung)
    return Standing.STRANGER


def standings(page: Page, senders: Iterable[Sender], doors: Iterable[Door]) -> dict[tuple[int, int], Standing]:
    """How some senders stand at some doors of a page, by (sender, door). One question for all of them."""
    people, now = list(senders), clock.now()
    rows = list(_rows(page, people))
    return {(sender.pk, door.pk): _stands(_of(sender, rows), sender, door, now) for door in doors for sender in people}


def standings_anywhere(senders: Iterable[Sender], doors: Iterable[Door]) -> dict[tuple[int, int], Standing]:
    """The same at doors of many pages. One question for all of them."""
    people, found, now = list(senders), list(doors), clock.now()
    rows = list(_rows_at({door.page_id for door in found}, people))
    here = {door.page_id: [row for row in rows if row.page_id == door.page_id] for door in found}
    return {
        (sender.pk, door.pk): _stands(_of(sender, here[door.page_id]), sender, door, now)
        for door in found
        for sender in people
    }


def _of(sender: Sender, rows: Iterable[Relationship]) -> list[Relationship]:
    return [
        row
        for row in rows
        if (row.sender and row.sender.canonical == sender.canonical)
        or (row.agency_id and row.agency_id == sender.agency_id)
    ]


def blocks(page: Page, email: str, door: Door) -> bool:
    """Has the owner blocked this address or its domain, at this door or at all?"""
    domain = domains.registrable(email.rpartition("@")[2])
    agency = Q(agency__domain=domain) if domain and not domains.shared(domain) else Q(pk=None)
    rows = Relationship.objects.filter(agency | Q(sender__canonical=domains.canonical(email)), page=page, blocked=True)
    return any(row.door_id in (None, door.pk) for row in rows)


def paused_until(page: Page, sender: Sender, door: Door) -> datetime | None:
    """The end of the pause that holds for this door."""
    rows = _rows(page, [sender]).exclude(paused_until=None)
    ends = [row.paused_until for row in rows if row.door_id in (None, door.pk) and row.paused_until]
    return max(ends, default=None)
