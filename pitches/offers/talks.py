"""What each side may see of the talks about terms. The sender sees nothing of an offer that is still in the house."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from pitches.models import Agreement, Offer, OfferState, Page, Pitch, PitchState
from portal import clock


@dataclass(frozen=True)
class Talks:
    """The talks about one pitch as one side may see them.

    `mine` and `theirs` are the offers of this side and of the other, `held` says that mine has not gone out yet.
    """

    offers: list[Offer] = field(default_factory=list)
    mine: Offer | None = None
    theirs: Offer | None = None
    held: bool = False
    agreement: Agreement | None = None

    @property
    def to_answer(self) -> Offer | None:
        """The other side's offer that waits for this side."""
        return self.theirs if self.theirs and self.theirs.state == OfferState.OPEN else None

    @property
    def waits(self) -> Offer | None:
        """This side's own offer that waits for the other."""
        return self.mine if self.mine and self.mine.state == OfferState.OPEN else None

    @property
    def may_make(self) -> bool:
        """May this side make its one offer now? Nothing of theirs needs to be open for that."""
        return self.mine is None and self.agreement is None

    @property
    def over(self) -> bool:
        """Did both make theirs, and agreed on none?"""
        return bool(self.offers) and not (self.agreement or self.to_answer or self.waits or self.may_make)


def as_seen(pitch: Pitch, *, by_owner: bool) -> Talks:
    """The talks about a pitch, for its owner or its sender. Two queries, or one where nobody proposed anything."""
    kept = list(pitch.offers.exclude(state=OfferState.UNDONE).order_by("pk"))
    offers = kept if by_owner else _gone_out(kept)
    mine, theirs = (next((one for one in offers if one.by_owner == side), None) for side in (by_owner, not by_owner))
    agreement = Agreement.objects.filter(pitch=pitch).first() if kept else None
    held = mine is not None and is_held(mine) and mine.state == OfferState.OPEN
    return Talks(offers, mine, theirs, held, agreement)


def is_held(offer: Offer) -> bool:
    """May its author still undo it, so that nobody else sees it?"""
    return offer.goes_out_at > clock.now()


def _gone_out(offers: Iterable[Offer]) -> list[Offer]:
    """What the sender sees: of an offer that waits in the house not even that it came in the place of their own."""
    found = [offer for offer in offers if not (offer.by_owner and is_held(offer))]
    if not any(offer.by_owner for offer in found):
        for offer in found:
            if offer.state == OfferState.COUNTERED:
                offer.state, offer.settled_at = OfferState.OPEN, None
    return found


def waiting_for(page: Page) -> QuerySet[Offer]:
    """The senders' offers that wait for an answer of the owner."""
    rows = Offer.objects.filter(pitch__page=page, pitch__state=PitchState.ACCEPTED)
    return rows.filter(by_owner=False, state=OfferState.OPEN)
