"""Tags: the owner's own short words for people and agencies, always written in the same way."""

from collections.abc import Iterable

from django.db import transaction

from pitches.book.contacts import contact, contacts
from pitches.models import Agency, Contact, Page, Sender

MOST, LONGEST = 8, 24  # tags of one person, characters of one tag


def normalised(words: Iterable[str]) -> list[str]:
    """Tags in small letters with single spaces, each once, without a leading #; in the order in which they were given.

    They may be more, and longer, than can be kept: whoever asks for them says so.
    """
    found = (" ".join(word.strip().lstrip("#").split()).casefold() for word in words)
    return list(dict.fromkeys(word for word in found if word))


@transaction.atomic
def keep_tags(page: Page, found: Iterable[Sender | Agency], tags: Iterable[str]) -> None:
    """The tags of one person, or of an agency, from now on. `found` are all mailboxes, the one of the row first.

    What another mailbox of theirs already has stays there, so that splitting them again takes it along.
    """
    people = list(found)
    wanted = normalised(tags)[:MOST]
    rows = contacts(page, people)
    elsewhere: set[str] = set()
    for row in rows:
        if (row.sender_id or row.agency_id) != people[0].pk:
            kept = [tag for tag in row.tags if tag in wanted]
            elsewhere |= set(kept)
            _write(row, kept)
    own = [tag for tag in wanted if tag not in elsewhere]
    if own or any((row.sender_id or row.agency_id) == people[0].pk for row in rows):
        _write(contact(page, people[0]), own)


def _write(row: Contact, tags: list[str]) -> None:
    if row.tags != tags:
        row.tags = tags
        row.save(update_fields=["tags"])


def tags_of(rows: Iterable[Contact]) -> list[str]:
    """All tags of the rows of one person, in the order of the alphabet."""
    return sorted({tag for row in rows for tag in row.tags})
