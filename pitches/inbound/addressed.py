"""A mail to the handle of a page."""

from pitches.inbound.parsed import Parsed
from pitches.models import Letter, LetterEnd, Page


def addressed(letter: Letter, parsed: Parsed, page: Page) -> tuple[LetterEnd, str]:
    """Not taken yet."""
    return LetterEnd.NOBODY, "nobody takes it yet"
