"""The cookie of a device that proved a mailbox. It names nobody; the database knows its digest."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pitches import intake

BYTES = 32


def cookie_name() -> str:
    """With https, a name that no other host can set."""
    return settings.DEVICE_COOKIE_NAME


def token_of(request: HttpRequest) -> str:
    """The token that this device came with; empty if it is new, or brought what we never gave."""
    token = request.COOKIES.get(cookie_name(), "")
    return token if len(token) == len(new_token()) else ""


def new_token() -> str:
    """A token for a device that has none."""
    return secrets.token_urlsafe(BYTES)


def give(response: HttpResponse, token: str) -> None:
    """Let the device keep its token for 90 days."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=intake.DEVICE_LIFE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
