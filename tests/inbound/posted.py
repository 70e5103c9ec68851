"""Mails as people write them, put through the whole door: taken, read, and what follows."""

from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from pitches.inbound import reading, taking
from pitches.models import CameBy, Letter
from tests.senders import work

DOMAIN = "in.halfdoor.example"


def mail(text: str = "", *, to: str, sender: str, subject: str = "Re: a mail", html: str = "") -> EmailMessage:
    """A mail as a mail program writes it."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"], found["Message-ID"] = sender, to, subject, make_msgid()
    if text or not html:
        found.set_content(text)
        if html:
            found.add_alternative(html, subtype="html")
    else:
        found.set_content(html, subtype="html")
    return found


def post(message: EmailMessage, *, envelope: str | None = None) -> Letter:
    """Hand it in and read it. The row says how it ended."""
    taking.take(message.as_bytes(), came_by=CameBy.PIPE, to=str(message["To"]), sender=envelope)
    letter = Letter.objects.latest("pk")
    reading.read_next(taking.queue_of(letter.to))
    letter.refresh_from_db()
    return letter


def come_in(text: str = "", **more: Any) -> str:
    """How a mail ended, when all that follows from it is done."""
    end = post(mail(text, **more)).end
    work()
    return end
