"""The words of an answer as its sender reads them. They teach; they never scold."""

from pitches import replies
from pitches.models import Answer


def words(answer: Answer) -> str:
    """The personal line first, then the ready words, as two paragraphs.

    What was filled in when the answer was given; where that is nothing, the usual words in the language of the moment.
    """
    ready = answer.words or (replies.usual(answer.reason, answer.again_on)[0] if answer.reason else "")
    return "\n\n".join(part for part in (answer.text.strip(), ready) if part)


def paragraphs(text: str) -> list[str]:
    """The same, or a note, one line for each paragraph."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def again(answer: Answer) -> str:
    """What would change it, and whether trying again makes sense; empty where that is left open."""
    return answer.again or (replies.usual(answer.reason, answer.again_on)[1] if answer.reason else "")
