"""Honest error pages. They never touch the database, so they can say that it is gone."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER = 5  # seconds


def _page(request: HttpRequest, code: int, **context: object) -> HttpResponse:
    """The page of an error. Only the cookies of the request are looked at, for the theme."""
    page = render_to_string(f"errors/{code}.html", {"code": code, "request": Visitor(request), **context})
    return HttpResponse(page, status=code)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form with a key of its own brought. It may be sent twice, so the page can offer that."""
    try:
        if request.method != "POST" or "form_key" not in request.POST:
            return []
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # noqa: BLE001 (what cannot be read breaks no error page)
        return []


class Gone(Exception):
    """What was asked for was here, and its owner or an operator took it away."""


class Visitor:
    """What an error page may know about its reader: nothing that costs a query."""

    def __init__(self, request: HttpRequest) -> None:
        self.COOKIES = request.COOKIES


def database_is_away(error: BaseException | None) -> bool:
    """Whether this is the database's trouble: gone, full, overloaded or locked. Trying again helps."""
    return isinstance(error, OperationalError | InterfaceError)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not from here."""
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that stood open too long; the page says how to go on."""
    return _page(request, 403, csrf=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no door here. Whoever was at the desk is led back to it; whether they may sit there is asked there."""
    return _page(request, 404, at_desk=request.path.startswith("/desk/"))


def not_this_way(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only a form sends to, and the way back to the page with that form."""
    above = request.path.rstrip("/").rpartition("/")[0]
    response = _page(request, 405, back=above if above.startswith(("/p/", "/d/", "/@", "/watch/")) else "/")
    response["Allow"] = allowed
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """410: it was here; nothing about it is said."""
    return _page(request, 410)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than fits through the door."""
    return _page(request, 413, files=request.content_type == "multipart/form-data")


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: back in a moment."""
    response = _page(request, 503, sent=_sent(request), path=request.get_full_path())
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503 where a middleware met a database that is gone."""
    if database_is_away(sys.exc_info()[1]):
        return unavailable(request)
    return _page(request, 500, sent=_sent(request), path=request.get_full_path())
