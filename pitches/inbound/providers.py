"""What a mail provider says by its webhooks, which django-anymail checks and translates. Only rows are written here."""

from datetime import timedelta
from typing import Any

from anymail import signals
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, EventType, RejectReason
from django.db import transaction
from django.db.models.functions import Now

from pitches.inbound import as_it_came, returned, taking
from pitches.inbound.doubting import SPAM
from pitches.inbound.parsed import AS_WRITTEN, UNREADABLE
from pitches.models import CameBy, Message, MessageState, Refusal
from pitches.notify import outcomes

SPAM_FROM = 5  # of the score of SpamAssassin, which most of them tell
LATER = timedelta(minutes=2)  # how long the name of a mail at the provider may take from there to its row
OF_THE_ADDRESS = frozenset({RejectReason.INVALID, RejectReason.BOUNCED})


class TooSoon(Exception):
    """Something is told of a mail that is being sent at this moment: it is to be told again."""


def listen() -> None:
    """From now on, hear what django-anymail hears."""
    as_it_came.leave()
    signals.inbound.connect(came_in, dispatch_uid="letters")
    signals.tracking.connect(told, dispatch_uid="returned")


def came_in(sender: Any, event: AnymailInboundEvent, esp_name: str, **_more: Any) -> None:
    """A mail came in."""
    mail = event.message
    if event.event_type == EventType.INBOUND and mail is not None:
        to, envelope = mail.envelope_recipient or "", mail.envelope_sender
        taking.take(_marked(mail) + _bytes(mail), came_by=CameBy.PROVIDER, to=str(to), sender=envelope)


def _marked(mail: Any) -> bytes:
    """A line on top where the provider takes it for spam."""
    spam, score = mail.spam_detected, mail.spam_score or 0
    return f"{SPAM}: spam, says the provider\r\n".encode() if spam or (spam is None and score >= SPAM_FROM) else b""


def _bytes(mail: Any) -> bytes:
    """As it came, as far as the provider tells. What breaks the writing is written more simply, or not at all."""
    if came := getattr(mail, "came", b""):
        return bytes(came)
    for policy in (mail.policy, AS_WRITTEN):
        try:
            return bytes(mail.as_bytes(policy=policy))
        except Exception:  # noqa: BLE001, S112 (broken headers and charsets; a 500 would bring it again and again)
            continue
    return f"{UNREADABLE}: cannot be written\n\n".encode()


def told(sender: Any, event: AnymailTrackingEvent, esp_name: str, **_more: Any) -> None:
    """Something became known of a mail of ours."""
    act = {EventType.BOUNCED: _bounced, EventType.COMPLAINED: _complained, EventType.REJECTED: _rejected}
    if event.event_type not in act:
        return
    sending = _is_being_sent(event)  # asked first: it may be done right after
    message = _about(event)
    if message:
        with transaction.atomic():
            act[event.event_type](message, event)
    elif sending:
        raise TooSoon


def _about(event: AnymailTrackingEvent) -> Message | None:
    """The mail that is spoken of; one that nobody here knows is none of ours."""
    if not event.message_id or not event.recipient:
        return None
    mine = Message.objects.filter(provider_id=str(event.message_id)[:200], to__iexact=event.recipient)
    return mine.order_by("-pk").first()


def _is_being_sent(event: AnymailTrackingEvent) -> bool:
    """Does a mail go there now, whose name at the provider is not known yet (notify/delivery.py)?"""
    rows = Message.objects.filter(state=MessageState.SENDING, lease_until__gt=Now() - LATER)
    return rows.filter(to__iexact=str(event.recipient or "")).exists()


def _words(event: AnymailTrackingEvent) -> str:
    said = " ".join(str(one) for one in (event.mta_response, event.description) if one)
    return " ".join(said.replace("\0", " ").split())[:400]


def _bounced(message: Message, event: AnymailTrackingEvent) -> None:
    words = _words(event)
    code = returned.STATUS.search(words)
    if code and code[0].startswith("4"):
        return returned.bounced(message, words, of_the_address=False)
    of_the_address = bool(outcomes.OF_THE_ADDRESS.match(code[0])) if code else event.reject_reason in OF_THE_ADDRESS
    return returned.bounced(message, words, of_the_address=of_the_address)


def _complained(message: Message, event: AnymailTrackingEvent) -> None:
    returned.complained(message, _words(event))


def _rejected(message: Message, event: AnymailTrackingEvent) -> None:
    why = Refusal.COMPLAINT if event.reject_reason == RejectReason.SPAM else None
    returned.refused(message, _words(event), Refusal.BOUNCE if event.reject_reason in OF_THE_ADDRESS else why)
