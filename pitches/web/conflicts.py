"""Somebody was first, or the same press came twice: what is true now, in a sentence."""

from typing import Any

from django.utils.translation import gettext as _

from pitches import review
from pitches.models import AnswerKind, Pitch, PitchState
from portal.templatetags.portal import day


def sentence(pitch: Pitch) -> str:
    """Where the pitch is now, for somebody who wanted to answer it."""
    pitch.refresh_from_db()
    words = {"name": pitch.name, "day": day(pitch.back_at, pitch.page.timezone)}
    said = {
        PitchState.ACCEPTED: _("You had already said yes to this one in another window."),
        PitchState.DECLINED: _("You had already said no to this one in another window."),
        PitchState.WRONG_DOOR: _("This one has been answered already: wrong door."),
        PitchState.ASKED: _("You had already asked %(name)s a question in another window."),
        PitchState.LATER: _("You had already put this one off in another window. It comes back on %(day)s."),
        PitchState.WITHDRAWN: _("%(name)s took this one back while you were reading."),
        PitchState.LAPSED: _("The last day of this one has passed, so it was closed without an answer."),
        PitchState.QUARANTINE: _("This one is in quarantine. Restore it first, then answer it."),
        PitchState.ARRIVED: _("This one has only just come. Try again in a moment."),
    }
    return said.get(PitchState(pitch.state), _("This one waits on the ledge again.")) % words


def changed(pitch: Pitch) -> str:
    """Somebody answered a version that is no more: what stands there now is open, and the answer is not taken."""
    review.open_card(pitch)
    pitch.refresh_from_db()
    return _("%(name)s changed this while you read. Your answer was not taken; look at what is different.") % {
        "name": pitch.name
    }


def same(pitch: Pitch, decision: dict[str, Any]) -> bool:
    """Was this very answer given already? Then a network tried twice, and nothing is wrong."""
    given = pitch.answers.filter(undone_at=None).select_related("door").order_by("-pk").first()
    if given is None:
        return False
    kept = {name: getattr(given, name) for name in ("text", "reason", "until", "door")}
    return AnswerKind(given.kind) == decision["kind"] and kept == {name: decision[name] for name in kept}
