"""Mails of ours that came back: told by a mail server (RFC 3464, or in its own words) or by the mail provider."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pitches import suppression
from pitches.inbound.parsed import Parsed, header, parts, parts_of
from pitches.models import Attempt, LetterEnd, Message, MessageState, Refusal
from pitches.notify import brake, outcomes

End = tuple[LetterEnd, str]
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
DAEMONS = re.compile(r"(?:mailer-?daemon|mail-?daemon|postmaster|microsoftexchange[0-9a-f]+)@.*")
FOR_NOW = re.compile(r"delay|warning|still trying|not yet been delivered|verz(?:ö|oe)ger", re.IGNORECASE)
FAILED = frozenset({"failed"})
OPEN = (MessageState.PENDING, MessageState.SENDING, MessageState.DONE, MessageState.UNKNOWN)


@dataclass(frozen=True)
class Report:
    """What was said about a mail: for good or for now, in which code of RFC 3463, and in which words."""

    failed: bool
    status: str
    words: str


def read(parsed: Parsed) -> Report | None:
    """What this mail says about one that came back; None when it is no such report."""
    for block in _blocks(parsed):
        action = header(block, "Action").lower()
        if action:
            status = STATUS.search(header(block, "Status"))
            words = header(block, "Diagnostic-Code") or action
            return Report(action in FAILED, status[0] if status else "", " ".join(words.split())[:400])
    return _in_own_words(parsed)


def _blocks(parsed: Parsed) -> Iterator[Any]:
    """The parts of a delivery status that speak of one address each."""
    for part in parts(parsed.mail):
        if part.get_content_type() == "message/delivery-status":
            yield from parts_of(part) or ()


def _in_own_words(parsed: Parsed) -> Report | None:
    """qmail, and others that never heard of RFC 3464. Their word counts only if the mail server itself says it."""
    if not DAEMONS.fullmatch(parsed.sender):
        return None
    found = STATUS.search(parsed.text)
    status = found[0] if found else ""
    for_now = status.startswith(("2", "4")) if status else bool(FOR_NOW.search(f"{parsed.subject} {parsed.text[:500]}"))
    return Report(not for_now, status, " ".join(parsed.text.split())[:400])


def came_back(message: Message, report: Report) -> End:
    """A mail server says that a mail of ours did not arrive."""
    if not report.failed:
        return LetterEnd.RETURNED, f"for now: {report.status}"
    of_the_address = bool(outcomes.OF_THE_ADDRESS.match(report.status))
    bounced(message, report.words, of_the_address=of_the_address)
    return LetterEnd.RETURNED, f"{report.status or 'no code'}{', never again' if of_the_address else ''}"


def bounced(message: Message, words: str, *, of_the_address: bool) -> None:
    """It did not arrive. Nothing goes to the address any more if that is the reason."""
    _mark(message, "bounced", words)
    _dead(message, words)
    if of_the_address:
        suppression.suppress(message.to, Refusal.BOUNCE, words)
    brake.look()


def complained(message: Message, words: str) -> None:
    """It arrived, and somebody called it unwanted."""
    _mark(message, "complained", words)
    suppression.suppress(message.to, Refusal.COMPLAINT, words)
    brake.look()


def refused(message: Message, words: str, why: Refusal | None) -> None:
    """The provider did not even try: it knows the address, or minds the mail."""
    _mark(message, "refused", words)
    _dead(message, words)
    if why:
        suppression.suppress(message.to, why, words)


def _mark(message: Message, outcome: str, words: str) -> None:
    """The last attempt ended otherwise than it looked. A second report about the same mail changes nothing."""
    last = Attempt.objects.filter(message=message).order_by("-pk").first()
    if last and last.outcome not in ("bounced", "complained"):
        Attempt.objects.filter(pk=last.pk).update(outcome=outcome, detail=words[:500])


def _dead(message: Message, words: str) -> None:
    changes = {"state": MessageState.DEAD, "error": words[:500], "sealed": None, "lease": None, "lease_until": None}
    Message.objects.filter(pk=message.pk, state__in=OPEN).update(**changes)
