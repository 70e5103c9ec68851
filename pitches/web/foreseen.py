"""Trying the rules: how a pitch of somebody would be received at a door now. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import opening, relationships, rules
from pitches.intake.allowance import allowance
from pitches.models import Door, Lane, Page, Rule, Sender, Standing
from pitches.web import access, rule_words
from portal import clock
from portal.templatetags.portal import day

LANES = {
    Lane.TRUSTED: gettext_lazy("First lane"),
    Lane.KNOWN: gettext_lazy("Second lane"),
    Lane.FIRST_KNOCK: gettext_lazy("Third lane"),
}
NEVER = (Standing.BLOCKED, Standing.PAUSED)


@dataclass
class Foreseen:
    """What would become of it: in a sentence, because of what, and what is in the way."""

    words: str
    why: str
    but: str = ""


@dataclass(frozen=True)
class Asked:
    """Somebody at a door, and how they are received there."""

    door: Door
    sender: Sender | None
    standing: Standing
    terms: rules.Terms


def at(page: Page, door: Door, typed: str, decided: Sequence[Rule]) -> Foreseen:
    """How somebody would be received: known by an address they proved here, or a name; all others are strangers."""
    found: list[Any] = access.people_met(page, typed) if typed else []
    sender = next((one for one in found if one.came), None)
    aside = _asked(page, door, sender or next(iter(found), None), decided)
    if aside.standing in NEVER:  # by the owner's own word, whoever proved what
        return Foreseen(_refused(aside), _because(aside))
    asked = _asked(page, door, sender, decided)
    why = _because(asked) if sender else _stranger(asked, typed, found, decided)
    others = [one.email for one in found if one.came and one != sender]
    if others:
        words = {"email": sender.email if sender else "", "others": ", ".join(others)}
        why = _("%(why)s This is %(email)s; the same name have: %(others)s.") % (words | {"why": why})
    return Foreseen(_received(page, asked), why, _in_the_way(page, asked))


def _asked(page: Page, door: Door, sender: Sender | None, decided: Sequence[Rule]) -> Asked:
    standing = relationships.standing_of(page, sender, door)
    agency = sender.agency_id if sender else None
    return Asked(door, sender, standing, rules.nearest(decided, standing, door.pk, agency))


def _refused(asked: Asked) -> str:
    if asked.standing == Standing.PAUSED and asked.sender:
        until = relationships.paused_until(asked.door.page, asked.sender, asked.door)
        return _("Turned away until %(day)s.") % {"day": day(until, asked.door.page.timezone)}
    return _("Turned away.")


def _received(page: Page, asked: Asked) -> str:
    hour = rule_words.promised(page, asked.terms.lane)
    words = {"lane": LANES[asked.terms.lane], "left": _left(asked), "places": asked.terms.places}
    if hour is None:
        return _("%(lane)s, %(left)s of %(places)s left, %(promise)s.") % (
            words | {"promise": rule_words.promise(page, asked.terms.lane)}
        )
    return _("%(lane)s, %(left)s of %(places)s left, read on %(day)s.") % (words | {"day": day(hour, page.timezone)})


def _left(asked: Asked) -> int:
    kept = allowance(asked.door, asked.sender, asked.standing) if asked.sender else None
    return kept.left if kept else asked.terms.places


def _because(asked: Asked) -> str:
    """The standing at the door, and whose rule it follows."""
    sender: Any = asked.sender
    words = {
        "name": sender.called if sender else _("A stranger"),
        "standing": asked.standing.label,
        "door": asked.door.name,
        "agency": sender.agency.domain if sender and sender.agency else "",
    }
    return {
        "agency": _("%(name)s stands as “%(standing)s” at %(door)s, and your exception for %(agency)s gives the lane."),
        "door": _("%(name)s stands as “%(standing)s” at %(door)s, and your exception for this door gives the lane."),
        "standing": _("%(name)s stands as “%(standing)s” at %(door)s, and your rules give the lane."),
    }.get(asked.terms.by, _("%(name)s stands as “%(standing)s” at %(door)s.")) % words


def _stranger(asked: Asked, typed: str, found: Sequence[Sender], decided: Sequence[Rule]) -> str:
    """Why it is a stranger, and what they are as soon as they prove the address."""
    if not typed:
        return _because(asked)
    if "@" not in typed and not found:
        return _("Nobody of this name has come to your page, so it is a stranger.")
    page = asked.door.page
    once = _asked(page, asked.door, found[0] if found else access.somebody_at(page, typed), decided)
    if (once.standing, once.terms.lane) == (asked.standing, asked.terms.lane):
        return _("Nobody has proved this address to you, so it is a stranger.")
    said = _("Nobody has proved this address to you, so it is a stranger. As soon as it is proven: “%(standing)s”.")
    return said % {"standing": once.standing.label}


def _in_the_way(page: Page, asked: Asked) -> str:
    """Why it would not get in just now, whatever its lane."""
    now, door = clock.now(), asked.door
    stands = opening.of(door, now)
    no_date = page.reading and rule_words.promised(page, asked.terms.lane) is None
    weekly = asked.standing in opening.WEEKLY and door.full_until and door.full_until > now
    found = {
        _("Just now the door is shut, for everybody."): stands.look == "shut" and not stands.by_itself,
        _("The door opens for them with a key only."): rules.needs_key(asked.terms, asked.standing, door),
        _("One of theirs waits behind this door already, and there may be one at a time."): _waits(page, asked),
        _("The places of this week are taken, so they need a key."): weekly,
        _("They have used all of theirs in the last 30 days."): not _left(asked),
        _("No date can be promised, so the door is shut for them."): no_date,
    }
    return next((words for words, true in found.items() if true), "")


def _waits(page: Page, asked: Asked) -> bool:
    if asked.sender is None:
        return False
    return access.pitches_of(page).filter(sender=asked.sender, door=asked.door).waiting_as_told(clock.now()).exists()
