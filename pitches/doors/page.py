"""The page that the doors hang on: put it up, keep its hours."""

from typing import Any

from django.db import IntegrityError, transaction

from pitches import lifecycle
from pitches.doors import editing
from pitches.models import Fact, Page
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
            for place, door in enumerate(hung, start=1):
                editing.hang(page, by=owner, position=place, **door)
            User.objects.filter(pk=owner.pk).update(timezone=zone)
            keep_hours(page, reading, zone)
            return publish(page, by=owner)
    except IntegrityError as error:
        raise Taken from error
