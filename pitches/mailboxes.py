"""The gate before every mail to an address that nobody proved: one in 24 hours over the whole site.

It is asked where mails are put, never in a request: whoever is named, a request does the very same.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from pitches import suppression
from pitches.models import Mailbox, Sender
from portal import clock, domains, limits, tokens

A_DAY = timedelta(days=1)
UNPROVEN_A_DAY = 1
AGAIN = 2  # more, when the browser that asked first presses "Send again", or needs its first code after a link
PROVEN_A_DAY = 5
KEPT = timedelta(days=30)
COUNTED = ("began_at", "sent", "codes", "browser")


@transaction.atomic
def may_mail(email: str, *, browser: str = "", again: bool = False, code: bool = True, invited: bool = False) -> bool:
    """May a mail go to this address now? It is counted, so ask once for each mail, in the transaction that puts it.

    `browser`: portal.browsers.mark_of() whoever asked; `again`: they pressed "Send again". The first code counts as
    that, too: whoever had a link mailed and writes on is promised six digits. `invited`: they came with a key that was
    mailed to this address, so they are as good as the browser that asked first. Mails without a `code` to a mailbox
    that is proven are counted on their own, so that no code is late because of them.
    """
    box, now = _locked(email), clock.now()
    if box.never_at:
        return False
    if not box.sent or box.began_at is None or box.began_at <= now - A_DAY:
        box.began_at, box.sent, box.codes, box.browser = now, 0, 0, browser
    if not code and is_proven(email):
        box.save(update_fields=COUNTED)  # forget() needs the date
        return limits.count("letter", box.digest)[0] <= limits.LIMITS["letter"][0]
    again = again or (code and not box.codes)
    more = AGAIN if again and (invited or (browser and tokens.same(browser, box.browser))) else 0
    if box.sent >= (PROVEN_A_DAY if is_proven(email) else UNPROVEN_A_DAY + more):
        return False
    box.sent += 1
    box.codes += code
    box.save(update_fields=COUNTED)
    return True


def is_proven(email: str) -> bool:
    """Did somebody prove this very mailbox before, as a sender or for an account?"""
    return Sender.objects.filter(mailbox=domains.mailbox(email), proven_at__isnull=False).exists() or is_account(email)


def is_account(email: str) -> bool:
    """Does somebody sign in with this address, and proved it?"""
    return EmailAddress.objects.filter(email__iexact=email, verified=True).exists()


def proved(email: str) -> None:
    """Whoever reads this mailbox agreed: what was sent before counts no longer, nor that mail came back once."""
    suppression.lift(email)
    Mailbox.objects.filter(digest=_digest(email)).update(sent=0, browser="")


def _digest(email: str) -> str:
    return tokens.link_token("mailbox-of", domains.canonical(email))  # by LINK_KEY: "never" outlives another SECRET_KEY


def _locked(email: str) -> Mailbox:
    """The row of a mailbox, made at the first question. Whoever asks at the same time waits here."""
    seed = tokens.seed()
    fresh = {"seed": seed, "token_hash": tokens.digest(tokens.link_token("mailbox", seed))}
    box, _new = Mailbox.objects.select_for_update().get_or_create(digest=_digest(email), defaults=fresh)
    return box


# ── this was not me ──────────────────────────────────────────────────────────
def token_of(email: str) -> str:
    """The secret part of "this was not me" for this address; empty where nothing was ever asked."""
    box = Mailbox.objects.filter(digest=_digest(email)).first()
    return box.token if box else ""


def wants_none(email: str) -> bool:
    """Did somebody say here: never mail me?"""
    return Mailbox.objects.filter(digest=_digest(email), never_at__isnull=False).exists()


def refuse(box: Mailbox, *, never: bool = True) -> None:
    """Whoever holds the mailed link wants no mail any more, or takes that back. Doing it again changes nothing."""
    mine = Mailbox.objects.filter(pk=box.pk)
    if never:
        mine.filter(never_at=None).update(never_at=clock.now())
    else:
        mine.filter(never_at__isnull=False).update(never_at=None, sent=0, browser="")


# ── to forget ────────────────────────────────────────────────────────────────
def forget() -> int:
    """Delete what was counted more than 30 days ago; what was said for ever stays. Returns how many."""
    old = Q(began_at=None) | Q(began_at__lt=clock.now() - KEPT)
    return Mailbox.objects.filter(old, never_at=None).delete()[0]
