"""The talks about terms as a page shows them: for the owner beside a pitch, for the sender on the status page."""

from typing import Any

from pitches import offers
from pitches.forms.offers import OfferForm
from pitches.models import Offer, OfferState, Pitch
from pitches.web import cards


def shown(pitch: Pitch, *, by_owner: bool, form: OfferForm | None = None) -> dict[str, Any]:
    """What the panel "Terms" is drawn from. `form` is one that could not be taken."""
    talks = offers.as_seen(pitch, by_owner=by_owner)
    for one in talks.offers:
        _dress(pitch, one, talks, by_owner)
    last = talks.offers[-1] if talks.offers else None
    make = form or (OfferForm(page=pitch.page, start=talks.to_answer) if talks.may_make else None)
    return {"talks": talks, "last": last, "make": make, "failed": bool(form and form.errors)}


def _dress(pitch: Pitch, one: Offer, talks: offers.Talks, by_owner: bool) -> None:  # noqa: FBT001 (private)
    text = offers.terms(pitch, one)
    cards.wear(
        one,
        sentences=text.split("\n"),
        seen=offers.digest(text),
        own=one.by_owner == by_owner,
        waits=one.state == OfferState.OPEN,
        held=talks.held and one == talks.mine,
    )
