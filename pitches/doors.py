"""Doors and the page they hang on: change a door, put a page up, keep its hours."""

from typing import Any

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
