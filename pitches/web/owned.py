"""Who may come to the desk: the owner of a page, and who helps them, as far as their role reaches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from pitches import helping
from pitches.helping import NotAllowed, Seat
from pitches.models import Role
from pitches.web import access, refused

Owned = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")


def helped(role: Role, *, in_turns: bool = False) -> Callable[[Owned], Owned]:
    """Give a view the page at whose desk somebody sits, if their role reaches so far.

    Nobody: to the sign-in; no desk: to their pitches or the welcome; a form that was drawn for another desk: 409, and a
    role that does not reach so far: 403, both in words.
    `in_turns`: what it calls asks for the role in each of its own transactions, so that none holds thousands of rows.
    """

    def decorate(view: Owned) -> Owned:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seat = access.seat(request)
            if seat is None:
                return refused.no_desk(request)
            if request.method in SAFE:
                refused.told_of_the_move(request)
            elif not access.pressed_here(request):
                return refused.other_desk(request, kwargs.get("code", ""))
            if not seat.may(role):
                return refused.not_yours(request, alone=role == Role.OWNER)
            try:
                with nullcontext() if in_turns else _held(request, seat, role):
                    return view(request, seat.page, *args, **kwargs)
            except NotAllowed as said:  # removed, or another role, since the page was asked for
                return refused.not_yours(request, said)
            except Http404:
                return refused.elsewhere(request, kwargs.get("code", ""))

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


def seat(request: HttpRequest) -> dict[str, object]:
    """For templates: at whose desk they sit, asked for when a template wants to know."""
    return {"seat": SimpleLazyObject(lambda: access.seat(request))}
