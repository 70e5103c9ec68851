"""An answer to a mail of ours becomes what its sender could do on the page of the pitch, and no more than that.

Nothing is ever answered: whoever wrote sees on that page what became of it.
"""

from collections.abc import Callable

from django import forms

from pitches import intake, lifecycle
from pitches.forms.changing import NoteForm
from pitches.forms.thread import REPLY_LIMIT, ReplyForm
from pitches.inbound import own_words
from pitches.inbound.parsed import Parsed
from pitches.models import Event, Fact, Letter, LetterEnd, Pitch, PitchState
from portal import domains

Way = tuple[type[forms.Form], str, int, Callable[[Pitch, str], Event]]
# By what its sender was told: the form on the page, its field, the most characters, and the verb behind it.
A_REPLY: Way = (ReplyForm, "text", REPLY_LIMIT, intake.reply)
A_NOTE: Way = (NoteForm, "note", intake.NOTE_LIMIT, intake.note)
WAYS = {PitchState.ASKED: A_REPLY, PitchState.WAITING: A_NOTE, PitchState.ACCEPTED: A_NOTE}
CUT = " […]"


def replied(letter: Letter, parsed: Parsed, pitch: Pitch) -> tuple[LetterEnd, str]:
    """An answer to an open question, or a note, from the mailbox of the pitch alone. Anybody else changes nothing."""
    if not _theirs(parsed.sender, pitch):
        return LetterEnd.NOT_THEIRS, ""
    way = WAYS.get(PitchState(pitch.told_state))
    if way is None:
        return LetterEnd.LATE, pitch.told_state
    words = own_words.of(parsed.text)
    if not words:
        _say_files_are_left(parsed, pitch, once=True)
        return LetterEnd.EMPTY, _files(parsed)
    return _said(way, words, parsed, pitch)


def _theirs(sender: str, pitch: Pitch) -> bool:
    """Was it written by whoever proved the mailbox? A plus-tag is no other mailbox here: the address that was written
    to is secret, and went nowhere but there.
    """
    return pitch.sender is not None and domains.canonical(sender) == pitch.sender.canonical


def _said(way: Way, words: str, parsed: Parsed, pitch: Pitch) -> tuple[LetterEnd, str]:
    form_class, field, most, verb = way
    form = form_class({field: _cut(words, most)})
    if not form.is_valid():
        return LetterEnd.UNREADABLE, "characters that no form takes"
    try:
        verb(pitch, form.cleaned_data[field])
    except intake.Refused as refused:
        return LetterEnd.TOO_MANY if refused.why == "places" else LetterEnd.LATE, refused.why
    _say_files_are_left(parsed, pitch)
    return LetterEnd.REPLIED, _files(parsed)


def _cut(words: str, most: int) -> str:
    """As much as the form on the page takes, with a sign that there was more."""
    if len(words) <= most:
        return words
    return words[: most - len(CUT)].rsplit(maxsplit=1)[0] + CUT


def _say_files_are_left(parsed: Parsed, pitch: Pitch, *, once: bool = False) -> None:
    """Files do not come by mail. The page of the pitch says so, where its sender looks for them."""
    said = once and pitch.events.filter(what=Fact.FILES_LEFT).exists()
    if parsed.attachments and not said:
        lifecycle.record(Fact.FILES_LEFT, pitch.page, pitch)


def _files(parsed: Parsed) -> str:
    return f"{len(parsed.attachments)} files left out" if parsed.attachments else ""
