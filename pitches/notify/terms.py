"""Mails about terms, to the sender only: the owner reads of theirs at the desk, and in the mail of the next hour."""

from typing import Any

from django.urls import reverse

from pitches import dates, offers
from pitches.models import Event, Message, Offer, OfferState
from pitches.notify import outbox
from portal import links


def offer(event: Event) -> None:
    """36: the owner proposes terms. It leaves when the ten minutes are over, unless it was undone."""
    found = _offer_of(event)
    if found and found.by_owner:
        _put("offer", event, found, not_before=found.goes_out_at)


def agreed(event: Event) -> None:
    """37: the terms, frozen, whoever of the two agreed last."""
    found = _offer_of(event)
    if found:
        _put("agreed", event, found)


def declined(event: Event) -> None:
    """38: the owner declined what the sender proposed."""
    found = _offer_of(event)
    if found and not found.by_owner:
        _put("declined_offer", event, found)


def _offer_of(event: Event) -> Offer | None:
    return Offer.objects.filter(pk=event.note, pitch=event.pitch).first()


def _put(kind: str, event: Event, found: Offer, **more: Any) -> None:
    assert event.pitch is not None
    outbox.put(
        kind,
        event.pitch.email,
        dedupe=f"{kind}:{found.pk}",
        pitch=event.pitch,
        offer=found,
        queue=event.queue,
        **more,
    )


def is_over(message: Message) -> bool:
    """Was the proposal undone, or answered before it was mailed?"""
    return message.offer is not None and message.offer.state != OfferState.OPEN


def said_by(message: Message) -> str:
    """Who proposed or declined for the owner, by name; empty for the owner. Who agreed stands in the terms."""
    found = message.offer
    return "" if found is None or message.kind == "agreed" else found.said_by


def about(message: Message) -> dict[str, Any]:
    """What the words of these mails need."""
    pitch, found = message.pitch, message.offer
    if pitch is None or found is None:
        return {}
    kept = found.agreement if message.kind == "agreed" else None
    talks = offers.as_seen(pitch, by_owner=False)  # as whoever reads it sees them
    return {
        "sentences": (kept.text if kept else offers.terms(pitch, found)).split("\n"),
        "digest": kept.digest if kept else "",
        "may_propose": talks.may_make,
        "may_still": talks.theirs is None,
        "dates_link": links.absolute(reverse("agency:dates", args=[pitch.token])) if kept and found.day else "",
        "calendar": dates.of_sender(pitch) if kept and found.day else b"",
    }
