"""Opening: is a door open now, why not, and when does it turn by itself? Kept on the door, so a page counts nothing.

What is shown is what a first acquaintance meets. Whom the owner knows may still come when only the places are gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from pitches import freshness, ledge, lifecycle
from pitches.models import Door, DoorState, Event, Fact, Lane, Page, Pitch, PitchState, Standing
from pitches.models.pitch import PitchQuerySet
from portal import clock
from portal.models import User

WEEKLY = (Standing.STRANGER, Standing.INTRODUCED)  # who takes the places of a week


@dataclass(frozen=True)
class Opening:
    """How a door stands: look (open, until, key, shut); why it is shut (closed, early, ended, full, promise);
    and until when: the end of an open door, or the day on which a shut one opens by itself, if that is known.
    """

    look: str
    why: str = ""
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """May a first acquaintance knock?"""
        return self.look in ("open", "until")

    @property
    def by_itself(self) -> bool:
        """Shut only because there is no room: whom the owner knows may knock all the same."""
        return self.why in ("full", "promise")


def of(door: Door, now: datetime | None = None) -> Opening:
    """How a door stands for everybody whose mailbox is unknown. Asks no database, if the page is there."""
    now = now or clock.now()
    shut = _shut_by_hand(door, now)
    if shut or door.state == DoorState.INVITED or Standing.STRANGER not in door.tiers:
        return shut or Opening("key")
    if door.full_until and door.full_until > now:
        return Opening("shut", "full", door.full_until)
    if door.page.full_since:
        return Opening("shut", "promise")
    return Opening("until", until=door.until) if door.state == DoorState.UNTIL else Opening("open")


def _shut_by_hand(door: Door, now: datetime) -> Opening | None:
    """What the owner said: closed, not open yet, or open no longer."""
    if door.opens_at and door.opens_at > now:
        return Opening("shut", "closed" if door.state == DoorState.CLOSED else "early", door.opens_at)
    if door.state == DoorState.CLOSED and not door.opens_at:
        return Opening("shut", "closed")
    if door.state == DoorState.UNTIL and door.until and door.until <= now:
        return Opening("shut", "ended", door.until)
    return None


# ── the places of a week ─────────────────────────────────────────────────────
def week_of(page: Page, now: datetime) -> tuple[datetime, datetime]:
    """Start and end of the owner's week: Monday 00:00 local time."""
    local = now.astimezone(page.zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return monday, monday + timedelta(days=7)


def places_left(door: Door, now: datetime) -> int | None:
    """How many first acquaintances may still knock this week; None without a limit."""
    if door.places_per_week is None:
        return None
    monday, _ = week_of(door.page, now)
    return max(0, door.places_per_week - places_taken(monday).filter(door=door).count())


def places_taken(monday: datetime) -> PitchQuerySet:
    """The pitches of people who were new, that came to their door since a Monday: handed in there, or moved to it."""
    moves = Event.objects.filter(was=PitchState.WRONG_DOOR, what=PitchState.ARRIVED, at__gte=monday)
    moved = Q(Exists(moves.filter(pitch=OuterRef("pk"))), moved_from__isnull=False)
    new = Pitch.objects.filter(Q(handed_in_at__gte=monday) | moved, standing__in=WEEKLY)
    return new.exclude(state=PitchState.WITHDRAWN)


# ── the promise ──────────────────────────────────────────────────────────────
def latest_promise(page: Page) -> datetime:
    """The last moment that a receipt may name: the owner's limit, and never after the pitch has lapsed."""
    return clock.now() + promise_limit(page)


def promise_limit(page: Page) -> timedelta:
    """How far ahead a page promises."""
    return timedelta(days=min(page.promise_days, page.lapse_days))


def can_promise(page: Page, lane: Lane, *, behind: int = 0) -> bool:
    """Can one more pitch in this lane be promised a date, with `behind` others before it?

    A page without reading hours promises none, and breaks none. The very next hour is always good enough, but for a
    holiday that is longer than the limit.
    """
    first = page.next_hour(clock.now())
    if first is None:
        return not page.reading
    return soon_enough(page, ledge.promised(page, lane, behind=behind), first, latest_promise(page))


def soon_enough(page: Page, hour: datetime | None, first: datetime, latest: datetime) -> bool:
    """May this hour be promised? `first`: the very next one; `latest`: the owner's limit."""
    if hour is None or hour <= latest:
        return hour is not None
    return hour == first and not (page.holiday_from and page.holiday_from <= page.local_date(first))


def look_ahead(page: Page) -> None:
    """Close the doors of a page for first acquaintances before a promise is broken, and open them when there is room
    again for a session's share of newcomers, so that they do not flap.
    """
    room = 0 if page.full_since is None else max(0, page.newcomer_cards - 1)
    full = not can_promise(page, Lane.FIRST_KNOCK, behind=room)
    if full == bool(page.full_since):
        return
    with transaction.atomic():
        changed = Page.objects.filter(pk=page.pk, full_since__isnull=full)
        page.full_since = clock.now() if full else None
        if changed.update(full_since=page.full_since):
            freshness.changed(page)
            for door in page.doors.hung():
                door.page = page
                announce(door)


def ease(event: Event) -> None:
    """Reaction to whatever takes a pitch off the ledge, and to a new hour: can the page promise again?"""
    if event.page.full_since:
        look_ahead(event.page)


def give_back(event: Event) -> None:
    """Reaction to a pitch that was taken back: the place of the week that it took is free."""
    pitch = event.pitch
    if pitch and pitch.door.full_until:
        count_places(pitch.door)


def leave(event: Event) -> None:
    """Reaction to a pitch that came from another door: the place of the week that it had taken there is free."""
    left = event.pitch.moved_from if event.pitch and event.was == PitchState.WRONG_DOOR else None
    if left and left.full_until:
        left.page = event.page
        count_places(left)


# ── what is announced ────────────────────────────────────────────────────────
def count_places(door: Door, *, by: User | None = None) -> None:
    """Is the week full? Written on the door, so that pages need not count."""
    now = clock.now()
    door.full_until = week_of(door.page, now)[1] if places_left(door, now) == 0 else None
    Door.objects.filter(pk=door.pk).update(full_until=door.full_until)
    freshness.changed(door.page)
    announce(door, by=by)


def announce(door: Door, *, by: User | None = None) -> None:
    """Write down that a door opened or closed since it was last looked at, and when it turns next. Says it once."""
    now = clock.now()
    opening = of(door, now)
    moments = (door.opens_at, door.until if door.state == DoorState.UNTIL else None, door.full_until)
    door.turns_at = min((moment for moment in moments if moment and moment > now), default=None)
    with transaction.atomic():
        Door.objects.filter(pk=door.pk).update(turns_at=door.turns_at)
        turned = Door.objects.filter(pk=door.pk, announced=not opening.is_open).update(announced=opening.is_open)
        if turned:
            door.announced = opening.is_open
            fact = Fact.DOOR_OPENED if opening.is_open else Fact.DOOR_CLOSED
            lifecycle.record(fact, door.page, door=door, by=by, note=opening.why)


def turn(door: Door) -> None:
    """A date of a door has come: it opens, closes, or its week begins anew."""
    now = clock.now()
    ripe = Door.objects.filter(pk=door.pk, state=DoorState.CLOSED, opens_at__lte=now)
    if ripe.update(state=DoorState.OPEN, opens_at=None):
        freshness.changed(door.page)
    door.refresh_from_db(fields=["state", "opens_at", "until", "full_until", "places_per_week"])  # as it is by now
    if door.full_until and door.full_until <= now:
        count_places(door)
    else:
        announce(door)
