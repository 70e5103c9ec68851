"""What is said after "Send again": the same whoever is named, because a mailbox may have had its mail of the day."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import limits


def too_often(request: HttpRequest, show: Callable[[], HttpResponse]) -> HttpResponse | None:
    """429 on the same page, if this network pressed too often. Counts the press."""
    until = limits.over(request, "again")
    if until is None:
        return None
    messages.error(request, limits.sentence(until, kept=False))
    return limits.later(show(), until)


def say(request: HttpRequest, email: str, *, asked: bool) -> None:
    """Say what became of the press: noted, or one too many on this page."""
    if asked:
        noted = _("Noted. If %(email)s may get another email now, it is on its way.")
        messages.success(request, noted % {"email": email})
    else:
        messages.error(request, _("This page asked for five codes, the most in an hour. Look also among the junk."))
