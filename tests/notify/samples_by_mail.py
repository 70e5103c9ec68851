"""The two mails that follow a mail, as samples.py has all others."""

from uuid import uuid4

from pitches.doors import deflecting
from pitches.doors.originals import Original
from pitches.intake import drafting
from pitches.models import Came, Event, Message
from pitches.notify import answering
from portal import clock
from tests.factories import DoorFactory


def draft_by_mail() -> Message:
    """Somebody sent a mail to a page, or somebody else did in their name."""
    door = DoorFactory(name="MARK-DOOR", page__handle="maya-mail", page__name="MARK-PAGE")
    typed = drafting.Typed({"line": "MARK-LINE", "why": "MARK-WHY", "email": "elif@mosaic.example"}, by_mail=True)
    found = drafting.keep(door, typed, email="elif@mosaic.example", form_key=uuid4())
    answering.draft_by_mail(Event.objects.latest("pk"), found)
    return Message.objects.latest("pk")


def ready_answer(name: str = "Ines <b>Meyer</b>", to: str = "ines@northbeam.example") -> Message:
    """An owner forwarded a mail."""
    door = DoorFactory(name="AI & <b>tools</b>")
    link = deflecting.make(door, name or "Somebody", Came.MAIL, door.page.local_date(clock.now()))
    answering.ready(door.page, link, Original(name, to, "A survey: who mutes <brands> & why"))
    return Message.objects.latest("pk")


def ready_answer_to_nobody() -> Message:
    """The same, where nobody could see who wrote."""
    return ready_answer("", "")
