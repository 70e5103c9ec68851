"""Who runs this site, and nobody else: for all others these pages are not there."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pitches.web import access

View = Callable[..., HttpResponseBase]


def operators_only(view: View) -> View:
    """For staff. In production one needs a second factor to sign in, and is told so here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not (request.user.is_authenticated and request.user.is_active and request.user.is_staff):
            raise Http404
        if settings.PRODUCTION and not is_mfa_enabled(access.signed_in(request)):
            return render(request, "operator/second_factor.html", status=403)
        return view(request, *args, **kwargs)

    return guarded
