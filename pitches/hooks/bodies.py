"""What a webhook is told, as JSON, signed the way of standardwebhooks.com. No more than the owner sees at the desk."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from pitches.handoffs import late
from pitches.models import Agreement, Call, Handoff
from portal import links, tokens

PREFIX = "whsec_"


def secret_of(seed: str) -> str:
    """The key that signs, as its owner copies it. Made of a seed and LINK_KEY: the database alone does not have it."""
    return PREFIX + base64.b64encode(tokens.link_token("webhook", seed).encode()).decode()


def body_of(call: Call, next_step: Callable[[Handoff], str]) -> bytes:
    """The body, in the words of this moment. `next_step`: what the sender reads, which is said elsewhere."""
    return json.dumps(
        {"type": call.event, "timestamp": _moment(call.created_at), "data": _data(call, next_step)},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _data(call: Call, next_step: Callable[[Handoff], str]) -> dict[str, Any]:
    pitch = call.pitch
    handoff = Handoff.objects.select_related("assistant").get(pitch=pitch)
    handoff.pitch = pitch
    agreed = Agreement.objects.filter(pitch=pitch).first()
    return {
        "code": pitch.code,
        "link": links.absolute(reverse("desk:pitch", args=[pitch.code])),
        "line": pitch.line,
        "door": pitch.door.slug,
        "standing": handoff.standing,
        "name": pitch.name,
        "company": pitch.company,
        "email": pitch.email,
        "taken_by": handoff.assistant.name if handoff.assistant else "",
        "next_step": next_step(handoff),
        "follow_up_on": handoff.follow_up_on.isoformat(),
        "given": [{"question": question, "answer": answer} for question, answer in late.pairs(handoff)],
        "agreed": agreed.text if agreed else "",
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def headers_of(call: Call, body: bytes) -> dict[str, str]:
    """Signed now, by the clock of the world: receivers refuse what is older than five minutes."""
    now = timezone.now()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Halfdoor",
        "webhook-id": call.dedupe,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret_of(call.seed)).sign(call.dedupe, now, body.decode()),
    }
