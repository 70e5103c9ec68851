"""A mail to the handle of a page becomes a draft that only its writer can read, and one link to it by mail.

From: proves nothing, so nobody is treated differently for it: the answer is the same for all, once a day at most, and
without a word of what was written.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError

from pitches import opening
from pitches.forms import fields
from pitches.inbound import guessing
from pitches.inbound.parsed import Parsed
from pitches.intake import drafting
from pitches.models import Door, Letter, LetterEnd, Page
from portal import clock, limits

WAITS, MOST = timedelta(days=1), 60  # how long a mail may wait for its turn at a page, and how many do at once


class Later(Exception):
    """Its turn has not come: it is to be read once more, and nothing of this try counts."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def addressed(letter: Letter, parsed: Parsed, page: Page) -> tuple[LetterEnd, str]:
    """Keep a draft for the first door that a stranger may knock at. No door, no answer: the page says why."""
    door = open_door(page)
    if door is None:
        return LetterEnd.NOBODY, "no open door"
    email, answers = _address(parsed.sender), guessing.answers(parsed)
    if not email:
        return LetterEnd.UNREADABLE, "no address that may be answered"
    if not answers:
        return LetterEnd.EMPTY, ""
    tried, until = limits.count("letter_page", str(page.pk))
    if tried > limits.LIMITS["letter_page"][0]:
        before = Letter.objects.filter(to=letter.to, end=LetterEnd.WAITING, pk__lt=letter.pk)
        if letter.came_at > clock.now() - WAITS and not before[MOST:].exists():
            raise Later(until)
        return LetterEnd.TOO_MANY, "letter_page"
    drafting.keep(door, drafting.Typed(answers, by_mail=True), email=email, form_key=uuid4())
    return LetterEnd.DRAFTED, ""


def open_door(page: Page) -> Door | None:
    """The first door on the street that is open to everybody."""
    for door in page.doors.hung():
        door.page = page
        if opening.of(door).is_open:
            return door
    return None


def _address(sender: str) -> str:
    """An address that the form would take; else nothing."""
    try:
        return fields.WorkEmail(max_length=254).clean(sender)
    except ValidationError:
        return ""
