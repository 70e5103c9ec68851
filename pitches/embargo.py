"""Embargo: what is sealed is read by nobody before the owner accepts its terms, or the moment has come.

It rests encrypted in a table of its own, and is forgotten when the pitch ends without acceptance.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pitches import lifecycle
from pitches.models import Answer, AnswerKind, Embargo, Event, Fact, Pitch, PitchState
from pitches.models.pitch import MOVE_LIFE, TAKEN_BACK
from portal import clock, tokens
from portal.models import User

OVER = frozenset({PitchState.WITHDRAWN, PitchState.LAPSED})
REFUSED = OVER | {PitchState.DECLINED, PitchState.WRONG_DOOR}  # nobody accepts terms after that


class TermsChanged(Exception):
    """The terms are not those that were looked at."""


@dataclass(frozen=True)
class Secret:
    """What is to be sealed, the moment at which it lifts, and the zone in which the sender named that."""

    text: str = field(repr=False)
    lifts_at: datetime
    zone: str


def _purpose(pitch: Pitch) -> str:
    return f"embargo:{pitch.seed}"  # a row that was copied to another pitch does not open


# ── the sender ───────────────────────────────────────────────────────────────
def seal(pitch: Pitch, secret: Secret | None) -> None:
    """Seal the words of a pitch, or those that came in their place. Part of the writer's transaction."""
    if secret is None:
        Embargo.objects.filter(pitch=pitch).delete()
        return
    locked = tokens.lock(_purpose(pitch), secret.text)
    facts = {"lifts_at": secret.lifts_at, "zone": secret.zone, "sealed": locked}
    Embargo.objects.update_or_create(pitch=pitch, defaults=facts)


def seal_again(pitch: Pitch, secret: Secret) -> None:
    """Seal what came in the place of other words. Who accepted other terms has not accepted these."""
    seal(pitch, secret)
    row = Embargo.objects.get(pitch=pitch)
    if row.accepted_at and row.accepted_digest != digest(terms(pitch, row)):
        Embargo.objects.filter(pk=row.pk).update(
            accepted_at=None, accepted_by=None, accepted_text="", accepted_digest=""
        )


def own_words(pitch: Pitch, row: Embargo | None = None) -> str:
    """What the sender sealed, for whoever holds the link of the pitch; nothing once it is gone."""
    row = row or of(pitch)
    return _open(pitch, row) if row else ""


def of(pitch: Pitch) -> Embargo | None:
    """The embargo of a pitch. Asks the database only where there may be one."""
    return Embargo.objects.filter(pitch=pitch).first() if "news" in pitch.groups else None


def _open(pitch: Pitch, row: Embargo) -> str:
    try:
        return tokens.unlock(_purpose(pitch), row.sealed) if row.sealed else ""
    except InvalidToken:  # LINK_KEY was changed
        return ""


# ── the owner ────────────────────────────────────────────────────────────────
def moment(when: datetime, zone: str) -> str:
    """A moment that can be read in one way only: "Sunday 29 March 2026, 09:00 London time (UTC+01:00)"."""
    local = when.astimezone(ZoneInfo(zone))
    offset = local.isoformat()[-6:]
    day, time = (date_format(local, pgettext("date format", form)) for form in ("l j F Y", "H:i"))
    words = {
        "when": _("%(day)s, %(time)s") % {"day": day, "time": time},
        "city": zone.rsplit("/", 1)[-1].replace("_", " "),
    }
    return _("%(when)s %(city)s time (UTC%(offset)s)") % (words | {"offset": offset})


def terms(pitch: Pitch, row: Embargo) -> str:
    """The terms as the owner reads them, word for word what is kept if they are accepted."""
    theirs, mine = moment(row.lifts_at, row.zone), moment(row.lifts_at, pitch.page.timezone)
    words = {"company": pitch.company, "theirs": theirs, "mine": mine, "own": pitch.groups["news"].get("terms", "")}
    lines = [_("What %(company)s has sealed is kept to yourself until %(theirs)s.") % words]
    if mine != theirs:
        lines.append(_("For you that is %(mine)s.") % words)
    if words["own"]:
        lines.append(_("They also ask: “%(own)s”") % words)
    return "\n".join(lines)


def digest(text: str) -> str:
    """The SHA-256 of the terms."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def accept(pitch: Pitch, *, by: User, seen: str = "") -> bool:
    """Accept the terms: from now on the owner reads what is sealed. False if there is nothing to accept any more.

    `seen` is the digest of the terms that were looked at; raises TermsChanged when they are others now.
    """
    row = Embargo.objects.select_for_update().filter(pitch=pitch, sealed__isnull=False).first()
    if row is None or row.accepted_at or pitch.state in REFUSED:
        return False
    text = terms(pitch, row)
    if seen and seen != digest(text):
        raise TermsChanged
    row.accepted_at, row.accepted_by = clock.now(), by
    row.accepted_text, row.accepted_digest = text, digest(text)
    row.save(update_fields=["accepted_at", "accepted_by", "accepted_text", "accepted_digest"])
    lifecycle.record(Fact.TERMS_AGREED, pitch.page, pitch, by=by)
    return True


def lifted(row: Embargo) -> bool:
    """Has the moment come?"""
    return row.lifts_at <= clock.now()


def is_open(pitch: Pitch, row: Embargo) -> bool:
    """May the owner read it: were the terms accepted, or has it lifted? What was taken back unread stays unread."""
    return row.accepted_at is not None or (lifted(row) and pitch.state not in OVER)


def reveal(pitch: Pitch, row: Embargo) -> str:
    """What was sealed, for the owner; nothing before it is open, and nothing when it is gone."""
    return _open(pitch, row) if is_open(pitch, row) else ""


# ── the end ──────────────────────────────────────────────────────────────────
def forget(event: Event) -> None:
    """Reaction to an end: what nobody accepted to keep is kept by nobody. An end counts once the sender is told."""
    pitch = event.pitch
    assert pitch is not None
    if "news" not in pitch.groups:
        return
    refused = pitch.answers.filter(kind=AnswerKind.NO, sent_at__isnull=False)
    stays = pitch.told_state == PitchState.WRONG_DOOR and pitch.moved_from_id is not None  # it moves only once
    if pitch.told_state == PitchState.LAPSED or stays or refused.exists():
        Embargo.objects.filter(pitch=pitch, accepted_at=None).update(sealed=None)


def forget_ended() -> int:
    """The same for what was taken back, once that can be undone no longer; for what ended in quarantine, once the day
    has come that its sender was told; and for what may be moved to another door no longer. Returns how many.
    """
    now = clock.now()
    taken_back = Q(pitch__state=PitchState.WITHDRAWN, pitch__withdrawn_at__lte=now - TAKEN_BACK)
    lapsed = Q(pitch__state=PitchState.LAPSED, pitch__told_until__lte=now)
    late = Answer.objects.filter(kind=AnswerKind.WRONG_DOOR, sent_at__lte=now - MOVE_LIFE, pitch=OuterRef("pitch"))
    stays = Q(Exists(late), pitch__state=PitchState.WRONG_DOOR)
    over = taken_back | lapsed | stays
    return Embargo.objects.filter(over, accepted_at=None, sealed__isnull=False).update(sealed=None)
