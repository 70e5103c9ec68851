"""Odd days: outside the hour the list is shut, and within it somebody may say "not today"; a holiday; too much.

It is shut for the eyes alone: no row of it is drawn, so that no screen reader comes upon a subject. Search, the other
lists, a session and the page of a pitch stay open, for whoever asks for them wants them.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import doors, review
from pitches.models import Page, Role
from pitches.web import hours, lanes, undoing
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock
from portal.templatetags.portal import when

# Of the session: "page day". The word of somebody who helps, and "not today", hold for whoever said it, and that day.
ANYWAY, NOT_TODAY = "read_anyway", "not_today"
BLANKS = 3  # rows drawn for a lane, at most
MANY = 200  # on the ledge: more than anybody catches up with, sitting by sitting
NEAR = timedelta(days=7)  # a holiday that begins so soon is spoken of


@dataclass(frozen=True)
class Covered:
    """A lane behind the veil: its name, how many are in it, and the blank rows that stand for them."""

    title: str | Promise
    count: int
    rows: range
    counted: str = ""  # in words where counting stopped


def is_shut(request: HttpRequest, page: Page) -> bool:
    """Is the list shut for whoever looks? Without reading hours it never is."""
    if not page.reading:
        return False
    if _said(request, NOT_TODAY, page):
        return True
    today = page.local_date(clock.now())
    return hours.begun(page) is None and page.read_anyway_on != today and not _said(request, ANYWAY, page)


def veil(request: HttpRequest, page: Page, counts: dict[str, int]) -> dict[str, Any]:
    """What is drawn in place of the rows: why they are not there, and how many there are in each lane."""
    covered = [
        Covered(
            lanes.KINDS[name].title,
            counts[name],
            range(min(counts[name], BLANKS)),
            lanes.counted(name, counts[name]),
        )
        for name in lanes.SHOWN["ledge"]
        if counts[name]
    ]
    away = _said(request, NOT_TODAY, page)
    ahead = hours.another_day(page) if away else hours.following(page)
    return {"veil": covered, "not_today": away, "next_hour": ahead}


def notes(page: Page, waiting: int) -> dict[str, Any]:
    """A holiday that has begun or is near, and more on the ledge than can be read. At most one query."""
    found: dict[str, Any] = {"holiday": _holiday(page)}
    if waiting >= MANY:
        before = clock.now() - timedelta(days=page.lapse_days)
        old = review.older(page, before)[: lanes.MOST_OPEN + 1].count()
        found |= {"sittings": -(-waiting // page.cards), "old": old, "old_words": lanes.counted(lanes.WAITS, old)}
        found |= {"sittings_words": lanes.upto(found["sittings"], lanes.MOST_OPEN // page.cards)}
    return found


def _holiday(page: Page) -> dict[str, Any] | None:
    """The days of the holiday, whether it has begun, and the hour after it."""
    first, last, today = page.holiday_from, page.holiday_until, page.local_date(clock.now())
    if first is None or last is None or not first - NEAR <= today <= last:
        return None
    after = datetime.combine(last + timedelta(days=1), time(), page.zone)
    return {"first": first, "last": last, "begun": first <= today, "after": page.next_hour(after)}


def lift(request: HttpRequest, page: Page) -> None:
    """Show the list for the rest of the day: the owner's word holds on every device and for everybody at the desk."""
    request.session.pop(NOT_TODAY, None)
    if hours.begun(page) or not page.reading:
        return
    if page.owner_id == request.user.pk:
        doors.read_anyway(page)
    else:
        request.session[ANYWAY] = _mark(page)


@helped(Role.READER)
@require_POST
def read_anyway(request: HttpRequest, page: Page) -> HttpResponse:
    """Show the list outside the hour, or after "not today", until the day is over."""
    lift(request, page)
    messages.success(request, _("The list is open until the day is over."))
    return see("desk:inbox")


@helped(Role.READER)
@require_POST
def not_today(request: HttpRequest, page: Page) -> HttpResponse:
    """Go away until another day. Nothing moves, and nobody is told."""
    if request.POST.get("undo"):
        request.session.pop(NOT_TODAY, None)
        messages.success(request, _("Today, after all. The list is as it was."))
    elif page.reading:
        request.session[NOT_TODAY] = _mark(page)
        ahead = hours.another_day(page)
        undoing.said(request, _kindly(page, when(ahead, page.zone) if ahead else ""), request.path, undo=1)
    return see("desk:inbox")


def _kindly(page: Page, moment: str) -> str:
    if not moment:
        return _("Not today, then. Nothing is moved and nobody is told.")
    return _("Not today, then. They wait until %(moment)s. Nothing is moved and nobody is told.") % {"moment": moment}


def _mark(page: Page) -> str:
    return f"{page.pk} {hours.today(page)}"


def _said(request: HttpRequest, word: str, page: Page) -> bool:
    return bool(request.session.get(word) == _mark(page))
