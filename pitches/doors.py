"""Doors and the page they hang on: change a door, put a page up, keep its hours."""

from typing import Any

from django.db import IntegrityError, transaction

from pitches import lifecycle
from pitches.models import Door, Fact, Page
from portal import clock
from portal.models import User


def keep_hours(page: Page, reading: list[str], timezone: str) -> Page:
    """Set the reading hours; the next one is planned at once."""
    page.reading, page.timezone = reading, timezone
    page.next_hour_at = page.next_hour(clock.now())
    page.save(update_fields=["reading", "timezone", "next_hour_at"])
    return page


def keep_digest(page: Page, *, wanted: bool) -> Page:
    """Send the mail at the reading hour, or stop sending it."""
    page.digest = wanted
    page.save(update_fields=["digest"])
    return page


def publish(page: Page, *, by: User) -> Page:
    """Put a page up. Doing it again changes nothing."""
    if page.published_at is None:
        page.published_at = clock.now()
        page.save(update_fields=["published_at"])
        lifecycle.record(Fact.PUBLISHED, page, by=by)
    return page


def change(door: Door, **fields: Any) -> Door:
    """Change a door. What waits behind it stays; pitches written from now on are for the new version."""
    for name, value in fields.items():
        setattr(door, name, value)
    door.version += 1
    door.full_clean(exclude=["page"])
    door.save(update_fields=[*fields, "version"])
    return door


def keep_shortcuts(page: Page, *, on: bool) -> Page:
    """Single keys at the desk, on or off."""
    page.shortcuts = on
    page.save(update_fields=["shortcuts"])
    return page


class Taken(Exception):
    """Somebody has this short address, or this person has a page already."""


def set_up(owner: User, *, words: dict[str, Any], hung: list[dict[str, Any]], reading: list[str], zone: str) -> Page:
    """Make a page from its words, hang its doors in this order, keep its hours, and put it up. Raises Taken."""
    try:
        with transaction.atomic():
            page = Page.objects.create(owner=owner, **words)
            Door.objects.bulk_create(
                Door(page=page, position=place, **door) for place, door in enumerate(hung, start=1)
            )
            User.objects.filter(pk=owner.pk).update(timezone=zone)
            keep_hours(page, reading, zone)
            return publish(page, by=owner)
    except IntegrityError as error:
        raise Taken from error
