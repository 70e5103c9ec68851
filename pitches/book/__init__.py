"""The owner's book: who somebody is to them, what they noted, and which mailboxes are one person."""

from pitches.book.contacts import contact, contacts
from pitches.book.merging import NotTogether, TooMany, mailboxes, merge, split
from pitches.book.notes import add_note, notes, remove_note
from pitches.book.tags import keep_tags, normalised, tags_of

__all__ = [
    "NotTogether",
    "TooMany",
    "add_note",
    "contact",
    "contacts",
    "keep_tags",
    "mailboxes",
    "merge",
    "normalised",
    "notes",
    "remove_note",
    "split",
    "tags_of",
]
