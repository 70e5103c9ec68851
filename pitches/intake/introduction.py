"""Introductions: at a door by invitation somebody says who they are first, because the door depends on it.

Until the code is typed nothing depends on the address; then the sender is told how the door stands for them.
"""

from datetime import timedelta

from django.db import connection, transaction

from pitches.intake.proof import check_code, recognise, remember, say_code_is_asked
from pitches.models import Door, Event, Introduction, Sender
from portal import clock, domains, tokens

INTRODUCTIONS = 3  # that are mailed a code, for one mailbox over the whole site, within the window
INTRODUCTIONS_WINDOW = timedelta(hours=1)


def introduce(door: Door, email: str, *, device: str = "") -> Introduction:
    """Somebody types an address at a door. A code is mailed, unless this device proved the mailbox before."""
    seed, now = tokens.seed(), clock.now()
    proven = recognise(device, email) is not None
    with transaction.atomic():
        _one_at_a_time(domains.mailbox(email))
        introduction = Introduction.objects.create(
            door=door,
            email=email,
            seed=seed,
            token_hash=tokens.digest(tokens.link_token("introduction", seed)),
            at=now,
            proven_at=now if proven else None,
        )
        if not proven:
            say_code_is_asked(introduction)
    return introduction


def _one_at_a_time(mailbox: str) -> None:
    """Introductions of one mailbox are written one after the other, so that nobody races past their number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"introduction:{mailbox}"])


def to_be_mailed(event: Event) -> Introduction | None:
    """The introduction that an event asks a code for; None if it is gone, or too many came before it.

    Whoever types an address again and again sees the same pages, and the mailbox stays quiet.
    """
    introduction = Introduction.objects.select_related("door").filter(pk=int(event.note)).first()
    if introduction is None:
        return None
    since = introduction.at - INTRODUCTIONS_WINDOW
    before = Introduction.objects.filter(email__iexact=introduction.email, at__gt=since, pk__lt=introduction.pk)
    return introduction if before.count() < INTRODUCTIONS else None


def prove_introduction(introduction: Introduction, typed: str, *, device: str) -> Sender | None:
    """Prove the mailbox by its code. A sender is remembered on this device; nobody becomes one here.

    Raises WrongCode.
    """
    check_code(introduction, typed)
    Introduction.objects.filter(pk=introduction.pk, proven_at=None).update(proven_at=clock.now())
    introduction.refresh_from_db(fields=["proven_at"])
    sender = behind(introduction)
    if sender:
        remember(device, sender)
    return sender


def behind(introduction: Introduction) -> Sender | None:
    """Who stands behind a proven introduction, if they ever left a pitch or were brought by an owner."""
    if introduction.proven_at is None:
        return None
    return Sender.objects.filter(mailbox=domains.mailbox(introduction.email)).first()
