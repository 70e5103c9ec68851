"""The page that the doors hang on: put it up, change its words and hours, hide it."""

import json
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import IntegrityError, transaction

from pitches import freshness, lifecycle, opening, rules
from pitches.doors import editing, handles
from pitches.models import Erasure, Event, Fact, Page
from portal import clock
from portal.models import User

# What two tabs may disagree about. Its old values rest in the note of the event, by name.
WORDS = ("name", "tagline", "headline", "intro", "house_rules", "paint")
SETTINGS = (
    *("reading", "timezone", "cards", "newcomer_share", "promise_days", "lapse_days", "digest"),
    *("quiet_from", "quiet_to", "holiday_from", "holiday_until", "tell_me_now"),
)


class TakenDown(Exception):
    """An operator took the page down, and only an operator puts it up again."""


class Taken(Exception):
    """Somebody has this short address, or one that looks like it, or this person has a page already."""


@dataclass
class PageChanged(Exception):
    """Somebody changed the page since it was looked at: the fields that both changed, and those that only they did."""

    page: Page
    fields: dict[str, Any]
    theirs: dict[str, Any]


# ── put it up ────────────────────────────────────────────────────────────────
def begin(owner: User, **fields: Any) -> Page:
    """A new page with its handle, not up yet. Raises Taken."""
    try:
        with transaction.atomic():
            page = Page.objects.create(owner=owner, **fields)
            handles.take(page)
    except (IntegrityError, handles.Refused) as error:
        raise Taken from error
    return page


@transaction.atomic
def set_up(owner: User, *, words: dict[str, Any], hung: list[dict[str, Any]], reading: list[str], zone: str) -> Page:
    """Make a page from its words, hang its doors in this order, keep its hours, and put it up. Raises Taken."""
    page = begin(owner, **words)
    for place, door in enumerate(hung, start=1):
        editing.hang(page, by=owner, position=place, **door)
    User.objects.filter(pk=owner.pk).update(timezone=zone)
    keep_hours(page, reading, zone)
    return publish(page, by=owner)


def publish(page: Page, *, by: User) -> Page:
    """Put a page up. Doing it again changes nothing."""
    if page.published_at is None:
        page.published_at = clock.now()
        page.save(update_fields=["published_at"])
        lifecycle.record(Fact.PUBLISHED, page, by=by)
    return page


# ── change it ────────────────────────────────────────────────────────────────
def keep_words(page: Page, *, by: User | None = None, seen: int | None = None, **words: Any) -> Page:
    """Change what the page says. `seen` is the version that the editor looked at. Raises PageChanged."""
    return _keep(page, by=by, seen=seen, fields={name: words[name] for name in WORDS if name in words})


def keep_settings(page: Page, *, by: User | None = None, seen: int | None = None, **settings: Any) -> Page:
    """Change when and how much the owner reads. The next hour is planned anew, and the doors are looked at again.
    What waits keeps the dates that it was promised. Raises PageChanged.
    """
    with rules.noted(page, by=by):
        return settle(page, by=by, seen=seen, **settings)


@transaction.atomic
def settle(page: Page, *, by: User | None, seen: int | None, **settings: Any) -> Page:
    """keep_settings() for whoever notes the change of rules that it may be."""
    zone = page.timezone
    now = _keep(page, by=by, seen=seen, fields={name: settings[name] for name in SETTINGS if name in settings})
    keep_hours(now, now.reading, now.timezone)
    if now.timezone != zone:
        User.objects.filter(pk=now.owner_id).update(timezone=now.timezone)
        for door in now.doors.hung():  # a week of places begins on the owner's Monday
            door.page = now
            opening.count_places(door)
    opening.look_ahead(now)
    return now


def keep_sensitive(page: Page, *, by: User, opened: list[str]) -> Page:
    """Which sensitive kinds of products the page takes pitches about: slugs of pitches/products.py."""
    return _keep(page, by=by, seen=None, fields={"sensitive": opened})


@transaction.atomic
def _keep(page: Page, *, by: User | None, seen: int | None, fields: dict[str, Any]) -> Page:
    now = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    if seen is not None and seen < now.version:
        fields = _merge(now, seen, fields)
    was = {name: _plain(getattr(now, name)) for name, value in fields.items() if getattr(now, name) != value}
    if was:
        now.version += 1
        for name in was:
            setattr(now, name, fields[name])
        now.save(update_fields=[*was, "version"])
        note = json.dumps({"version": now.version, "was": was})
        lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note=note)
    return now


def _merge(now: Page, seen: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without those that only somebody else changed since version `seen`. Raises PageChanged."""
    before: dict[str, Any] = {}
    notes = Event.objects.filter(page=now, what=Fact.PAGE_CHANGED, note__startswith="{").values_list("note", flat=True)
    for change in map(json.loads, notes.order_by("pk")):
        if change["version"] > seen:
            before = change["was"] | before
    alone = {name for name in before if name in fields and _plain(fields[name]) == before[name]}
    wanted = {name: value for name, value in fields.items() if name not in alone}
    both = {name: getattr(now, name) for name in wanted if name in before and wanted[name] != getattr(now, name)}
    if both:
        raise PageChanged(now, both, {name: getattr(now, name) for name in alone})
    return wanted


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def keep_hours(page: Page, reading: list[str], timezone: str) -> Page:
    """Set the reading hours; the next one is planned at once."""
    page.reading, page.timezone = reading, timezone
    page.next_hour_at = page.next_hour(clock.now())
    page.save(update_fields=["reading", "timezone", "next_hour_at"])
    freshness.changed(page)
    return page


def keep_digest(page: Page, *, wanted: bool) -> Page:
    """Send the mail at the reading hour, or stop sending it."""
    page.digest = wanted
    page.save(update_fields=["digest"])
    return page


def keep_shortcuts(page: Page, *, on: bool) -> Page:
    """Single keys at the desk, on or off."""
    page.shortcuts = on
    page.save(update_fields=["shortcuts"])
    return page


def read_anyway(page: Page) -> None:
    """Show the list of the desk for the rest of the owner's day, whatever the hour."""
    page.read_anyway_on = page.local_date(clock.now())
    page.save(update_fields=["read_anyway_on"])


def send_example_away(page: Page) -> None:
    """The example of the first days is over, for good."""
    if page.example_over_at is None:
        page.example_over_at = clock.now()
        page.save(update_fields=["example_over_at"])


def hide(page: Page, *, by: User, hidden: bool) -> Page:
    """Take a page away from everybody but its owner, or show it again. What waits stays. Raises TakenDown."""
    with transaction.atomic():
        now = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
        if now.taken_down_at and not hidden:
            raise TakenDown
        if bool(now.hidden_at) != hidden:
            now.hidden_at, now.version = clock.now() if hidden else None, now.version + 1
            now.next_hour_at = now.next_hour(clock.now())
            now.save(update_fields=["hidden_at", "version", "next_hour_at"])
            lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note="hidden" if hidden else "shown")
    return now


def take_down(page: Page, why: str, *, by: User) -> bool:
    """An operator takes a page away from everybody; its owner reads why. False if it was down already."""
    with transaction.atomic():
        now = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
        if now.taken_down_at:
            return False
        now.taken_down_at, now.taken_down_why, now.version = clock.now(), why, now.version + 1
        now.hidden_at = now.hidden_at or now.taken_down_at
        now.save(update_fields=["taken_down_at", "taken_down_why", "hidden_at", "version"])
        lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note="taken down")
    return True


def put_up_again(page: Page, *, by: User) -> bool:
    """An operator lets a page be seen again, unless its owner had hidden it before. False if it was not down.

    The page of an account that goes is seen again once its owner keeps the account.
    """
    with transaction.atomic():
        # The account first, as whoever asks for its end does.
        owner = User.objects.select_for_update(no_key=True).get(pk=page.owner_id)
        now = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
        if now.taken_down_at is None:
            return False
        if now.hidden_at == now.taken_down_at:
            now.hidden_at = clock.now() if owner.goes_at else None
            Erasure.objects.filter(user=owner).update(hid_page=True)
        now.taken_down_at, now.taken_down_why, now.version = None, "", now.version + 1
        now.next_hour_at = now.next_hour(clock.now())
        now.save(update_fields=["taken_down_at", "taken_down_why", "hidden_at", "version", "next_hour_at"])
        lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note="put up again")
    return True
