"""Which doors would take a pitch of this sender now: the rules of admission, asked for many doors and using nothing."""

from collections.abc import Iterable
from datetime import datetime

from pitches import opening, relationships, rules
from pitches.intake.admission import taking_places
from pitches.models import Door, Page, Pitch, Sender, Standing
from portal import clock

NEVER = (Standing.BLOCKED, Standing.PAUSED)


def open_to(sender: Sender, page: Page, doors: Iterable[Door], *, moving: Pitch | None = None) -> list[Door]:
    """Those of some doors of a page that are really open to a sender, without a key. Few questions, however many doors.

    `moving`: a pitch that has its place of the month already.
    """
    now, hung = clock.now(), [door for door in doors if door.taken_down_at is None and not page.hidden_at]
    for door in hung:
        door.page = page
    shown = [door for door in hung if _ajar(door, now)]
    if not shown:
        return []
    stands = relationships.standings(page, [sender], shown)
    own = Pitch.objects.filter(page=page, sender=sender, handed_in_at__isnull=False)
    own = own.exclude(pk=moving.pk) if moving else own
    behind = set(own.waiting_as_told(now).values_list("door_id", flat=True))
    taken = 0 if moving else taking_places(own, now).count()
    met = [(door, stands[sender.pk, door.pk]) for door in shown if door.pk not in behind]
    decided = rules.of(page)
    terms = {door.pk: rules.nearest(decided, standing, door.pk, sender.agency_id) for door, standing in met}
    lets_in = [door for door, standing in met if _lets_in(door, standing, terms[door.pk], now)]
    kept = {lane: opening.can_promise(page, lane) for lane in {terms[door.pk].lane for door in lets_in}}
    return [door for door in lets_in if (moving or taken < terms[door.pk].places) and kept[terms[door.pk].lane]]


def _ajar(door: Door, now: datetime) -> bool:
    """Is it open for somebody, at least?"""
    found = opening.of(door, now)
    return found.look != "shut" or found.by_itself


def _lets_in(door: Door, standing: Standing, terms: rules.Terms, now: datetime) -> bool:
    """Does the door open for them: tier, invitation, the places of the week?"""
    if standing in NEVER or rules.needs_key(terms, standing, door):
        return False
    return standing not in opening.WEEKLY or not (door.full_until and door.full_until > now)
