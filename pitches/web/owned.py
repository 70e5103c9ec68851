"""Who may come to the desk: somebody who is signed in and has a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from pitches.web import access

Owned = Callable[..., HttpResponse]


def owned(view: Owned) -> Owned:
    """Give a view the page of who is signed in. Nobody: to the sign-in; no page yet: to the welcome."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = access.own_page(request)
        return view(request, page, *args, **kwargs) if page else redirect("welcome")

    return guarded
