"""The mail drawer: where mails go on a machine without a mail server, and the pages to read them."""

import email
import email.policy
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage as ParsedMail
from typing import Any

from csp.decorators import csp_exempt
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal import clock
from portal.models import DrawerMail

SHOWN = 100
A_WEEK = timedelta(days=7)
# A mail carries its own styles, and nothing else: no scripts, no forms, nothing from elsewhere.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


class DrawerBackend(BaseEmailBackend):
    """Keeps each mail as it would have gone out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put them into the drawer."""
        for message in email_messages:
            DrawerMail.objects.create(
                to=", ".join(message.recipients())[:320],
                subject=str(message.subject)[:998],
                raw=message.message().as_bytes(),
            )
        return len(email_messages)


def forget() -> int:
    """Delete what MAIL_ALLOW kept back, after a week. On a machine without a mail server all mails stay."""
    if settings.MAIL_DRAWER:
        return 0
    return DrawerMail.objects.filter(arrived_at__lt=clock.now() - A_WEEK).delete()[0]


def _opened(mail: DrawerMail) -> ParsedMail:
    return email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)


def _part(parsed: ParsedMail, kind: str) -> str:
    body = parsed.get_body((kind,))
    return str(body.get_content()) if body else ""


@require_safe
def drawer(request: HttpRequest) -> HttpResponse:
    """The newest mails."""
    return render(request, "dev/mail.html", {"mails": DrawerMail.objects.defer("raw")[:SHOWN], "shown": SHOWN})


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: its headers, its HTML and its text."""
    mail = get_object_or_404(DrawerMail, pk=pk)
    parsed = _opened(mail)
    context: dict[str, Any] = {
        "mail": mail,
        "headers": [(name, str(value)) for name, value in parsed.items()],
        "text": _part(parsed, "plain"),
        "has_html": bool(_part(parsed, "html")),
    }
    return render(request, "dev/mail_detail.html", context)


def alone(html: str) -> HttpResponse:
    """The HTML of a mail as a page under its own policy, which goes before ours. Its links open a page of their own."""
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_safe
@csp_exempt()  # type: ignore[arg-type]  # it is for any view
@xframe_options_sameorigin
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of a mail alone."""
    return alone(_part(_opened(get_object_or_404(DrawerMail, pk=pk)), "html"))


urlpatterns = [
    path("dev/mail", drawer, name="drawer"),
    path("dev/mail/<int:pk>", letter, name="drawer_mail"),
    path("dev/mail/<int:pk>/html", letter_html, name="drawer_html"),
]
