"""The page for machines: how each door stands, what it wants, and the schema of its form. docs/policy.md says more."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from pitches import opening
from pitches.forms import schema
from pitches.models import Door, Page
from pitches.web import access
from portal import clock, links

VERSION = "1"


@require_safe
def policy(request: HttpRequest, handle: str) -> HttpResponseBase:
    """doors.json: two queries, however many doors there are. Everybody may read it, from any site."""
    page = access.public_page(handle)
    if handle != page.handle:
        return redirect("public:json", page.handle, permanent=True)
    now = clock.now()
    body = json.dumps(document(page, access.doors_of(page), now), indent=1)
    etag = _etag(body, now)
    response = HttpResponse(body, content_type="application/json")
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=response) or response


def _etag(body: str, now: datetime) -> str:
    """Weak, for a minute later it means the same: only the time of making, and what is still to come, have moved."""
    for moving in (json.dumps(iso(now)), json.dumps(schema.after(now))):
        body = body.replace(moving, "")
    return f"W/{quote_etag(hashlib.sha256(body.encode()).hexdigest()[:32])}"


def document(page: Page, doors: list[Door], now: datetime) -> dict[str, Any]:
    """The whole document at a moment. Asks no database."""
    return {
        "version": VERSION,
        "page": {
            "handle": page.handle,
            "name": page.name,
            "url": links.absolute(reverse("public:page", args=[page.handle])),
            "timezone": page.timezone,
            "next_reading_hour": iso(page.next_hour(now)),
        },
        "made_at": iso(now),
        "expires": iso(min(_changes(page, doors, now))),
        "doors": [_door(page, door, now) for door in doors],
    }


def _door(page: Page, door: Door, now: datetime) -> dict[str, Any]:
    found = opening.of(door, now)
    return {
        "slug": door.slug,
        "name": door.name,
        "url": links.absolute(reverse("public:door", args=[page.handle, door.slug])),
        "dry_run": links.absolute(reverse("public:dry_run", args=[page.handle, door.slug])),
        "state": found.look,
        "why": found.why,
        "opens_at": iso(door.opens_at if door.opens_at and door.opens_at > now else None),
        "until": iso(found.until),
        "reason": "" if found.is_open else door.reason,
        "tiers": door.tiers,
        "places_per_week": door.places_per_week,
        "wants": door.wants,
        "not_here": door.not_here,
        "asks": door.asks,
        "takes_files": door.takes_files,
        "version": door.version,
        "topic": door.topic,
        "form": schema.of(door, now),
    }


def _changes(page: Page, doors: list[Door], now: datetime) -> Iterator[datetime]:
    """The moments ahead at which something changes by itself; the owner's midnight is always one, for dates pass."""
    tomorrow = page.local_date(now) + timedelta(days=1)
    yield datetime.combine(tomorrow, time(), page.zone).astimezone(UTC)
    yield opening.week_of(page, now)[1].astimezone(UTC)
    moments = [page.next_hour(now + timedelta.resolution)]
    for door in doors:
        moments += [door.opens_at, door.until, door.full_until, door.turns_at]
    yield from (moment for moment in moments if moment and moment > now)


def iso(moment: datetime | None) -> str | None:
    """A moment as "2026-03-29T08:00:00Z"; without one, nothing."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
