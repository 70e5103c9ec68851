"""Taking in: a mail becomes one row, whatever it is and however often it is handed over. It is read later."""

import hashlib
import json
import re

from django.conf import settings
from django.db import transaction

from pitches.inbound.parsed import Parsed, addresses_in, header, headers, parse
from pitches.models import CameBy, Letter
from portal import clock, relay

HUGE = 25 * 1024 * 1024  # bytes; no mail program sends more
MOST = 1024 * 1024  # bytes; the words of a mail stand before its files, so this much of a larger one is enough
TOKEN = re.compile(r"^((?:reply|return|forward)\+\d+)-[^@]*")
NOBODY = "<>"  # the envelope sender of what must never be answered
# Where mail servers write down for whom they put a mail into a folder, the surest first.
DELIVERED = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")


def take(raw: bytes, *, came_by: CameBy, to: str = "", sender: str | None = None) -> bool:
    """Keep a mail that came in. False if it was here before. Raises only what the database raises.

    `to` and `sender` are those of the envelope, where they are known; `sender=""`: it came from nobody.
    """
    parsed = parse(raw[:MOST])
    to = _address(to) or _address(_delivered_to(parsed))
    with transaction.atomic():
        letter, new = Letter.objects.get_or_create(
            digest=_digest(raw, to, parsed),
            defaults={
                "raw": raw[:MOST],
                "size": len(raw),
                "came_by": came_by,
                "came_at": clock.now(),
                "to": to,
                "sender": _sender(parsed, sender),
            },
        )
        if new:
            relay.ring("read", queue_of(letter.to))
    return new


def queue_of(to: str) -> str:
    """Somebody may wait for what an answer says; all else has time."""
    return "soon" if to.startswith("reply+") else "later"


def without_token(to: str) -> str:
    """An address of ours without the part that nobody can guess: for a row that is kept."""
    return TOKEN.sub(r"\1", to)


def _digest(raw: bytes, to: str, parsed: Parsed) -> str:
    """The same for a mail that a server sends once more, with other marks of its way on top."""
    if parsed.message_id and len(raw) <= MOST:
        said = [parsed.message_id, parsed.sender, parsed.subject, parsed.text, *parsed.attachments]
        return hashlib.sha256(json.dumps([to, *said]).encode()).hexdigest()
    return hashlib.sha256(to.encode() + b"\0" + raw).hexdigest()


def _address(text: str) -> str:
    """As it may rest in a row: no control characters, no broken bytes."""
    readable = text.encode("utf-8", "replace").decode()
    return "".join(one for one in readable if one.isprintable()).strip().lower()[:254]


def _delivered_to(parsed: Parsed) -> str:
    """To whom it was put into the folder; of several addresses the one that is ours."""
    found = [one for name in DELIVERED for line in headers(parsed.mail, name) for one in addresses_in(line)]
    ours = [one for one in found if one.endswith(f"@{settings.INBOUND_DOMAIN}")]
    return next(iter([*ours, *found]), "")


def _sender(parsed: Parsed, sender: str | None) -> str:
    if sender is None:
        path = header(parsed.mail, "Return-Path")
        return NOBODY if path == NOBODY else _address(path.strip("<>"))
    return _address(sender) or NOBODY
