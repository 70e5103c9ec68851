"""The talks about terms as a page shows them: for the owner beside a pitch, for the sender on the status page."""

from typing import Any

from django.utils.translation import gettext as _

from pitches import offers
from pitches.forms.offers import OfferForm
from pitches.models import Offer, OfferState, Pitch
from pitches.web import cards
from portal.models import User


def shown(pitch: Pitch, *, by_owner: bool, form: OfferForm | None = None, reader: User | None = None) -> dict[str, Any]:
    """What the panel "Terms" is drawn from. `form` is one that could not be taken; `reader` sits at the desk."""
    talks = offers.as_seen(pitch, by_owner=by_owner)
    for one in talks.offers:
        _dress(pitch, one, talks, by_owner)
        cards.wear(one, by_line=_by_line(pitch, one, reader))
    last = talks.offers[-1] if talks.offers else None
    make = form or (OfferForm(page=pitch.page, start=talks.to_answer) if talks.may_make else None)
    return {"talks": talks, "last": last, "make": make, "failed": bool(form and form.errors)}


def _by_line(pitch: Pitch, one: Offer, reader: User | None) -> str:
    """Who proposes, for whoever reads it: the desk (`reader`) or the sender."""
    own = not one.by_owner if reader is None else one.by_owner and _spoke(pitch, one) == reader.pk
    helper = one.said_by if one.by_owner else ""
    if own:
        return _("You proposed")
    if helper and reader is None:
        return _("%(helper)s proposes for %(name)s") % {"helper": helper, "name": pitch.page.first_name}
    return _("%(name)s proposes") % {"name": helper or (pitch.page.first_name if one.by_owner else pitch.name)}


def _spoke(pitch: Pitch, one: Offer) -> int | None:
    """The account of who made it for the desk; None where it is gone. Without a name it was the owner."""
    return one.by_id if one.by_id or one.said_by else pitch.page.owner_id


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
