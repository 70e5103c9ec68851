"""The sheets of ready answers behind the keys: which words are ready, in the owner's order, each with its digit."""

from dataclasses import dataclass

from pitches import replies
from pitches.models import AnswerKind, Page, Reason

DIGITS = 8  # the next one leads to the owner's own line; what comes after has no key


@dataclass(frozen=True)
class Ready:
    """One ready answer: its digit (0: none), what the form sends in which field, its words, and a hint beside it."""

    key: int
    value: str
    label: str
    field: str = ""
    hint: str = ""


def sheets(page: Page) -> dict[str, list[Ready]]:
    """The words behind Yes, Ask and No. One query."""
    found = replies.ready_of(page)
    return {
        "yeses": _sheet(found[AnswerKind.YES]),
        "questions": _sheet(found[AnswerKind.ASK]),
        "reasons": _sheet(found[AnswerKind.NO]),
    }


def _sheet(ready: list[replies.Ready]) -> list[Ready]:
    shown = [one for one in ready if one.keyed]
    return [_button(one, key if key <= DIGITS else 0) for key, one in enumerate(shown, start=1)]


def _button(one: replies.Ready, key: int) -> Ready:
    usual_no = one.reason not in ("", Reason.OWN_LINE)
    return Ready(key, one.name, str(one.label), "reason" if usual_no else "reply", str(one.hint))
