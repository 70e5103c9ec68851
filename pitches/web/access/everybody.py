"""What everybody may see: pages that are up, and their doors."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches import freshness
from pitches.models import (
    Door,
    Event,
    Fact,
    Page,
    Portrait,
)
from pitches.web.access.who import own_page
from portal import clock
from portal.errors import Gone


def public_page(handle: str) -> Page:
    """A page that strangers may see, in any spelling of its handle and by one that it moved away from. Raises Gone."""
    page = published_page(handle)
    if page.hidden_at:
        raise Gone
    return page


def published_page(handle: str) -> Page:
    """The same, hidden or not: whoever saw something on a page may report it after it was hidden."""
    rows = Page.objects.select_related("portrait").defer("portrait__image")
    pages = freshness.with_stamp(rows.filter(published_at__isnull=False))
    page = pages.filter(handle=handle.lower()).first() or _moved(pages, handle.lower())
    if page is None:
        raise Http404
    return page


def _moved(pages: QuerySet[Page], handle: str) -> Page | None:
    """The page that had this handle less than a year ago."""
    return pages.filter(handles__handle=handle, handles__until__gt=clock.now()).first()


def find_page(handle: str) -> Page | None:
    """The same without the 404."""
    return Page.objects.public().filter(handle=handle).first()


def public_door(handle: str, slug: str) -> Door:
    """A door of a public page, open or not, unless it was taken down. Raises Gone."""
    doors = Door.objects.hung().select_related("page").filter(page__published_at__isnull=False, slug=slug.lower())
    door = doors.filter(page__handle=handle.lower()).first()
    if door is None:
        door = get_object_or_404(doors, page=public_page(handle))
    if door.page.hidden_at:
        raise Gone
    return door


def turns_of(page: Page, since: datetime) -> QuerySet[Event]:
    """When the doors on the street of a page opened and closed, the newest first."""
    turns = Event.objects.filter(page=page, what__in=(Fact.DOOR_OPENED, Fact.DOOR_CLOSED), at__gt=since)
    return turns.filter(door__taken_down_at=None).select_related("door").order_by("-pk")


def portrait(request: HttpRequest, handle: str, digest: str) -> Portrait:
    """A picture by its address. That of a page which is not up, or hidden, is there for its owner only."""
    rows = Portrait.objects.select_related("page").filter(page__handle=handle.lower())
    found = get_object_or_404(rows, digest=digest)
    if found.page.published_at is None or found.page.hidden_at:
        own = own_page(request)
        if own is None or own.pk != found.page_id:
            raise Http404
    return found


def doors_of(page: Page) -> list[Door]:
    """All doors on the street of a page, in the owner's order."""
    return list(page.doors.hung())
