"""Who asks."""

from django.http import HttpRequest

from pitches.models import (
    Page,
)
from portal.models import User


def signed_in(request: HttpRequest) -> User:
    """Who is signed in; asked behind login_required."""
    assert isinstance(request.user, User)
    return request.user


def own_page(request: HttpRequest) -> Page | None:
    """The page of who is signed in; None before they have one."""
    return Page.objects.filter(owner=request.user).first() if request.user.is_authenticated else None
