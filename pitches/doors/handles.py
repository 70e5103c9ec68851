"""Short addresses: nobody gets one that is taken, reserved, or looks like one of those. Old ones lead to the page."""

from datetime import timedelta
from functools import cache

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pitches import freshness, lifecycle
from pitches.models import Fact, Handle, Page
from pitches.models.page import HANDLE
from portal import clock, domains
from portal.models import User

KEPT_AFTER_A_MOVE = timedelta(days=365)
REST_AFTER_A_DELETION = timedelta(days=90)
MOST_KEPT = 3  # old addresses of one page; without an end somebody would collect them

# Addresses of the site itself, and names that only a cheat would want.
RESERVED = frozenset(
    """
    about abuse accessibility account accounts admin administrator agencies agency all anonymous api app apps assets
    assist auth billing blog bot careers contact dashboard data dev desk developer developers docs door doors download
    email example exports faq favicon feed find for-agencies halfdoor health healthz help home hooks hour hours how
    images inbox info invite key keys language ledge legal login logout mail maintainer me media metrics moderator mod
    news nobody null official operator owner page pages password payment pitch pitches postmaster press pricing privacy
    profile public readyz register report reports root robots rss rules safety sales search security server session
    settings share sign-in sign-out sign-up signin signout signup sitemap site staff static status stop store
    support system team terms test trust undefined user users verify watch web webhook webhooks webmaster welcome
    well-known who www you
    """.split()
)


class Refused(Exception):
    """This page may not have this short address. The message is a sentence for its owner."""


@cache
def _reserved() -> frozenset[str]:
    return frozenset(map(domains.skeleton, RESERVED))


def plain(text: str) -> str:
    """A handle as it is stored: without its @, in small letters. Raises ValidationError for anything but ASCII."""
    handle = text.strip().removeprefix("@").lower()
    HANDLE(handle)
    return handle


def why_not(handle: str, page: Page | None = None) -> str:
    """Why a page, or somebody without one, may not have this handle; nothing if they may."""
    if handle in RESERVED or domains.skeleton(handle) in _reserved():
        return _("This address is reserved. Choose another.")
    others = Page.objects.exclude(pk=page.pk) if page else Page.objects.all()
    if others.filter(handle=handle).exists():
        return _("@%(handle)s is taken. Choose another.") % {"handle": handle}
    alike = _taken().filter(skeleton=domains.skeleton(handle))
    if page:
        alike = alike.exclude(page=page)
    if alike.filter(handle=handle).exists():
        return _("@%(handle)s is taken. Choose another.") % {"handle": handle}
    if alike.exists():
        return _("@%(handle)s looks like an address that is taken. Choose another.") % {"handle": handle}
    return ""


def free(handle: str, page: Page | None = None) -> bool:
    """May this page, or somebody without one, have this handle?"""
    try:
        return not why_not(plain(handle), page)
    except ValidationError:
        return False


def suggest(text: str) -> str:
    """A handle that is free, made from a name or a mailbox."""
    base = slugify(text)[:26].strip("-") or "page"
    names = [base, *(f"{base}-{number}" for number in range(2, 100))]
    return next((name for name in names if free(name)), "")


def _taken() -> QuerySet[Handle]:
    return Handle.objects.filter(Q(until=None) | Q(until__gt=clock.now()))


def _alone(handle: str) -> None:
    """Until the transaction ends, nobody else decides about a handle that looks like this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"handle:{domains.skeleton(handle)}"])


@transaction.atomic
def take(page: Page) -> None:
    """Write down that a page has its handle. Raises Refused where somebody else has it, or one that looks like it."""
    _alone(page.handle)
    if problem := why_not(page.handle, page):
        raise Refused(problem)
    Handle.objects.filter(handle=page.handle).exclude(page=page).delete()  # it has rested long enough
    now = {"skeleton": domains.skeleton(page.handle), "page": page, "until": None}
    Handle.objects.update_or_create(handle=page.handle, defaults=now)


@transaction.atomic
def move(page: Page, handle: str, *, by: User) -> Page:
    """Give a page another handle; the old one leads to it for a year. Raises Refused."""
    now = Page.objects.select_for_update().get(pk=page.pk)
    old = now.handle
    if handle == old:
        return now
    others = _taken().filter(page=now).exclude(handle__in=(old, handle)).order_by("until")
    ends = [until for until in others.values_list("until", flat=True) if until]
    if len(ends) >= MOST_KEPT:
        day = date_format(now.local_date(ends[len(ends) - MOST_KEPT]), pgettext("date format", "j F Y"))
        raise Refused(_("Your page moved often this year. You can move it again from %(day)s.") % {"day": day})
    now.handle, now.version = handle, now.version + 1
    take(now)
    kept = {"skeleton": domains.skeleton(old), "page": now, "until": clock.now() + KEPT_AFTER_A_MOVE}
    Handle.objects.update_or_create(handle=old, defaults=kept)
    now.save(update_fields=["handle", "version"])
    freshness.changed(now, old)
    lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note=f"@{old} is @{handle}")
    return now


def tidy() -> int:
    """Let the handles of deleted pages rest, and set free those that rested. Returns how many were set free."""
    end = clock.now() + REST_AFTER_A_DELETION
    Handle.objects.filter(page=None, until=None).update(until=end)
    return Handle.objects.filter(until__lte=clock.now()).delete()[0]
