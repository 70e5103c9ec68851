"""Who may come to the desk: somebody who is signed in and has a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from pitches.web import access

Owned = Callable[..., HttpResponse]


def without_page(request: HttpRequest) -> str:
    """Where somebody belongs who is signed in and has no page: whoever pitched, to their pitches."""
    return "mine:home" if access.sent_pitches(request, only_mine=True).exists() else "welcome"


def owned(view: Owned) -> Owned:
    """Give a view the page of who is signed in. Nobody: to the sign-in; no page: to their pitches or the welcome."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = access.own_page(request)
        return view(request, page, *args, **kwargs) if page else redirect(without_page(request))

    return guarded
