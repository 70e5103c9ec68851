"""The mark of a browser: the same on each of its requests, and nothing that names anybody."""

from django.conf import settings
from django.http import HttpRequest

from portal import tokens


def mark_of(request: HttpRequest) -> str:
    """Digest of the secret in this browser's cookie against forged forms; empty for one that brought none."""
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return ""  # what stands in META then was made a moment ago and is nobody's yet
    secret = request.META.get("CSRF_COOKIE", "")
    return tokens.digest(f"browser:{secret}") if secret else ""
