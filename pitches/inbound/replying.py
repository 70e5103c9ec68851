"""An answer to a mail of ours."""

from pitches.inbound.parsed import Parsed
from pitches.models import Letter, LetterEnd, Pitch


def replied(letter: Letter, parsed: Parsed, pitch: Pitch) -> tuple[LetterEnd, str]:
    """Not taken yet."""
    return LetterEnd.NOBODY, "nobody takes it yet"
