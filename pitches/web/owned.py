"""Who may come to the desk: somebody who is signed in and has a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url

from pitches.web import access
from portal.models import User

Owned = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """After a POST: look there, with GET."""

    status_code = 303


def see(name: str, *args: object) -> SeeOther:
    """Send the browser on to one of our own pages."""
    return SeeOther(resolve_url(name, *args))


def owner_of(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def owned(view: Owned) -> Owned:
    """Give a view the page of who is signed in. Nobody: to the sign-in; no page yet: to the welcome."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = access.own_page_or_none(request)
        return view(request, page, *args, **kwargs) if page else redirect("welcome")

    return guarded
