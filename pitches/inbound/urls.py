"""Where the mail provider of this site speaks to it. Those of all others do not exist here."""

from functools import wraps
from http import HTTPStatus
from typing import Any

from anymail.urls import urlpatterns as everybodys
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern

from pitches.inbound.providers import TooSoon


def of(provider: str, *, mail_comes_in: bool) -> list[URLPattern]:
    """The addresses for one provider; without those for mail that comes in where none does."""
    mine = [_patient(one) for one in everybodys if str(one.name).startswith(f"{provider}_")]
    return [one for one in mine if mail_comes_in or "_inbound" not in str(one.name)]


def _patient(one: URLPattern) -> URLPattern:
    """The same, and 503 for what is told too soon: providers tell it again."""

    @wraps(one.callback)
    def answer(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        try:
            return one.callback(request, *args, **more)
        except TooSoon:
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})

    return URLPattern(one.pattern, answer, one.default_args, one.name)


urlpatterns = of(settings.MAIL_PROVIDER, mail_comes_in=bool(settings.INBOUND_DOMAIN)) if settings.MAIL_PROVIDER else []
