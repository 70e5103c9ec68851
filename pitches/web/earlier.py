"""What a sender is shown of an earlier pitch of theirs that the new one looks like, as it was told to them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from pitches.intake import repeats
from pitches.models import AnswerKind, Pitch, PitchState, Reason, Sender
from portal.templatetags.portal import day

S = PitchState


@dataclass(frozen=True)
class Earlier:
    """An earlier pitch: when it was left, what became of it, its link; is the very same refused, and until when?"""

    day: str
    outcome: str
    token: str
    refused: bool = False
    until: datetime | None = None


def notice(pitch: Pitch, sender: Sender | None) -> Earlier | None:
    """What to show before this pitch is left on the ledge; nothing while the mailbox is not proven."""
    if sender is None:
        return None
    refusal = repeats.refused(pitch, sender)
    if refusal and refusal.other:
        return shown(refusal.other, refused=True, until=refusal.until)
    found = repeats.like(pitch, sender)
    return shown(found) if found else None


def shown(old: Pitch, *, refused: bool = False, until: datetime | None = None) -> Earlier:
    """An earlier pitch in the words of this module."""
    return Earlier(day(old.handed_in_at, old.page.timezone), outcome(old), old.token, refused, until)


def outcome(old: Pitch) -> str:
    """What became of it, as its sender was told: ends the sentence "your pitch from 3 May, which …"."""
    told = old.told_state
    if told in (S.ACCEPTED, S.DECLINED, S.WRONG_DOOR):
        return _("which was answered “%(answer)s”") % {"answer": _answer(old, told)}
    return {
        S.ASKED: _("which has a question for you"),
        S.LAPSED: _("which got no answer"),
    }.get(told, _("which still waits for an answer"))


def _answer(old: Pitch, told: PitchState) -> str:
    kinds = {S.ACCEPTED: AnswerKind.YES, S.DECLINED: AnswerKind.NO, S.WRONG_DOOR: AnswerKind.WRONG_DOOR}
    said = old.answers.filter(kind=kinds[told]).gone().first()
    if said is None or said.reason in ("", Reason.NO_REASON):
        return str(kinds[told].label)
    return said.text or said.words if said.reason == Reason.OWN_LINE else str(Reason(said.reason).label)
