"""Offers and handoffs: fetched through the pitch that somebody may see, or 404."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from pitches import offers
from pitches.models import Handoff, Offer, OfferState, Page, Pitch
from pitches.offers import Talks
from pitches.web.access.lists import open_handoffs

TERMS = 100  # so far proposals are counted
FOLLOW_UPS = ("-to_answer", "follow_up_on", "pk")  # their order


def offer_of(pitch: Pitch, talks: Talks, name: str) -> Offer:
    """An offer about this pitch that this side may see, by its number as the form sent it."""
    found = next((one for one in talks.offers if str(one.pk) == name), None)
    if found is None:
        raise Http404
    found.pitch = pitch
    return found


def yes_of(pitch: Pitch) -> Handoff:
    """What the yes to this pitch leads to."""
    found = get_object_or_404(Handoff.objects.select_related("outcome_by"), pitch=pitch)
    found.pitch = pitch
    return found


def terms_to_answer(page: Page) -> int:
    """How many proposals of senders wait for the owner, one more than TERMS where there are more."""
    return offers.waiting_for(page)[: TERMS + 1].count()


def follow_ups(page: Page) -> QuerySet[Handoff]:
    """What the owner said yes to and is not done: first what waits for them, then by day.

    `talking`: do terms wait for one of the two; `to_answer`: for the owner.
    """
    waiting = Offer.objects.filter(pitch=OuterRef("pitch"), state=OfferState.OPEN)
    rows = open_handoffs(page).select_related("pitch__door", "pitch__sender", "pitch__page", "assistant")
    rows = rows.annotate(talking=Exists(waiting), to_answer=Exists(waiting.filter(by_owner=False)))
    return rows.order_by(*FOLLOW_UPS)
