"""The sender's own earlier pitches at a page: what reads like one is shown first, what is word for word one is refused.

Asked only for a proven mailbox, and only about what its holder was told.
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from pitches import likeness
from pitches.intake import trying_again
from pitches.intake.refusal import Refused
from pitches.models import AnswerKind, Pitch, PitchState, Sender
from pitches.models.pitch import PitchQuerySet
from portal import clock

LOOK_BACK = timedelta(days=365)
ANSWERED = {PitchState.ACCEPTED: AnswerKind.YES, PitchState.DECLINED: AnswerKind.NO}


@dataclass
class Repeated(Exception):
    """It reads like an earlier pitch of this sender. Nothing is lost: hand it in again with `anyway`."""

    earlier: Pitch


def check(pitch: Pitch, sender: Sender) -> None:
    """Raise Refused("duplicate") for what is word for word an earlier pitch at this door that was answered."""
    if refusal := refused(pitch, sender):
        raise refusal


def refused(pitch: Pitch, sender: Sender) -> Refused | None:
    """The same without raising. After a "not now" it names the day from which the same is welcome.

    A pitch that says which one it tries again was settled by trying_again.
    """
    if pitch.again_of_id:
        return None
    for old in _own(pitch, sender).filter(door=pitch.door, link=pitch.link, state__in=ANSWERED):
        if _words(old) == _words(pitch) and _answered_lately(old):
            from_day = trying_again.invited_from(old)
            if from_day is None or from_day > clock.now():
                return Refused("duplicate", other=old, until=from_day)
    return None


def like(pitch: Pitch, sender: Sender) -> Pitch | None:
    """The newest pitch of this sender at any door of the page, within a year, that this one reads like.

    Not what was taken back, and not what may be tried again by now.
    """
    recent = _own(pitch, sender).filter(handed_in_at__gt=clock.now() - LOOK_BACK).exclude(pk=pitch.again_of_id or 0)
    for old in recent.exclude(state=PitchState.WITHDRAWN):
        if (_words(old) == _words(pitch) or _alike(old, pitch)) and not _welcome_again(old):
            return old
    return None


def ask_first(pitch: Pitch, sender: Sender) -> None:
    """Raise Repeated if an earlier pitch should be shown before this one is left."""
    if old := like(pitch, sender):
        raise Repeated(old)


def _own(pitch: Pitch, sender: Sender) -> PitchQuerySet:
    handed_in = Pitch.objects.filter(page=pitch.page, sender=sender, handed_in_at__isnull=False)
    return handed_in.exclude(pk=pitch.pk).select_related("page", "door").order_by("-handed_in_at", "-pk")


def _words(pitch: Pitch) -> list[str]:
    """What was typed, without case and spacing."""
    return unicodedata.normalize("NFKC", likeness.text_of(pitch)).casefold().split()


def _alike(old: Pitch, pitch: Pitch) -> bool:
    return likeness.alike(likeness.text_of(old), likeness.text_of(pitch))


def _answered_lately(old: Pitch) -> bool:
    """Was it said yes or no to, and told, within the year?"""
    told = old.answers.filter(kind=ANSWERED[PitchState(old.state)], sent_at__gt=clock.now() - LOOK_BACK)
    return old.told_state in ANSWERED and told.exists()


def _welcome_again(old: Pitch) -> bool:
    from_day = trying_again.invited_from(old)
    return from_day is not None and from_day <= clock.now()
