"""Hang a door, change it, put it in another place, take it down. Every change is an event and a version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max

from pitches import lifecycle, opening
from pitches.models import Door, DoorState, DoorVersion, Fact, Page
from portal import clock
from portal.models import User

# What a version keeps: all that a pitch was written for, or that two tabs may disagree about.
KEPT = (
    "name",
    "blurb",
    "topic",
    "state",
    "opens_at",
    "until",
    "reason",
    "tiers",
    "places_per_week",
    "wants",
    "not_here",
    "may_ask",
    "asks",
    "questions",
    "floor_amount",
    "floor_currency",
    "takes_files",
    "paint",
)
# Fields that only make sense together: whoever changes one of them has looked at the others.
TOGETHER = (
    {"state", "opens_at", "until", "tiers"},
    {"asks", "questions"},
    {"floor_amount", "floor_currency"},
)
DESK_WORDS = ("new", "order")  # addresses of the desk itself, beside those of the doors


@dataclass
class Changed(Exception):
    """Somebody changed the door since it was looked at: the fields that both changed, with their values now."""

    door: Door
    fields: dict[str, Any]


def stood(door: Door) -> dict[str, Any]:
    """The door as a version keeps it."""
    return {name: plain(getattr(door, name)) for name in KEPT}


def plain(value: Any) -> Any:
    """A value as a version keeps it."""
    if isinstance(value, Decimal):
        return str(value.normalize())
    return DjangoJSONEncoder().default(value.astimezone(UTC)) if isinstance(value, datetime) else value


def keep_version(door: Door, *, by: User | None = None) -> None:
    """Write down how a door stands in its present version. Doing it again changes nothing."""
    facts = {"stood": stood(door), "by": by, "at": clock.now()}
    DoorVersion.objects.get_or_create(door=door, version=door.version, defaults=facts)


@transaction.atomic
def hang(page: Page, *, by: User | None = None, **fields: Any) -> Door:
    """Hang one more door, at the end of the street. Raises ValidationError."""
    place = page.doors.aggregate(last=Max("position"))["last"] or 0
    door = Door(page=page, **({"position": place + 1} | fields))
    if door.slug in DESK_WORDS:
        door.slug += "-1"
    door.full_clean(exclude=["page"])
    door.announced = opening.of(door).is_open
    door.save()
    opening.announce(door)
    keep_version(door, by=by)
    lifecycle.record(Fact.DOOR_CHANGED, page, door=door, by=by, note=str(door.version))
    return door


@transaction.atomic
def change(door: Door, *, by: User | None = None, seen: int | None = None, **fields: Any) -> Door:
    """Change a door. What waits behind it stays; pitches written from now on are for the new version.

    `seen` is the version that the editor looked at: what they left as it was stays as it is now, and if somebody
    changed one of the same fields since, or one that belongs to it, raises Changed.
    """
    now = Door.objects.select_for_update(of=("self",), no_key=True).select_related("page").get(pk=door.pk)
    keep_version(now)
    if seen is not None and seen != now.version:
        fields = _merge(now, seen, fields)
    was = stood(now)
    for name, value in fields.items():
        setattr(now, name, value)
    _settle(now)
    if stood(now) != was:
        now.version += 1
        now.full_clean(exclude=["page"])
        now.save(update_fields=[*KEPT, "version"])
        keep_version(now, by=by)
        lifecycle.record(Fact.DOOR_CHANGED, now.page, door=now, by=by, note=str(now.version))
        opening.count_places(now, by=by) if "places_per_week" in fields else opening.announce(now, by=by)
    return now


def put_back(door: Door, version: DoorVersion, *, by: User) -> Door:
    """Undo a turn of the switch: the state, the dates and the words of a version, if the door is still as the next one
    left it. Raises Changed.
    """
    old = version.stood
    dates = {name: datetime.fromisoformat(old[name]) if old[name] else None for name in ("opens_at", "until")}
    return change(door, by=by, seen=version.version + 1, state=old["state"], reason=old["reason"], **dates)


def _settle(door: Door) -> None:
    """A door that is closed or opened by hand forgets the dates that have passed."""
    if door.opens_at and door.opens_at <= clock.now():
        door.opens_at = None
    if door.state != DoorState.UNTIL:
        door.until = None


def _merge(door: Door, seen: int, fields: dict[str, Any]) -> dict[str, Any]:
    """What the editor touched, if nobody else did."""
    old = DoorVersion.objects.filter(door=door, version=seen).first()
    before, now = old.stood if old else {}, stood(door)
    touched = {name: value for name, value in fields.items() if plain(value) != before.get(name)}
    agreed = {name for name, value in touched.items() if plain(value) == now[name]}
    theirs = {name for name in KEPT if now[name] != before.get(name)} - agreed
    near = {name for group in TOGETHER if group & touched.keys() for name in group} | touched.keys()
    if both := theirs & near:
        raise Changed(door, {name: now[name] for name in KEPT if name in both})
    return touched


def reorder(page: Page, order: Iterable[int]) -> None:
    """Put the doors of a page in this order (primary keys); those that are not named follow as they stood."""
    with transaction.atomic():
        doors = {door.pk: door for door in page.doors.hung().select_for_update(no_key=True)}
        wanted = list(dict.fromkeys(pk for pk in order if pk in doors))
        for place, pk in enumerate([*wanted, *(pk for pk in doors if pk not in wanted)], start=1):
            doors[pk].position = place
        Door.objects.bulk_update(doors.values(), ["position"])
        lifecycle.record(Fact.PAGE_CHANGED, page, note="order")


def take_down(door: Door, *, by: User) -> None:
    """Take a door off the street. What waits behind it stays, and it can be hung again."""
    if Door.objects.hung().filter(pk=door.pk).update(taken_down_at=clock.now(), turns_at=None, next_wave_at=None):
        lifecycle.record(Fact.DOOR_CHANGED, door.page, door=door, by=by, note="taken down")


def hang_again(door: Door, *, by: User) -> None:
    """Put a door that was taken down back on the street. Dates that came meanwhile count, and who waits is told."""
    back = {"taken_down_at": None, "next_wave_at": clock.now()}
    if Door.objects.filter(pk=door.pk, taken_down_at__isnull=False).update(**back):
        door.refresh_from_db()
        lifecycle.record(Fact.DOOR_CHANGED, door.page, door=door, by=by, note="hung again")
        opening.turn(door)
