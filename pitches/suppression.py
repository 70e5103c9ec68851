"""Addresses that get no mail any more: those that send it back, and those where somebody complained.

Kept by the address as it was written to, not by the mailbox: maya+press@ may not exist where maya@ does.
"""

import re
from datetime import timedelta

from django.db.models import Q

from pitches.models import Refusal, Suppression
from portal import clock, tokens

A_DAY = timedelta(days=1)
MOST, DETAIL = 1000, 200  # characters that are looked at, and kept
# Any: what a mail server says may name the address in other letters, or another one that it leads to.
ADDRESS = re.compile(r"(?:\"[^\"@]{1,64}\"|[^\s@<>:;,()\"'\[\]]{1,200})@[^\s@<>:;,()\"'\[\]]{1,255}")


def suppress(email: str, why: Refusal, detail: str = "") -> bool:
    """From now on nothing goes to this address. True if that is new. A complaint stays one, whatever comes after."""
    words = " ".join(ADDRESS.sub("…", detail[:MOST]).split())[:DETAIL]
    fresh = {"why": why, "detail": words, "at": clock.now()}
    row, new = Suppression.objects.get_or_create(digest=_digest(email), defaults=fresh)
    if not new and row.why != why == Refusal.COMPLAINT:
        new = bool(Suppression.objects.filter(pk=row.pk).exclude(why=why).update(**fresh))
    return new


def holds_back(email: str, *, code: bool = False) -> str:
    """Why nothing goes to this address; empty if mail goes. Ask in the transaction that sends.

    `code`: six digits that a person waits for. One a day goes to an address that sent mail back: it may be mended by
    now, and nobody should be locked out for ever. It is counted as it is asked.
    """
    found = Suppression.objects.filter(digest=_digest(email)).first()
    if found is None:
        return ""
    if code and found.why == Refusal.BOUNCE:
        now = clock.now()
        untried = Q(tried_at=None, at__lte=now - A_DAY) | Q(tried_at__lte=now - A_DAY)
        if Suppression.objects.filter(untried, pk=found.pk).update(tried_at=now):
            return ""
    return found.why


def lift(email: str) -> bool:
    """A mailbox that was proven takes mail again. A complaint is not ours to lift."""
    return bool(Suppression.objects.filter(digest=_digest(email), why=Refusal.BOUNCE).delete()[0])


def of(email: str) -> Suppression | None:
    """What is known of an address, for an operator who names it."""
    return Suppression.objects.filter(digest=_digest(email)).first()


def _digest(email: str) -> str:
    return tokens.link_token("suppressed", email.strip().lower())
