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


# What a browser says of itself, by the first of these that it names. Most call themselves by the names of others, too.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox")),
    *(("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
SYSTEMS = (
    *(("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS")),
    *(("Mac OS X", "Mac"), ("Linux", "Linux")),
)


def named(agent: str) -> tuple[str, str]:
    """The browser and the system, as people call them; empty where it is none of these. Never a word of its own."""
    return _first(BROWSERS, agent), _first(SYSTEMS, agent)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in table if mark in agent), "")
