"""Proof of a mailbox: six digits, or a device that proved it before. Typed addresses prove nothing."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from pitches import lifecycle
from pitches.intake.refusal import WrongCode
from pitches.models import Agency, Device, Fact, Pitch, PitchState, Proof, Sender
from portal import clock, domains, tokens

CODE_LIFE = timedelta(minutes=10)  # OWASP ASVS 5.0.0, 6.5.5
CODE_TRIES = 5
CODES_PER_PITCH = 5  # within CODES_WINDOW, whatever addresses were typed
CODES_WINDOW = timedelta(hours=1)
DEVICE_LIFE = timedelta(days=90)


def issue_code(pitch: Pitch) -> str:
    """A fresh code for the address of an unproven pitch. Only a keyed hash of both is kept; older codes go on working.

    A code is bound to the address it was mailed to: after the address was changed it proves nothing.
    """
    code, salt = tokens.six_digits(), tokens.seed()
    Proof.objects.create(
        pitch=pitch,
        salt=salt,
        code_hash=_hash(salt, pitch.email, code),
        expires_at=Now() + CODE_LIFE,
    )
    return code


def _hash(salt: str, email: str, code: str) -> str:
    return tokens.code_hash(salt, f"{email}:{code}")


def ask_code(pitch: Pitch) -> bool:
    """Send another code, up to five an hour for a pitch. True if one is on its way."""
    with transaction.atomic():
        asked = Pitch.objects.select_for_update().filter(pk=pitch.pk, state=PitchState.UNPROVEN).first()
        since = clock.now() - CODES_WINDOW
        sent = pitch.events.filter(what=Fact.CODE_ASKED, at__gt=since).count()
        if asked is None or sent >= CODES_PER_PITCH:
            return False
        lifecycle.record(Fact.CODE_ASKED, pitch.page, pitch)
    return True


def check_code(pitch: Pitch, typed: str) -> None:
    """Raise WrongCode unless this is a code that was mailed to the pitch's address and still works.

    The try is counted first and under a lock, so that parallel guesses cannot pass the limit.
    """
    code = "".join(filter(str.isdecimal, typed))[:12]
    with transaction.atomic():
        asked = list(pitch.proofs.alive().filter(tries__lt=CODE_TRIES).select_for_update())
        Proof.objects.filter(pk__in=[proof.pk for proof in asked]).update(tries=F("tries") + 1)
    if any(tokens.same(proof.code_hash, _hash(proof.salt, pitch.email, code)) for proof in asked):
        return
    if not asked:
        raise WrongCode("tries" if pitch.proofs.alive().exists() else "expired")
    raise WrongCode("wrong" if any(proof.tries + 1 < CODE_TRIES for proof in asked) else "tries")


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


def known_contact(device: str) -> Sender | None:
    """Whoever proved a mailbox on this device last: to fill in the contact fields."""
    rows = Device.objects.select_related("sender").filter(token_hash=tokens.digest(device), expires_at__gt=clock.now())
    row = rows.order_by("-expires_at").first() if device else None
    return row.sender if row else None


def remember(device: str, sender: Sender) -> None:
    """From now on this device needs no code for this mailbox, for 90 days."""
    Device.objects.update_or_create(
        token_hash=tokens.digest(device),
        sender=sender,
        defaults={"expires_at": clock.now() + DEVICE_LIFE},
    )


def meet(pitch: Pitch) -> Sender:
    """The sender behind a proven mailbox, made at the first proof."""
    return sender_of(pitch.email, name=pitch.name, company=pitch.company)


def sender_of(email: str, *, name: str, company: str) -> Sender:
    """The sender with this mailbox, made if there is none: for mailboxes that were proven, or that the owner brings."""
    domain = domains.registrable(email.rpartition("@")[2])
    with transaction.atomic():
        agency = None
        if domain and not domains.shared(domain):
            agency, _ = Agency.objects.get_or_create(domain=domain, defaults={"name": company})
        known = {"email": email, "name": name, "company": company, "agency": agency, "proven_at": clock.now()}
        sender, _ = Sender.objects.get_or_create(
            mailbox=domains.mailbox(email), defaults=known | {"canonical": domains.canonical(email)}
        )
    return sender
