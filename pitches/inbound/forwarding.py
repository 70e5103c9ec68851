"""What an owner forwards to their private address."""

from pitches.inbound.parsed import Parsed
from pitches.models import Letter, LetterEnd
from portal.models import User


def forwarded(letter: Letter, parsed: Parsed, owner: User) -> tuple[LetterEnd, str]:
    """Not taken yet."""
    return LetterEnd.NOBODY, "nobody takes it yet"
