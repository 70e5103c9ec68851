"""Introductions: at a door by invitation somebody says who they are first, because the door depends on it.

Until the code is typed nothing depends on the address; then the sender is told how the door stands for them.
"""

from django.db import transaction

from pitches.intake.proof import check_code, recognise, remember, say_code_is_asked
from pitches.models import Door, Event, Introduction, Sender
from portal import clock, domains, tokens


def introduce(door: Door, email: str, *, device: str = "", browser: str = "", proven: bool = False) -> Introduction:
    """Somebody types an address at a door. A code is asked for, unless this device proved the mailbox before, or
    `proven`: whoever is signed in has proven this very one.
    """
    seed, now = tokens.seed(), clock.now()
    proven = proven or recognise(device, email) is not None
    with transaction.atomic():
        introduction = Introduction.objects.create(
            door=door,
            email=email,
            seed=seed,
            token_hash=tokens.digest(tokens.link_token("introduction", seed)),
            browser=browser,
            at=now,
            proven_at=now if proven else None,
        )
        if not proven:
            say_code_is_asked(introduction)
    return introduction


def introduction_of(event: Event) -> Introduction | None:
    """The introduction that an event asks a code for; None if it is gone."""
    number = int(event.note.partition(" ")[0])
    return Introduction.objects.select_related("door").filter(pk=number).first()


def prove_introduction(introduction: Introduction, typed: str, *, device: str) -> Sender | None:
    """Prove the mailbox by its code. A sender is remembered on this device; nobody becomes one here.

    Raises WrongCode.
    """
    check_code(introduction, typed)
    Introduction.objects.filter(pk=introduction.pk, proven_at=None).update(proven_at=clock.now())
    introduction.refresh_from_db(fields=["proven_at"])
    sender = behind(introduction)
    if sender:
        Sender.objects.filter(pk=sender.pk, proven_at=None).update(proven_at=clock.now())
        remember(device, sender)
    return sender


def behind(introduction: Introduction) -> Sender | None:
    """Who stands behind a proven introduction, if they ever left a pitch or were brought by an owner."""
    if introduction.proven_at is None:
        return None
    return Sender.objects.filter(mailbox=domains.mailbox(introduction.email)).first()
