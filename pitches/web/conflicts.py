"""Somebody was first, or the same press came twice: what is true now, in a sentence."""

from typing import Any

from django.utils.translation import gettext as _

from pitches import review
from pitches.models import Answer, AnswerKind, Pitch, PitchState
from pitches.web import later
from portal.models import User


def sentence(pitch: Pitch, by: User | None = None) -> str:
    """Where the pitch is now, for somebody who wanted to answer it: who was first, if it was not they."""
    pitch.refresh_from_db()
    who = _somebody_else(pitch, by)
    words = {"name": pitch.name, "back": _back(pitch), "who": who}
    theirs = {
        PitchState.ACCEPTED: _("%(who)s has said yes to this one."),
        PitchState.DECLINED: _("%(who)s has said no to this one."),
        PitchState.WRONG_DOOR: _("%(who)s has answered this one: wrong door."),
        PitchState.ASKED: _("%(who)s has asked %(name)s a question."),
        PitchState.LATER: _("%(who)s has put this one off. It comes back %(back)s."),
    }
    said = {
        PitchState.ACCEPTED: _("You had already said yes to this one in another window."),
        PitchState.DECLINED: _("You had already said no to this one in another window."),
        PitchState.WRONG_DOOR: _("This one has been answered already: wrong door."),
        PitchState.ASKED: _("You had already asked %(name)s a question in another window."),
        PitchState.LATER: _("You had already put this one off in another window. It comes back %(back)s."),
        PitchState.WITHDRAWN: _("%(name)s took this one back while you were reading."),
        PitchState.LAPSED: _("The last day of this one has passed, so it was closed without an answer."),
        PitchState.QUARANTINE: _("This one is in quarantine. Restore it first, then answer it."),
        PitchState.ARRIVED: _("This one has only just come. Try again in a moment."),
    }
    found = (said | theirs if who else said).get(PitchState(pitch.state), _("This one waits on the ledge again."))
    return found % words


def _back(pitch: Pitch) -> str:
    """On which day it comes back, or that its door may bring it sooner."""
    on = later.back(pitch)
    return on if pitch.back_when_open else _("on %(day)s") % {"day": on}


def _somebody_else(pitch: Pitch, by: User | None) -> str:
    """Who gave the answer that holds, by name, if it was not this one."""
    given = _given(pitch) if by else None
    if given is None or (by and given.by_id == by.pk) or not (given.by_id or given.said_by):
        return ""
    return given.said_by or pitch.page.first_name


def _given(pitch: Pitch) -> Answer | None:
    return pitch.answers.filter(undone_at=None).select_related("door").order_by("-pk").first()


def with_words(said: str, typed: str) -> str:
    """A sentence, and what somebody had typed, so that they can copy it to where it belongs."""
    return _("%(said)s You had written: “%(typed)s”") % {"said": said, "typed": typed} if typed else said


def changed(pitch: Pitch) -> str:
    """Somebody answered a version that is no more: what stands there now is open, and the answer is not taken."""
    review.open_card(pitch)
    pitch.refresh_from_db()
    return _("%(name)s changed this while you read. Your answer was not taken; look at what is different.") % {
        "name": pitch.name
    }


def same(pitch: Pitch, decision: dict[str, Any], by: User | None = None) -> bool:
    """Was this very answer given already, by the same person? Then a network tried twice, and nothing is wrong."""
    given = _given(pitch)
    if given is None or (by and given.by_id != by.pk):
        return False
    names = ("text", "reason", "door") if decision.get("when_open") else ("text", "reason", "until", "door")
    if decision.get("when_open", False) != given.when_open:
        return False
    kept = {name: getattr(given, name) for name in names}
    if AnswerKind(given.kind) != decision["kind"] or kept != {name: decision[name] for name in kept}:
        return False
    worded = review.worded(pitch.page, *(decision[name] for name in ("kind", "reason", "reply", "until")))
    return given.words == worded(pitch).get("words", "")
