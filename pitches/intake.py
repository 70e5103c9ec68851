"""Intake: a pitch is written, its mailbox is proven, it is handed in. Typed addresses prove nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from pitches import disclosure, lifecycle, relationships
from pitches.models import (
    Agency,
    Device,
    Door,
    DoorState,
    Event,
    Fact,
    Page,
    Pitch,
    PitchState,
    Proof,
    Sender,
    Standing,
)
from portal import clock, domains, links, tokens

CODE_LIFE = timedelta(minutes=10)  # OWASP ASVS 5.0.0, 6.5.5
CODE_TRIES = 5
CODES_PER_PITCH = 5
DEVICE_LIFE = timedelta(days=90)
UNPROVEN_LIFE = timedelta(days=30)
NUDGE_AFTER = timedelta(days=7)
# How many pitches a sender may leave with one page in rolling 30 days; one taken back is not counted.
PLACES = {
    Standing.TRUSTED: 12,
    Standing.KNOWN: 6,
    Standing.INTRODUCED: 4,
    Standing.STRANGER: 3,
}
PLACES_WINDOW = timedelta(days=30)
WEEKLY = (Standing.STRANGER, Standing.INTRODUCED)  # who takes the places of a week


@dataclass
class Refused(Exception):
    """The pitch cannot be taken. `why` is a code of docs/stories.md; `until` the date that helps, if there is one."""

    why: str
    until: datetime | None = None
    number: int | None = None
    other: Pitch | None = None


@dataclass
class WrongCode(Exception):
    """The code was not taken: `wrong`, `expired` or `tries` (too many)."""

    why: str


def check_open(door: Door) -> None:
    """Raise Refused("closed") unless somebody may knock. The same for everybody, before any mailbox is known."""
    if door.state != DoorState.INVITED and not door.is_open(clock.now()):
        raise Refused(
            "closed",
            until=door.opens_at if door.opens_at and door.opens_at > clock.now() else None,
        )


def write(door: Door, answers: dict[str, Any], *, form_key: UUID, device: str = "") -> tuple[Pitch, bool]:
    """Store what was typed, still unproven. The same form key again gives the same pitch: (pitch, is it new?).

    An unproven pitch takes over what was changed; one that was handed in stays as it is. A code is mailed unless this
    device proved the mailbox before. Raises Refused("closed").
    """
    check_open(door)
    fields = _fields(door, answers)
    known = Pitch.objects.filter(form_key=form_key).select_related("page", "door").first()
    if known is None:
        try:
            with transaction.atomic():
                return _create(door, fields, form_key, device), True
        except IntegrityError:
            known = Pitch.objects.select_related("page", "door").get(form_key=form_key)
    return _rewrite(known, fields, device), False


def _fields(door: Door, answers: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in answers.items() if value is not None}
    fields["link"], fields["link_host"] = links.read(answers["link"])
    fields["label"] = disclosure.label(fields.get("groups", {}), fields["ask"])
    return fields | {"page": door.page, "door": door, "door_version": door.version}


def _create(door: Door, fields: dict[str, Any], form_key: UUID, device: str) -> Pitch:
    seed = tokens.seed()
    pitch = Pitch.objects.create(
        **fields,
        seed=seed,
        token_hash=tokens.digest(tokens.link_token("pitch", seed)),
        code=_free_reference(door.page),
        form_key=form_key,
        written_at=clock.now(),
    )
    lifecycle.begin(pitch)
    if not recognise(device, pitch.email):
        lifecycle.record(Fact.CODE_ASKED, pitch.page, pitch)
    return pitch


def _rewrite(pitch: Pitch, fields: dict[str, Any], device: str) -> Pitch:
    """Keep the newest words of an unproven pitch; a changed address needs a new code."""
    if pitch.state != PitchState.UNPROVEN:
        return pitch
    moved = pitch.email != fields["email"]
    with transaction.atomic():
        if Pitch.objects.filter(pk=pitch.pk, state=PitchState.UNPROVEN).update(**fields) and moved:
            pitch.proofs.all().delete()
            if not recognise(device, fields["email"]):
                lifecycle.record(Fact.CODE_ASKED, pitch.page, pitch)
    pitch.refresh_from_db()
    return pitch


def _free_reference(page: Page) -> str:
    prefix = page.handle.replace("-", "")[:8].upper()
    for length in (4, 4, 4, 5, 6, 8):
        code = f"{prefix}-{tokens.reference(length)}"
        if not Pitch.objects.filter(code=code).exists():
            return code
    return f"{prefix}-{tokens.reference(16)}"


def issue_code(pitch: Pitch) -> str:
    """A fresh code for an unproven pitch. Only its keyed hash is kept; older ones go on working."""
    code, salt = tokens.six_digits(), tokens.seed()
    Proof.objects.create(
        pitch=pitch,
        salt=salt,
        code_hash=tokens.code_hash(salt, code),
        expires_at=Now() + CODE_LIFE,
    )
    return code


def ask_code(pitch: Pitch) -> bool:
    """Send another code, up to five for a pitch. True if one is on its way."""
    with transaction.atomic():
        Pitch.objects.select_for_update().get(pk=pitch.pk)
        sent = pitch.events.filter(what=Fact.CODE_ASKED).count()
        if pitch.state != PitchState.UNPROVEN or sent >= CODES_PER_PITCH:
            return False
        lifecycle.record(Fact.CODE_ASKED, pitch.page, pitch)
    return True


def check_code(pitch: Pitch, typed: str) -> None:
    """Raise WrongCode unless this is a code that was mailed for the pitch and still works.

    The try is counted first and under a lock, so that parallel guesses cannot pass the limit.
    """
    code = "".join(filter(str.isdecimal, typed))
    with transaction.atomic():
        asked = list(pitch.proofs.alive().filter(tries__lt=CODE_TRIES).select_for_update())
        Proof.objects.filter(pk__in=[proof.pk for proof in asked]).update(tries=F("tries") + 1)
    if any(tokens.same(proof.code_hash, tokens.code_hash(proof.salt, code)) for proof in asked):
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


def prove(pitch: Pitch, typed: str, *, device: str) -> Pitch:
    """Prove the mailbox by its code and hand the pitch in. Raises WrongCode or Refused."""
    if pitch.state != PitchState.UNPROVEN:
        return pitch
    check_code(pitch, typed)
    sender = meet(pitch)
    remember(device, sender)
    return hand_in(pitch, sender)


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
        sender, _ = Sender.objects.get_or_create(
            mailbox=domains.mailbox(email),
            defaults={"email": email, "name": name, "company": company, "agency": agency, "proven_at": clock.now()},
        )
    return sender


def hand_in(pitch: Pitch, sender: Sender) -> Pitch:
    """Leave a pitch on the ledge in the name of a proven sender. Exactly once; raises Refused, which leaves no row."""
    try:
        with transaction.atomic():
            # Two pitches of one sender wait for each other here, so that limits cannot be passed by a race.
            Sender.objects.select_for_update().get(pk=sender.pk)
            pitch.refresh_from_db(fields=["state"])
            if pitch.state != PitchState.UNPROVEN:
                return pitch
            standing = admit(pitch, sender)
            moment = clock.now()
            lifecycle.move(
                pitch,
                PitchState.ARRIVED,
                sender=sender,
                standing=standing,
                handed_in_at=moment,
                lapses_at=moment + timedelta(days=pitch.page.lapse_days),
            )
    except lifecycle.AlreadyMoved:
        pitch.refresh_from_db()
    except Refused:
        Pitch.objects.filter(pk=pitch.pk, state=PitchState.UNPROVEN).delete()
        raise
    return pitch


def admit(pitch: Pitch, sender: Sender) -> Standing:
    """May this sender leave this pitch now? Returns the standing, or raises Refused with the number and the date."""
    page, door, now = pitch.page, pitch.door, clock.now()
    standing = relationships.standing_of(page, sender, door)
    if standing == Standing.BLOCKED:
        raise Refused("blocked")
    if standing == Standing.PAUSED:
        raise Refused("paused", until=relationships.paused_until(page, sender, door))
    check_open(door)
    if standing not in door.tiers or (door.state == DoorState.INVITED and standing in WEEKLY):
        raise Refused("tier")
    own = Pitch.objects.filter(page=page, sender=sender, handed_in_at__isnull=False).exclude(pk=pitch.pk)
    waiting = own.unfinished().filter(door=door).order_by("handed_in_at").first()
    if waiting:
        raise Refused("one_waiting", other=waiting)
    _check_places(own, standing, now)
    if standing in WEEKLY:
        _check_week(door, now)
    return standing


def _check_places(own: Any, standing: Standing, now: datetime) -> None:
    counted = own.filter(handed_in_at__gt=now - PLACES_WINDOW).exclude(state=PitchState.WITHDRAWN)
    dates = list(counted.order_by("-handed_in_at").values_list("handed_in_at", flat=True)[: PLACES[standing]])
    if len(dates) == PLACES[standing]:
        raise Refused("places", number=PLACES[standing], until=dates[-1] + PLACES_WINDOW)


def week_of(page: Page, now: datetime) -> tuple[datetime, datetime]:
    """Start and end of the owner's week: Monday 00:00 local time."""
    local = now.astimezone(page.zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return monday, monday + timedelta(days=7)


def places_left(door: Door, now: datetime) -> int | None:
    """How many first acquaintances may still knock this week; None without a limit."""
    if door.places_per_week is None:
        return None
    monday, _ = week_of(door.page, now)
    taken = Pitch.objects.filter(door=door, handed_in_at__gte=monday, standing__in=WEEKLY)
    return max(0, door.places_per_week - taken.exclude(state=PitchState.WITHDRAWN).count())


def _check_week(door: Door, now: datetime) -> None:
    if door.places_per_week is None:
        return
    # The last place of the week goes to one of two who come at once.
    Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    if not places_left(door, now):
        raise Refused("full", number=door.places_per_week, until=week_of(door.page, now)[1])


def nudge_from(pitch: Pitch) -> datetime | None:
    """From when the one nudge may be used: the first reading hour after hand-in plus seven days."""
    if not pitch.handed_in_at:
        return None
    return pitch.page.next_hour(pitch.handed_in_at + NUDGE_AFTER)


def nudge(pitch: Pitch, note: str = "") -> Event:
    """Move a waiting pitch to the top of its lane, once. It sends no notice. Raises Refused."""
    due = nudge_from(pitch)
    if pitch.told_state != PitchState.WAITING or pitch.nudged_at:
        raise Refused("unchanged" if pitch.nudged_at else "answered")
    if due is None or clock.now() < due:
        raise Refused("too_soon", until=due)
    with transaction.atomic():
        if not Pitch.objects.filter(pk=pitch.pk, nudged_at=None).update(nudged_at=clock.now()):
            raise Refused("unchanged")
        return lifecycle.record(Fact.NUDGED, pitch.page, pitch, note=note)


def reply(pitch: Pitch, text: str) -> Event:
    """The sender answers the owner's question: the pitch goes back to its lane. Raises Refused("answered")."""
    if pitch.told_state != PitchState.ASKED:
        raise Refused("answered")
    try:
        with transaction.atomic():
            lifecycle.move(pitch, PitchState.WAITING, lapses_at=_later_lapse(pitch))
            return lifecycle.record(Fact.REPLIED, pitch.page, pitch, note=text)
    except lifecycle.AlreadyMoved as gone:
        raise Refused("answered") from gone


def _later_lapse(pitch: Pitch) -> datetime:
    """An answered question leaves the owner at least one reading hour and a week."""
    assert pitch.lapses_at is not None
    back = pitch.page.next_hour(clock.now()) or clock.now()
    return max(pitch.lapses_at, back + timedelta(days=7))


def forget_unproven() -> int:
    """Delete what was never proven within 30 days. Returns how many."""
    gone = Pitch.objects.filter(state=PitchState.UNPROVEN, written_at__lt=clock.now() - UNPROVEN_LIFE)
    return gone.delete()[1].get("pitches.Pitch", 0)
