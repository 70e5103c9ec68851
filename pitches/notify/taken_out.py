"""The notice that somebody took the book out: to the account, each time, whoever it was."""

import json
from typing import Any

from django.urls import reverse

from pitches.book import exporting
from pitches.models import Event, Message
from pitches.notify import outbox
from portal import links, signing, tokens


def book_exported(event: Event) -> None:
    """43: the people of a page were taken out. Each time is told."""
    outbox.put(
        "book_exported",
        event.page.owner.email,
        dedupe=f"book_exported:{event.pk}",
        page=event.page,
        queue="soon",
        secret=json.loads(event.note),
    )


def words(message: Message) -> dict[str, Any]:
    """What was taken, how many, and when. Nobody is named."""
    said = tokens.unseal(bytes(message.sealed or b""))
    return {
        "people": said["people"],
        "signed": said["what"] == exporting.BOOK,
        "at": message.created_at,
        "fingerprint": signing.fingerprint(signing.public_key()),
        "sessions_link": links.absolute(reverse("usersessions_list")),
    }
