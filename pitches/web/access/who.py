"""Who asks, and at whose desk they sit."""

from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from pitches import helping
from pitches.helping import Seat
from pitches.models import Assistant, Page, Pitch, PitchState, Role
from portal.models import User

KEYS = "keys"  # of the session: does somebody who helps want single keys?
CHOSEN = "desk"  # of the session: the number of the page at whose desk somebody wants to sit
DESK = "desk"  # of every form of the desk: the number of the page for which it was drawn


def signed_in(request: HttpRequest) -> User:
    """Who is signed in; asked behind login_required."""
    assert isinstance(request.user, User)
    return request.user


def own_page(request: HttpRequest) -> Page | None:
    """The page of who is signed in; None before they have one."""
    return Page.objects.filter(owner=request.user).first() if request.user.is_authenticated else None


def seat(request: HttpRequest) -> Seat | None:
    """At whose desk they sit: the one they chose, while they may; else their own, else the first where they help.

    Asked once for each request, so that somebody who was removed is out with the next one.
    """
    if not hasattr(request, "_seat"):
        request._seat = _seat(request) if request.user.is_authenticated else None  # type: ignore[attr-defined]  # noqa: SLF001
    found: Seat | None = request._seat  # type: ignore[attr-defined]  # noqa: SLF001
    return found


@cache
def _own_pages() -> QuerySet[Any]:
    """Pages, and whether their owners help elsewhere: nearly nobody does, and nobody pays a query for it.

    Worded once, for every request of the desk asks it.
    """
    owner = OuterRef(OuterRef("owner"))
    return Page.objects.annotate(owner_helps=Exists(helping.helps(owner)))


def sit_down(request: HttpRequest, page: Page) -> None:
    """From their next request on they sit at the desk of this page; asked for one at which they may."""
    request.session[CHOSEN] = page.pk


def _seat(request: HttpRequest) -> Seat | None:
    user, chosen = signed_in(request), request.session.get(CHOSEN)
    own = _own_pages().filter(owner=user).first()
    seat = Seat(user, own, Role.OWNER, alone=not own.owner_helps) if own else None
    if own and chosen in (None, own.pk):
        return seat
    seats = helping.seats_of(user)
    if seat:
        seats.insert(0, seat)
    found = next((one for one in seats if one.page.pk == chosen), seats[0] if seats else None)
    if found and not found.is_owner:
        found.page.shortcuts = request.session.get(KEYS, True)  # theirs, in this request; the page keeps the owner's
        if chosen is None and len(seats) > 1:  # who is taken from it is not put at the next one without a word
            request.session[CHOSEN] = found.page.pk
    return found


def pressed_here(request: HttpRequest) -> bool:
    """Was a form that is sent drawn for the desk where they sit now? One that names no desk will do with a single desk.

    Two tabs may show two desks, and whoever is removed sits elsewhere with their next press.
    """
    here, drawn = seat(request), request.POST.get(DESK, "")
    assert here is not None
    if drawn:
        return drawn == str(here.page.pk)
    return request.session.get(CHOSEN) in (None, here.page.pk) and not here.others()


def drawn_for(request: HttpRequest, number: int) -> tuple[Seat | None, str]:
    """The desk of this page, if it is another at which they may sit; and its name, also where they help no longer."""
    here = seat(request)
    there = next((one for one in here.others() if one.page.pk == number), None) if here else None
    return there, there.page.name if there else helping.once_at(signed_in(request), number)


def moved_from(request: HttpRequest) -> str | None:
    """Asked once: the name of the desk where they sat until it was closed to them; "" for one that is gone."""
    here, chosen = seat(request), request.session.get(CHOSEN)
    if here is None or chosen in (None, here.page.pk):
        return None
    request.session[CHOSEN] = here.page.pk
    return helping.once_at(here.user, chosen)


def keep_own_keys(request: HttpRequest, *, on: bool) -> bool:
    """Single keys on or off for who helps. False for the owner, whose page keeps it."""
    here = seat(request)
    if here is None or here.is_owner:
        return False
    request.session[KEYS] = here.page.shortcuts = on
    return True


def seats(request: HttpRequest) -> list[Seat]:
    """Every desk at which they may sit."""
    here = seat(request)
    return [here, *here.others()] if here else []


def desk_page(request: HttpRequest) -> Page:
    """The page at whose desk they sit; asked behind helped()."""
    here = seat(request)
    assert here is not None
    return here.page


def sits_with(request: HttpRequest, helper: Assistant) -> bool:
    """Is whoever is signed in the one who was asked: did they verify that mailbox, and may they sit at the desk?"""
    return request.user.is_authenticated and helping.helps(signed_in(request)).filter(pk=helper.pk).exists()


def lies_at(page: Page, code: str) -> bool:
    """Was a pitch with this code handed in there?"""
    return Pitch.objects.filter(page=page, code=code.upper()).exclude(state=PitchState.UNPROVEN).exists()


def other_desk(request: HttpRequest, code: str) -> Seat | None:
    """Another of their own desks, if a pitch with this code lies there."""
    here = seat(request)
    return next((one for one in here.others() if lies_at(one.page, code)), None) if here else None
