"""10: a note of the owner's on a pitch, to its sender."""

from typing import Any

from django.urls import reverse

from pitches import intake, review
from pitches.models import Event, Fact, Message
from pitches.notify import outbox, reasons
from portal import links


def note(event: Event) -> None:
    """10: a note of the owner's, at once."""
    if event.pitch:
        outbox.put("note", event.pitch.email, dedupe=f"note:{event.pk}", pitch=event.pitch, queue=event.queue)


def said(message: Message) -> tuple[str, str]:
    """Who wrote it for the owner, and the words."""
    number = message.dedupe.partition(":")[2]
    return review.said(Event.objects.get(pk=number, pitch=message.pitch, what=Fact.WROTE))


def words(message: Message) -> dict[str, Any]:
    """What the mail says besides what all mails about a pitch say."""
    pitch, by = message.pitch, said(message)
    assert pitch is not None
    status = links.absolute(reverse("agency:status", args=[pitch.token]))
    return {
        "paragraphs": reasons.paragraphs(by[1]),
        "notes_left": intake.notes_left(pitch),
        "answer_link": f"{status}#note",
    }
