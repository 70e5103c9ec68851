"""Who may come to the desk: the owner of a page, and who helps them, as far as their role reaches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from pitches import helping
from pitches.helping import NotAllowed, Seat
from pitches.models import Role
from pitches.web import access

Owned = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")


def without_page(request: HttpRequest) -> str:
    """Where somebody belongs who is signed in and has no page: whoever pitched, to their pitches."""
    return "mine:home" if access.sent_pitches(request, only_mine=True).exists() else "welcome"


def helped(role: Role, *, in_turns: bool = False) -> Callable[[Owned], Owned]:
    """Give a view the page at whose desk somebody sits, if their role reaches so far.

    Nobody: to the sign-in; no desk: to their pitches or the welcome; a role that does not reach so far: 403, in words.
    `in_turns`: what it calls asks for the role in each of its own transactions, so that none holds thousands of rows.
    """

    def decorate(view: Owned) -> Owned:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seat = access.seat(request)
            if seat is None:
                return _leave(request, without_page(request))
            if not seat.may(role):
                return _not_yours(request, alone=role == Role.OWNER)
            try:
                with nullcontext() if in_turns else _held(request, seat, role):
                    return view(request, seat.page, *args, **kwargs)
            except NotAllowed as refused:  # removed, or another role, since the page was asked for
                return _not_yours(request, str(refused))
            except Http404:
                return _elsewhere(request, kwargs.get("code", ""))

        return guarded

    return decorate


@contextmanager
def _held(request: HttpRequest, seat: Seat, role: Role) -> Iterator[None]:
    """What somebody who helps changes is one step with the row that lets them: they are removed before it or after."""
    if seat.is_owner or request.method in SAFE:
        yield
        return
    with transaction.atomic():
        helping.voice(seat.page, seat.user, role)
        yield


def owned(view: Owned) -> Owned:
    """A view for the owner alone."""
    return helped(Role.OWNER)(view)


def _not_yours(request: HttpRequest, said: str = "", *, alone: bool = False) -> HttpResponse:
    return render(request, "desk/not_yours.html", {"said": said, "alone": alone}, status=403)


def _leave(request: HttpRequest, name: str) -> HttpResponse:
    """Go elsewhere with the whole page, also when only a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url(name))
    return redirect(name)


def _elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """404; where a pitch of this code lies at another of their desks, with its name and the way there."""
    there = access.other_desk(request, code) if code else None
    if there is None:
        raise Http404
    return render(request, "desk/elsewhere.html", {"there": there, "code": code}, status=404)


def seat(request: HttpRequest) -> dict[str, object]:
    """For templates: at whose desk they sit, asked for when a template wants to know."""
    return {"seat": SimpleLazyObject(lambda: access.seat(request))}
