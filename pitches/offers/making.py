"""Making, undoing, agreeing, declining: every step of both sides holds the pitch, so that one of two comes first."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pitches import helping, lifecycle
from pitches.lifecycle import AlreadyMoved
from pitches.models import Agreement, Fact, Handoff, Offer, OfferState, Pitch, PitchState, Role
from pitches.models.reading import HOLD
from pitches.offers.talks import Talks, as_seen, is_held
from pitches.offers.words import digest, frozen, terms
from portal import clock
from portal.models import User

AT_ONCE = timedelta(0)


@transaction.atomic
def make(
    pitch: Pitch,
    *,
    by_owner: bool,
    by: User | None,
    deliverables: str,
    amount: Decimal | None = None,
    currency: str = "",
    day: date | None = None,
    note: str = "",
    answering: int | None = None,
) -> Offer:
    """Make the one offer of a side. The owner's stays in the house for ten minutes, the sender's goes at once.

    `answering` is the other side's offer that was on the screen: this one comes in its place. Raises AlreadyMoved.
    """
    said = {"deliverables": deliverables, "amount": amount, "currency": currency, "day": day, "note": note}
    helper = helping.voice(pitch.page, by, Role.ASSISTANT)
    pitch, talks = _hold(pitch, by_owner=by_owner)
    if talks.mine and talks.mine.state == OfferState.OPEN and _says(talks.mine, said):
        return talks.mine  # the same press came twice
    _check_may_make(talks, answering)
    now = clock.now()
    if talks.to_answer:
        _settle(talks.to_answer, OfferState.COUNTERED)
    # What the owner has in the house has not been said: the sender was first.
    pitch.offers.filter(state=OfferState.OPEN).update(state=OfferState.UNDONE, settled_at=now)
    offer = Offer.objects.create(
        pitch=pitch,
        by_owner=by_owner,
        by=by,
        said_by=helper,
        made_at=now,
        goes_out_at=now + (HOLD if by_owner else AT_ONCE),
        **said,
    )
    lifecycle.record(Fact.OFFERED, pitch.page, pitch, by=by, note=str(offer.pk))
    return offer


@transaction.atomic
def undo(offer: Offer, *, by: User | None = None) -> None:
    """Take an offer back that is still in the house; what it came in the place of waits again. Raises AlreadyMoved."""
    helping.voice(offer.pitch.page, by, Role.ASSISTANT)
    pitch, _talks = _hold(offer.pitch, by_owner=offer.by_owner)
    offer.refresh_from_db()
    if offer.state == OfferState.UNDONE:
        return
    if offer.state != OfferState.OPEN or not is_held(offer):
        raise AlreadyMoved(_("Your proposal has gone out already."))
    _settle(offer, OfferState.UNDONE)
    answered = pitch.offers.filter(by_owner=not offer.by_owner, state=OfferState.COUNTERED)
    answered.update(state=OfferState.OPEN, settled_at=None)


@transaction.atomic
def agree(offer: Offer, *, by_owner: bool, by: User | None, seen: str) -> Agreement:
    """Agree on the other side's offer: its terms are frozen, and the agreed day is the day to follow up.

    `seen` is the digest of the terms that were read. Who agrees for the owner is named in them. Raises AlreadyMoved.
    """
    helper = helping.voice(offer.pitch.page, by, Role.ASSISTANT)
    pitch, talks = _hold(offer.pitch, by_owner=by_owner)
    if talks.agreement and talks.agreement.offer_id == offer.pk and offer.by_owner != by_owner:
        return talks.agreement  # the same press came twice
    found = _answered(talks, offer)
    if seen != digest(terms(pitch, found)):
        raise AlreadyMoved(_("The terms are not those that you read. They stand here as they are now."))
    now = clock.now()
    text = frozen(pitch, found, now, helper)
    _settle(found, OfferState.AGREED)
    agreement = Agreement.objects.create(pitch=pitch, offer=found, text=text, digest=digest(text), at=now)
    dates = {"due_on": found.day, "follow_up_on": found.day} if found.day else {"due_on": None}
    Handoff.objects.filter(pitch=pitch).update(**dates)
    Handoff.objects.filter(pitch=pitch, outcome="").update(done_at=None)  # there is something to look out for again
    lifecycle.record(Fact.AGREED, pitch.page, pitch, by=by, note=str(found.pk))
    return agreement


@transaction.atomic
def decline(offer: Offer, *, by_owner: bool, by: User | None) -> None:
    """Decline the other side's offer. Each side may still make its own, if it has not. Raises AlreadyMoved."""
    helper = helping.voice(offer.pitch.page, by, Role.ASSISTANT)
    pitch, talks = _hold(offer.pitch, by_owner=by_owner)
    if talks.theirs and talks.theirs.pk == offer.pk and talks.theirs.state == OfferState.DECLINED:
        return  # the same press came twice
    found = _answered(talks, offer)
    if by_owner:
        Offer.objects.filter(pk=found.pk).update(said_by=helper)
    _settle(found, OfferState.DECLINED)
    lifecycle.record(Fact.DISAGREED, pitch.page, pitch, by=by, note=str(offer.pk))


# ── what both steps ask ──────────────────────────────────────────────────────
def _hold(pitch: Pitch, *, by_owner: bool) -> tuple[Pitch, Talks]:
    """The pitch, held until the end of the transaction, and the talks as this side sees them from now on."""
    rows = Pitch.objects.select_for_update(of=("self",), no_key=True).select_related("page", "door", "sender")
    found = rows.get(pk=pitch.pk)
    if found.told_state != PitchState.ACCEPTED:
        raise AlreadyMoved(_("There are no terms to talk about: no yes has gone out."))
    return found, as_seen(found, by_owner=by_owner)


def _says(offer: Offer, said: dict[str, Any]) -> bool:
    return all(getattr(offer, name) == value for name, value in said.items())


def _check_may_make(talks: Talks, answering: int | None) -> None:
    if talks.agreement:
        raise AlreadyMoved(_("The terms have been agreed on already."))
    if talks.mine:
        raise AlreadyMoved(_("Each side proposes once, and your proposal has been made."))
    if (talks.to_answer.pk if talks.to_answer else None) != answering:
        raise AlreadyMoved(_happened(talks.theirs))


def _answered(talks: Talks, offer: Offer) -> Offer:
    """The offer that is answered, if it still waits for this side."""
    if talks.to_answer is None or talks.to_answer.pk != offer.pk:
        raise AlreadyMoved(_happened(talks.theirs))
    return talks.to_answer


def _happened(offer: Offer | None) -> str:
    """What is true now of the other side's offer, for somebody who saw something else."""
    said = {
        OfferState.OPEN: _("A proposal has come meanwhile. It stands here."),
        OfferState.AGREED: _("The terms have been agreed on already."),
        OfferState.DECLINED: _("This proposal has been declined already."),
        OfferState.COUNTERED: _("This proposal has been answered with another one already."),
    }
    nothing = _("This proposal is not there any more.")
    return said.get(OfferState(offer.state), nothing) if offer else nothing


def _settle(offer: Offer, state: OfferState) -> None:
    offer.state, offer.settled_at = state, clock.now()
    offer.save(update_fields=["state", "settled_at"])
