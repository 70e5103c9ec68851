"""Notes: what the owner writes down about somebody. Nobody else ever reads them."""

from collections.abc import Iterable
from datetime import datetime

from pitches.book.contacts import contact
from pitches.models import Agency, Contact, Note, Page, Sender
from portal import clock
from portal.models import User

LONGEST = 1000  # characters


def add_note(page: Page, who: Sender | Agency, text: str, *, by: User, at: datetime | None = None) -> Note:
    """Write something down; with `at`, put back what was removed a moment ago."""
    return Note.objects.create(contact=contact(page, who), text=text, by=by, at=at or clock.now())


def remove_note(note: Note, *, by: User) -> bool:
    """Take a note away. Only who wrote it may; was it theirs?"""
    if note.by_id != by.pk:
        return False
    note.delete()
    return True


def notes(found: Iterable[Contact]) -> list[Note]:
    """The notes of these rows of a book, the newest first. One query."""
    return list(Note.objects.filter(contact__in=list(found)).select_related("contact").order_by("-at", "-pk"))
