"""The owner: one row of their own page, or 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches.models import (
    Answer,
    Attachment,
    Door,
    DoorVersion,
    Handoff,
    Key,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    ReplyLink,
)
from pitches.web.access.holders import file_of
from pitches.web.access.lists import reply_links
from pitches.web.access.who import desk_page

FILES_KEPT_BACK = (PitchState.QUARANTINE, PitchState.WITHDRAWN)  # a danger, and no longer there to be read


def own_pitch(request: HttpRequest, code: str, *, alone: bool = False) -> Pitch:
    """A pitch that was handed in at the page at whose desk somebody sits. Of an unproven one nobody knows.

    `alone`: for a press that does not show it, without what belongs to it.
    """
    page = desk_page(request)
    pitches = Pitch.objects.filter(page=page).exclude(state=PitchState.UNPROVEN)
    if not alone:
        pitches = pitches.select_related("door", "sender__agency", "reply_link", "assigned_to")
    found = get_object_or_404(pitches, code=code.upper())
    found.page = page
    return found


def own_file(request: HttpRequest, code: str, key: str) -> Attachment:
    """A file of a pitch at the owner's own page, unless it is kept back."""
    pitch = own_pitch(request, code)
    if pitch.state in FILES_KEPT_BACK:
        raise Http404
    return file_of(pitch, key)


def own_version(door: Door, name: str) -> DoorVersion:
    """A version of this door, by its number as the form sent it."""
    return get_object_or_404(door.versions, version=name if name.isdecimal() and len(name) < 9 else 0)


def own_answer(page: Page, pk: int) -> Answer:
    """An answer to a pitch of this page."""
    given = Answer.objects.select_related("pitch__page", "pitch__door", "door")
    return get_object_or_404(given, pk=pk, pitch__page=page)


def own_session(page: Page, pk: int) -> ReadingSession:
    """A sitting of this page."""
    found = get_object_or_404(ReadingSession, pk=pk, page=page)
    found.page = page
    return found


def answer_of(sitting: ReadingSession, name: str) -> Answer:
    """An answer that was given in this sitting, by its number as the form sent it."""
    try:
        number = int(name)
    except ValueError as error:  # also more digits than Python reads
        raise Http404 from error
    return get_object_or_404(sitting.answers.select_related("pitch__page", "pitch__door", "door"), pk=number)


def own_reply_link(page: Page, pk: int) -> ReplyLink:
    """A link that was made to answer a message."""
    return get_object_or_404(reply_links(page), pk=pk)


def own_door(page: Page, slug: str) -> Door:
    """A door on the street of this page, open or shut."""
    door = get_object_or_404(page.doors.hung(), slug=slug.lower())
    door.page = page
    return door


def own_door_anywhere(page: Page, slug: str) -> Door:
    """A door of this page, also one that was taken down."""
    door = get_object_or_404(page.doors.all(), slug=slug.lower())
    door.page = page
    return door


def own_key(page: Page, pk: int) -> Key:
    """A key to a door of this page."""
    return get_object_or_404(Key.objects.select_related("door"), pk=pk, door__page=page, door__taken_down_at=None)


def own_handoff(page: Page, pk: int) -> Handoff:
    """What a yes of this page leads to."""
    return get_object_or_404(Handoff, pk=pk, pitch__page=page)
