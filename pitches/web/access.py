"""Fetch, or answer 404. Everything that a view shows is reached through here, in the name of whoever asks."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches.models import Door, Page, Pitch, PitchState
from portal import tokens
from portal.models import User


# ── everybody ────────────────────────────────────────────────────────────────
def public_page(handle: str) -> Page:
    """A page that strangers may see, in any spelling of its handle."""
    return get_object_or_404(Page.objects.public(), handle=handle.lower())


def find_page(handle: str) -> Page | None:
    """The same without the 404."""
    return Page.objects.public().filter(handle=handle).first()


def public_door(handle: str, slug: str) -> Door:
    """A door of a public page, open or not."""
    doors = Door.objects.select_related("page").filter(page__published_at__isnull=False)
    return get_object_or_404(doors, page__handle=handle.lower(), slug=slug.lower())


def doors_of(page: Page) -> list[Door]:
    """All doors of a page, in the owner's order."""
    return list(page.doors.all())


# ── who holds the link ───────────────────────────────────────────────────────
def pitch_by_token(token: str) -> Pitch:
    """The pitch of a secret link. The database only knows the digest of the token."""
    pitches = Pitch.objects.select_related("page", "door", "sender")
    pitch = get_object_or_404(pitches, token_hash=tokens.digest(token))
    pitch.door.page = pitch.page
    return pitch


def proven_pitch(token: str) -> Pitch:
    """The same, but only if it was handed in: what is not proven has no status."""
    pitch = pitch_by_token(token)
    if pitch.state == PitchState.UNPROVEN:
        raise Http404
    return pitch


# ── the owner ────────────────────────────────────────────────────────────────
def signed_in(request: HttpRequest) -> User:
    """Who is signed in; asked behind login_required."""
    assert isinstance(request.user, User)
    return request.user


def own_page_or_none(request: HttpRequest) -> Page | None:
    """The page of who is signed in; None before they have one."""
    return Page.objects.filter(owner=request.user).first() if request.user.is_authenticated else None


def own_page(request: HttpRequest) -> Page:
    """The page of who is signed in, or 404."""
    page = own_page_or_none(request)
    if page is None:
        raise Http404
    return page


def own_pitch(request: HttpRequest, code: str) -> Pitch:
    """A pitch that was handed in at the owner's own page. Of an unproven one nobody knows."""
    pitches = Pitch.objects.for_desk().filter(page__owner=signed_in(request)).exclude(state=PitchState.UNPROVEN)
    return get_object_or_404(pitches, code=code.upper())
