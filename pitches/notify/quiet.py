"""Quiet time is asked for again when a mail goes: it may have waited for a mail server, or for an operator."""

from datetime import datetime

from pitches.models import Message
from pitches.notify import hourly, telling
from portal import clock

KINDS = frozenset({*hourly.KINDS, "webhook_fails"})


def until(message: Message) -> datetime | None:
    """When a mail may go that its reader does not want now; none if it may."""
    page, now = message.page, clock.now()
    if page is None:
        return None
    if message.kind in KINDS:
        at: datetime | None = page.after_quiet(now)
    else:
        at = telling.until(message) if message.kind == "tell_now" else None
    return at if at and at > now else None
