"""What a sender must still give after a yes, on the page of their pitch."""

from typing import Any

from pitches.forms.plan import SupplyForm
from pitches.handoffs import late
from pitches.models import Pitch


def of(pitch: Pitch) -> dict[str, Any]:
    """What the page of an accepted pitch shows; nothing where nothing is asked. `supply` is missing when it is over."""
    handoff = late.asked(pitch)
    if handoff is None:
        return {}
    takes = late.takes(handoff, pitch)
    return {
        "supply": SupplyForm(questions=handoff.questions, given=handoff.given) if takes else None,
        "given": late.pairs(handoff),
        "given_at": handoff.given_at,
        "missing": late.missing(handoff),
        "corrected_until": handoff.follow_up_on,
    }
