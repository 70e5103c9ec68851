"""What an answer says of its ready words: filled in at the moment it is given, and kept with it from then on."""

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from pitches.models import AnswerKind, Page, Pitch, Reason
from pitches.replies.listing import Ready, find
from pitches.replies.places import filled
from pitches.replies.usual import KINDS, TEXTS
from portal import languages
from portal.templatetags.portal import day


class Gone(LookupError):
    """There are no such ready words, or no more. The message is a sentence for whoever chose them."""


@dataclass(frozen=True)
class Said:
    """What an answer keeps. `words` are empty where the usual ones follow the language of the sender."""

    words: str = ""
    label: str = ""
    again: str = ""
    fits: str = ""


def pick(page: Page, kind: AnswerKind, reason: str, reply: str) -> Ready | None:
    """The ready words of an answer: those of its reason, or those with this name; None for an answer without any.

    Raises Gone. One query; none for an answer without ready words, or where the page has its replies already.
    """
    if kind == AnswerKind.NO and reason != Reason.OWN_LINE:
        return find(page, reason, kind)
    if kind not in KINDS or not reply:
        return None
    ready = find(page, reply, kind)
    if ready is None or ready.reason not in ("", Reason.OWN_LINE):
        raise Gone(_("This reply is gone. Choose another, or write your own line."))
    return ready


def say(ready: Ready, pitch: Pitch, by: date | None) -> Said:
    """What is kept of these ready words; `by`: the day that {date} stands for. No query but for who the owner is."""
    row = ready.row
    return Said(
        words=_words(ready, pitch, by),
        label=_label(ready),
        again=_own(row.again, pitch, by) if row and row.again else "",
        fits=ready.fits if ready.own and ready.kind == AnswerKind.NO else "",
    )


def _label(ready: Ready) -> str:
    """How the desk calls it; a question calls itself, and a reason by its own name unless the owner gave another."""
    if ready.kind == AnswerKind.ASK:
        return ""
    own = ready.row.label if ready.row else ""
    return own or (str(ready.label) if ready.kind == AnswerKind.YES else "")


def _words(ready: Ready, pitch: Pitch, by: date | None) -> str:
    if ready.own or ready.reworded:
        return _own(str(ready.text), pitch, by)
    if ready.kind == AnswerKind.NO:
        return ""  # usual() says it when it is read
    with translation.override(language_of(pitch)):
        return filled(str(ready.text), pitch, by)


def _own(text: str, pitch: Pitch, by: date | None) -> str:
    """The owner's own words, with dates in the owner's language."""
    with translation.override(languages.offered(pitch.page.owner.language)):
        return filled(text, pitch, by)


def usual(reason: str, by: date | None) -> tuple[str, str]:
    """The usual words of a reason and what would change it, in the language of the moment."""
    one = TEXTS[Reason(reason)]
    return _dated(one.text, by), _dated(one.again, by)


def _dated(text: object, by: date | None) -> str:
    return str(text).replace("{date}", day(by))


def language_of(pitch: Pitch) -> str:
    """The language in which its sender is written to."""
    return languages.offered(pitch.language)
