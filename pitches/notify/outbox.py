"""The outbox: put a message, ask what is due. notify/delivery.py sends it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from pitches import suppression
from pitches.models import (
    Answer,
    Assistant,
    DomainProof,
    Draft,
    Key,
    Message,
    MessageState,
    Offer,
    Page,
    Pitch,
    Refusal,
    Watch,
)
from pitches.notify import security
from portal import clock, languages, relay, tokens
from portal.models import User


def put(
    kind: str,
    to: str,
    *,
    dedupe: str,
    queue: str,
    user: User | None = None,
    page: Page | None = None,
    pitch: Pitch | None = None,
    answer: Answer | None = None,
    key: Key | None = None,
    watch: Watch | None = None,
    draft: Draft | None = None,
    offer: Offer | None = None,
    assistant: Assistant | None = None,
    proof: DomainProof | None = None,
    secret: dict[str, Any] | None = None,
    language: str = "",
    not_before: datetime | None = None,
) -> Message:
    """Say that this is to be told to `to`, once for each `dedupe`. Part of the caller's transaction."""
    now = clock.now()
    about: dict[str, Any] = {"pitch": pitch, "answer": answer, "key": key, "watch": watch, "draft": draft}
    about |= {"offer": offer, "assistant": assistant, "proof": proof, "user": user, "language": language}
    message, new = Message.objects.get_or_create(
        dedupe=dedupe,
        defaults={
            "kind": kind,
            "to": to,
            "queue": queue,
            "page": page or (pitch.page if pitch else None),
            **about,
            "sealed": tokens.seal(secret) if secret else None,
            "next_at": max(not_before or now, now),
            "created_at": now,
        },
    )
    if new:
        relay.ring("deliver", queue)
    return message


def put_account_mail(to: str, template_prefix: str, context: dict[str, Any]) -> None:
    """A mail of the sign-in library, through the same outbox. Codes rest sealed until they are sent."""
    plain = {key: str(value) for key, value in context.items() if isinstance(value, (str, int))}
    user = context.get("user")
    secret = {"template": template_prefix} | plain
    put_notice(
        security.KIND_OF.get(template_prefix, "account"), to, secret, user=user if isinstance(user, User) else None
    )


def put_notice(kind: str, to: str, secret: dict[str, Any], *, user: User | None = None) -> None:
    """30, 29, 27, 28: what happened to somebody's way in, at once; or another mail of the sign-in library.

    It hangs on the account, also where it goes to an address that is no longer one of it.
    """
    with transaction.atomic():
        dedupe = f"account:{tokens.seed()}"
        put(kind, to, dedupe=dedupe, queue="codes", secret=secret, user=user, language=languages.now())


def due(at: datetime | None = None) -> QuerySet[Message]:
    """What may be sent now, or at another moment; the oldest first."""
    rows = Message.objects.filter(next_at__lte=at or clock.now())
    return rows.filter(Q(state=MessageState.PENDING) | Q(state=MessageState.SENDING)).order_by("next_at", "pk")


def came_back(pitch: Pitch) -> bool:
    """Did the newest code for this pitch come back, or was it not sent because earlier mail to its address did?"""
    newest = Message.objects.filter(kind="code", pitch=pitch, to=pitch.email).order_by("-pk").first()
    if newest is None:
        return False
    if newest.state == MessageState.WITHHELD:
        return newest.error == Refusal.BOUNCE
    if newest.state != MessageState.DEAD:
        return False
    known = suppression.of(pitch.email)
    return newest.tries.filter(outcome="bounced").exists() or (known is not None and known.why == Refusal.BOUNCE)
