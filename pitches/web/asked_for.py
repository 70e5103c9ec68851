"""What is said after "Send again": the same whoever is named, because a mailbox may have had its mail of the day."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def say(request: HttpRequest, email: str, *, asked: bool) -> None:
    """Say what became of the press: noted, or one too many on this page."""
    if asked:
        noted = _("Noted. If %(email)s may get another email now, it is on its way.")
        messages.success(request, noted % {"email": email})
    else:
        messages.error(request, _("This page asked for five codes, the most in an hour. Look also among the junk."))
