"""Admission: a proven pitch is handed in, or refused with the number and the date that help."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pitches import lifecycle, relationships
from pitches.intake.proof import check_code, meet, remember
from pitches.intake.refusal import Refused, WrongCode
from pitches.models import Door, DoorState, Page, Pitch, PitchState, Sender, Standing
from portal import clock, domains

# How many pitches a sender may leave with one page in rolling 30 days; one taken back is not counted.
PLACES = {Standing.TRUSTED: 12, Standing.KNOWN: 6, Standing.INTRODUCED: 4, Standing.STRANGER: 3}
PLACES_WINDOW = timedelta(days=30)
WEEKLY = (Standing.STRANGER, Standing.INTRODUCED)  # who takes the places of a week


def check_open(door: Door) -> None:
    """Raise Refused("closed") unless somebody may knock. The same for everybody, before any mailbox is known."""
    now = clock.now()
    early = bool(door.opens_at and door.opens_at > now)
    if early or (door.state != DoorState.INVITED and not door.is_open(now)):
        raise Refused("closed", until=door.opens_at if early else None)


def prove(pitch: Pitch, typed: str, *, device: str) -> Pitch:
    """Prove the mailbox by its code and hand the pitch in. Raises WrongCode or Refused."""
    if pitch.state != PitchState.UNPROVEN:
        return pitch
    check_code(pitch, typed)
    sender = meet(pitch)
    remember(device, sender)
    return hand_in(pitch, sender)


def hand_in(pitch: Pitch, sender: Sender) -> Pitch:
    """Leave a pitch on the ledge in the name of a proven sender. Exactly once; raises Refused, which leaves no row.

    What counts is the row as it is under the lock: whoever changed the address meanwhile has proven nothing.
    """
    try:
        with transaction.atomic():
            # Two pitches of one sender wait for each other here, so that limits cannot be passed by a race.
            Sender.objects.select_for_update().get(pk=sender.pk)
            found = Pitch.objects.for_desk().select_for_update(of=("self",)).filter(pk=pitch.pk).first()
            if found is None:  # refused a moment ago, by the same form: say the same again
                admit(pitch, sender)
                raise Refused("closed")
            if found.state == PitchState.UNPROVEN:
                _arrive(found, sender)
            return found
    except Refused:
        Pitch.objects.filter(pk=pitch.pk, state=PitchState.UNPROVEN).delete()
        raise


def _arrive(pitch: Pitch, sender: Sender) -> None:
    if domains.mailbox(pitch.email) != sender.mailbox:
        raise WrongCode("wrong")
    standing = admit(pitch, sender)
    lifecycle.move(
        pitch,
        PitchState.ARRIVED,
        sender=sender,
        standing=standing,
        handed_in_at=clock.now(),
        lapses_at=clock.now() + timedelta(days=pitch.page.lapse_days),
    )


def admit(pitch: Pitch, sender: Sender) -> Standing:
    """May this sender leave this pitch now? Returns the standing, or raises Refused with the number and the date."""
    page, door, now = pitch.page, pitch.door, clock.now()
    standing = relationships.standing_of(page, sender, door)
    if standing == Standing.BLOCKED:
        raise Refused("blocked")
    if standing == Standing.PAUSED:
        raise Refused("paused", until=relationships.paused_until(page, sender, door))
    check_open(door)
    if standing not in door.tiers or (door.state == DoorState.INVITED and standing in WEEKLY):
        raise Refused("tier")
    own = Pitch.objects.filter(page=page, sender=sender, handed_in_at__isnull=False).exclude(pk=pitch.pk)
    waiting = own.filter(door=door).waiting_as_told(page, now).order_by("handed_in_at").first()
    if waiting:
        raise Refused("one_waiting", other=waiting)
    _check_places(own, standing, now)
    if standing in WEEKLY:
        _check_week(door, now)
    return standing


def _check_places(own: Any, standing: Standing, now: datetime) -> None:
    counted = own.filter(handed_in_at__gt=now - PLACES_WINDOW).exclude(state=PitchState.WITHDRAWN)
    dates = list(counted.order_by("-handed_in_at").values_list("handed_in_at", flat=True)[: PLACES[standing]])
    if len(dates) == PLACES[standing]:
        raise Refused("places", number=PLACES[standing], until=dates[-1] + PLACES_WINDOW)


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
    taken = Pitch.objects.filter(door=door, handed_in_at__gte=monday, standing__in=WEEKLY)
    return max(0, door.places_per_week - taken.exclude(state=PitchState.WITHDRAWN).count())


def _check_week(door: Door, now: datetime) -> None:
    if door.places_per_week is None:
        return
    # The last place of the week goes to one of two who come at once.
    Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    if not places_left(door, now):
        raise Refused("full", number=door.places_per_week, until=week_of(door.page, now)[1])
