"""Proof of a mailbox: six digits, or a device that proved it before. Typed addresses prove nothing."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Now

from pitches import lifecycle, mailboxes
from pitches.intake.refusal import WrongCode
from pitches.models import Agency, Device, Event, Fact, Introduction, Pitch, PitchState, Proof, Sender
from portal import clock, domains, tokens

CODE_LIFE = timedelta(minutes=10)  # OWASP ASVS 5.0.0, 6.5.5
CODE_TRIES = 5  # on the page that asked for it, and as many on all others together: ten at most
CODES_PER_PITCH = 5  # within CODES_WINDOW, whatever addresses were typed; as many for an introduction
CODES_WINDOW = timedelta(hours=1)
AGAIN = "again"  # in the note of an event: whoever asked first pressed "Send again"
DEVICE_LIFE = timedelta(days=90)
MOST_ON_A_DEVICE = 10  # mailboxes that are looked at


# What an address is typed into, and a code is mailed for.
Asked = Pitch | Introduction


def unproven(asked: Asked) -> bool:
    """Does it still wait for its code?"""
    return asked.proven_at is None if isinstance(asked, Introduction) else asked.state == PitchState.UNPROVEN


def issue_code(asked: Asked) -> str:
    """A fresh code for an address that is not proven. Only a keyed hash of both is kept; older codes go on working.

    A code is bound to the mailbox it was mailed to: after the address was changed it proves nothing.
    """
    code = tokens.six_digits()
    _keep(asked, code)
    return code


def issue_nothing(asked: Asked) -> None:
    """What stands for a code that was not mailed. No digits fit it, and wrong ones are answered as if it had been."""
    _keep(asked, tokens.seed())


def _keep(asked: Asked, code: str) -> None:
    salt = tokens.seed()
    asked.proofs.create(salt=salt, code_hash=_hash(salt, asked.email, code), expires_at=Now() + CODE_LIFE)


def _hash(salt: str, email: str, code: str) -> str:
    return tokens.code_hash(salt, f"{domains.mailbox(email)}:{code}")


def say_code_is_asked(asked: Asked, note: str = "") -> Event:
    """Write down that a code is wanted; the mail follows from it. An introduction is named by its number."""
    if isinstance(asked, Introduction):
        door = asked.door
        return lifecycle.record(Fact.INTRODUCED, door.page, door=door, note=f"{asked.pk} {note}".strip())
    return lifecycle.record(Fact.CODE_ASKED, asked.page, asked, note=note)


def invited(asked: Asked) -> bool:
    """Did they come with a key that was cut for this very mailbox, and so read what was mailed there?"""
    key = asked.key if isinstance(asked, Pitch) else None
    return key is not None and domains.mailbox(key.email) == domains.mailbox(asked.email)


def asked_again(event: Event) -> bool:
    """Did the browser that asked first press "Send again"?"""
    return event.note.endswith(AGAIN)


def _asked_for(asked: Asked) -> QuerySet[Event]:
    if isinstance(asked, Introduction):
        notes = (str(asked.pk), f"{asked.pk} {AGAIN}")
        return Event.objects.filter(what=Fact.INTRODUCED, door=asked.door_id, note__in=notes)
    return asked.events.filter(what=Fact.CODE_ASKED)


def ask_code(asked: Asked, *, browser: str = "") -> bool:
    """Ask for another code, up to five times an hour for one pitch or introduction. False if that is too often.

    Whether a mail follows is up to the mailbox (mailboxes.py). `browser`: the mark of whoever pressed "Send again".
    """
    mine = bool(browser) and tokens.same(browser, asked.browser)
    with transaction.atomic():
        locked = type(asked).objects.select_for_update().filter(pk=asked.pk).first()
        sent = _asked_for(asked).filter(at__gt=clock.now() - CODES_WINDOW).count()
        if locked is None or not unproven(locked) or sent >= CODES_PER_PITCH:
            return False
        say_code_is_asked(asked, AGAIN if mine else "")
    return True


def check_code(asked: Asked, typed: str) -> None:
    """Raise WrongCode unless a code was mailed to this mailbox that fits and still works, whatever page asked for it.

    The try is counted first, for all of them and under a lock: parallel guesses, on one page or on many, cannot pass
    the limit. Tries of the page that asked for a code and of all others are counted apart, so nobody makes a code
    worthless from a page of their own. What is said depends on what this page asked for, not on what was mailed.
    """
    code = "".join(filter(str.isdecimal, typed))[:12]
    with transaction.atomic():
        alive = list(_codes_of(asked).order_by("pk").select_for_update(of=("self",)))
        own = [proof for proof in alive if _belongs(proof, asked)]
        tried = _count_try([proof for proof in alive if proof not in own], own)
    if any(tokens.same(proof.code_hash, _hash(proof.salt, asked.email, code)) for proof in tried):
        mailboxes.proved(asked.email)
        return
    if not own:
        raise WrongCode("expired")
    raise WrongCode("wrong" if any(proof.tries + 1 < CODE_TRIES for proof in own) else "tries")


def _count_try(others: list[Proof], own: list[Proof]) -> list[Proof]:
    """Count one try for each of these locked codes that has one left, in one statement. Returns those."""
    here = [proof for proof in own if proof.tries < CODE_TRIES]
    there = [proof for proof in others if proof.tries_elsewhere < CODE_TRIES]
    left = Proof.objects.filter(pk__in=[proof.pk for proof in here + there])
    left.update(tries=F("tries") + _one_of(here), tries_elsewhere=F("tries_elsewhere") + _one_of(there))
    return here + there


def _one_of(proofs: list[Proof]) -> Case:
    """1 for these codes, 0 for all others."""
    return Case(When(pk__in=[proof.pk for proof in proofs], then=Value(1)), default=Value(0))


def _codes_of(asked: Asked) -> QuerySet[Proof]:
    """The codes of a mailbox that still work: those of all that is unproven, and of whoever said who they are."""
    mailbox = domains.mailbox(asked.email)
    pitches = Pitch.objects.alias(low=Lower("email")).filter(state=PitchState.UNPROVEN, low=mailbox)
    introductions = Introduction.objects.alias(low=Lower("email")).filter(low=mailbox)
    mine = Q(pitch=asked) if isinstance(asked, Pitch) else Q(introduction=asked)
    return Proof.objects.alive().filter(mine | Q(pitch__in=pitches) | Q(introduction__in=introductions))


def _belongs(proof: Proof, asked: Asked) -> bool:
    return (proof.introduction_id if isinstance(asked, Introduction) else proof.pitch_id) == asked.pk


def recognise(device: str, email: str) -> Sender | None:
    """The sender who proved this very mailbox on this device within 90 days."""
    if not device:
        return None
    rows = Device.objects.select_related("sender").filter(
        token_hash=tokens.digest(device),
        sender__mailbox=domains.mailbox(email),
        expires_at__gt=clock.now(),
    )
    row = rows.first()
    return row.sender if row else None


def senders_on(device: str) -> list[Sender]:
    """Whoever proved a mailbox on this device within 90 days, the last one first."""
    if not device:
        return []
    rows = Device.objects.select_related("sender").filter(token_hash=tokens.digest(device), expires_at__gt=clock.now())
    return [row.sender for row in rows.order_by("-expires_at")[:MOST_ON_A_DEVICE]]


def known_contact(device: str) -> Sender | None:
    """Whoever proved a mailbox on this device last: to fill in the contact fields."""
    return next(iter(senders_on(device)), None)


def remember(device: str, sender: Sender) -> None:
    """From now on this device needs no code for this mailbox, for 90 days."""
    Device.objects.update_or_create(
        token_hash=tokens.digest(device),
        sender=sender,
        defaults={"expires_at": clock.now() + DEVICE_LIFE},
    )


def meet(pitch: Pitch) -> Sender:
    """The sender behind a proven mailbox, made at the first proof, in their own words."""
    sender = sender_of(pitch.email, name=pitch.name, company=pitch.company)
    own = {"email": pitch.email, "name": pitch.name, "company": pitch.company, "proven_at": clock.now()}
    brought = Q(proven_at=None) | Q(name="")  # in the owner's words so far, or in none
    if Sender.objects.filter(brought, pk=sender.pk).update(**own):
        sender.refresh_from_db()
    return sender


def sender_of(email: str, *, name: str = "", company: str = "") -> Sender:
    """The sender with this mailbox, made if there is none: for one that was just proven, or that an owner brings along.

    Until somebody proves it, it is a name in an owner's book: it gets no mail and opens nothing.
    """
    domain = domains.registrable(email.rpartition("@")[2])
    with transaction.atomic():
        agency = None
        if domain and not domains.shared(domain):
            agency, _ = Agency.objects.get_or_create(domain=domain, defaults={"name": company})
        known = {"email": email, "name": name, "company": company, "agency": agency}
        sender, _ = Sender.objects.get_or_create(
            mailbox=domains.mailbox(email), defaults=known | {"canonical": domains.canonical(email)}
        )
    return sender
