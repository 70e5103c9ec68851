"""The doors for feed readers and calendars: who follows them this way leaves no address with anybody."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, vDuration, vText

from pitches import opening
from pitches.models import Door, DoorState, Event, Fact, Page
from pitches.web import access, kept_files, shown
from portal import calendars, clock, links

KEPT = timedelta(days=90)
HOURS = 8  # reading hours ahead
REFRESH = timedelta(hours=6)  # how often a calendar is asked to look again


@require_safe
def atom(request: HttpRequest, handle: str) -> HttpResponseBase:
    """How each door stands, and each opening and closing of the last 90 days."""
    return _answer(request, handle, "public:atom", "application/atom+xml", _feed)


@require_safe
def ics(request: HttpRequest, handle: str) -> HttpResponseBase:
    """When doors open and close, as far as that is known, and the coming reading hours."""
    return _answer(request, handle, "public:ics", "text/calendar", _calendar)


def _answer(
    request: HttpRequest, handle: str, name: str, kind: str, write: Callable[[Page], bytes]
) -> HttpResponseBase:
    page = access.public_page(handle)
    if handle != page.handle:
        return redirect(name, page.handle, permanent=True)
    body = write(page)
    return kept_files.respond(request, body, kind)


def _where(page: Page, door: Door | None = None) -> str:
    if door is None:
        return links.absolute(reverse("public:page", args=[page.handle]))
    return links.absolute(reverse("public:door", args=[page.handle, door.slug]))


# ── the feed ─────────────────────────────────────────────────────────────────
class Feed(Atom1Feed):
    """A feed in which nothing has happened yet is as old as its page, not as old as this moment."""

    def latest_post_date(self) -> datetime:
        """When something in it changed last."""
        return super().latest_post_date() if self.items else self.feed["began"]


def _feed(page: Page) -> bytes:
    turns = list(access.turns_of(page, clock.now() - KEPT))
    began = page.published_at or page.created_at
    feed = Feed(
        title=calendars.said(_("The doors of %(name)s") % {"name": page.name}),
        link=_where(page),
        description="",
        subtitle=calendars.said(_("Which conversations are open, and which are not.")),
        feed_url=links.absolute(reverse("public:atom", args=[page.handle])),
        feed_guid=_tag(calendars.name_for("page", page.pk)),
        author_name=calendars.said(page.name),
        language=get_language(),
        began=began,
    )
    for door in access.doors_of(page):
        newest = next((turn.at for turn in turns if turn.door_id == door.pk), began)
        state = {"door": door.name, "state": shown.plaque(door, page).words}
        title = _("%(door)s: %(state)s") % state
        _entry(
            feed, door, title, _where(page, door), name=calendars.name_for("door", door.pk), at=began, updated=newest
        )
    for turn in turns:
        if turn.door:
            where, name = _where(page, turn.door), calendars.name_for("turn", turn.pk)
            _entry(feed, turn.door, _happened(turn, turn.door), where, name=name, at=turn.at, updated=turn.at)
    return feed.writeString("utf-8").encode()


def _entry(feed: Feed, door: Door, title: str, where: str, *, name: str, at: datetime, updated: datetime) -> None:
    feed.add_item(
        title=calendars.said(title),
        link=where,
        description=escape(calendars.said(door.blurb)),  # a summary is HTML in this library
        unique_id=_tag(name),
        pubdate=at,
        updateddate=updated,
    )


def _tag(name: str) -> str:
    """A tag URI (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{name}"


def _happened(turn: Event, door: Door) -> str:
    said = {"door": door.name}
    if turn.what == Fact.DOOR_OPENED:
        return _("%(door)s opened") % said
    if turn.note == "full":
        return _("%(door)s closed: the places of the week are taken") % said
    if turn.note == "promise":
        return _("%(door)s closed until there is room again") % said
    return _("%(door)s closed") % said


# ── the calendar ─────────────────────────────────────────────────────────────
def _calendar(page: Page) -> bytes:
    calendar = Calendar.new(
        prodid="-//Halfdoor//Doors//EN", uid=calendars.name_for("calendar", page.pk), url=_where(page)
    )
    title = calendars.said(_("The doors of %(name)s") % {"name": page.name})
    named = vText(title)  # the library does not escape a plain one
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, named)
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    began = page.published_at or page.created_at
    for door in access.doors_of(page):
        for name, words, moment in _dates(door):
            title = words % {"door": door.name, "name": page.first_name}
            date = calendars.entry(calendars.name_for(name, door.pk), title, moment, sequence=door.version)
            date.stamp, date.url = began, _where(page, door)
            calendar.add_component(date)
    for hour in islice(page.hours_from(clock.now()), HOURS):
        title = _("%(name)s reads pitches") % {"name": page.first_name}
        date = calendars.entry(calendars.name_for("hour", f"{page.pk}:{hour:%Y%m%dT%H%M}"), title, hour)
        date.stamp, date.url = began, _where(page)
        calendar.add_component(date)
    return calendar.to_ical()


def _dates(door: Door) -> Iterator[tuple[str, str, datetime]]:
    """What is known of a door: (kind, words, moment)."""
    now, found = clock.now(), opening.of(door)
    if door.opens_at and door.opens_at > now:
        yield "opens", _("“%(door)s” of %(name)s opens"), door.opens_at
    if door.state == DoorState.UNTIL and door.until and door.until > now:
        yield "closes", _("“%(door)s” of %(name)s closes"), door.until
    if found.why == "full" and found.until:
        yield f"week:{found.until:%Y%m%d}", _("“%(door)s” of %(name)s opens again"), found.until
