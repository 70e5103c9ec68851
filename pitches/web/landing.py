"""Why a pitch landed where it is: one sentence, from what it was given when it was handed in."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches import routing
from pitches.models import Lane, Pitch, Standing
from pitches.web import letter

LANES = (Lane.TRUSTED, Lane.KNOWN, Lane.FIRST_KNOCK)


def landed(pitch: Pitch, signs: Sequence[str], today: Lane | None = None) -> str:
    """Why it landed there; with `today`, also where it would land now, if that is elsewhere. Costs no query.

    `signs`: what screening found, in words.
    """
    said = _why(pitch, signs)
    if today and pitch.given_lane in LANES and today != pitch.given_lane:
        words = {"why": said.rstrip("."), "lane": today.label}
        return _("%(why)s; today it would come to “%(lane)s”.") % words
    if pitch.version > 1:
        return _("%(why)s; %(name)s has changed it since.") % {"why": said.rstrip("."), "name": pitch.name}
    return said


def _why(pitch: Pitch, signs: Sequence[str]) -> str:
    words = _words(pitch, signs)
    if pitch.lane == Lane.QUARANTINE:
        return _("In quarantine, because of %(signs)s; the sender is told nothing of it.") % words
    if pitch.lane == Lane.HELD:
        return _held(pitch) % words
    if not pitch.lane:
        return _("It has only just come, and gets its lane in a moment.")
    if pitch.suspect:
        return _("In “%(lane)s”, because it was restored: %(signs)s had put it into quarantine.") % words
    return (_by_rule(pitch) or _as_usual(pitch)) % words


def _words(pitch: Pitch, signs: Sequence[str]) -> dict[str, str]:
    domain = pitch.sender.agency.domain if pitch.sender and pitch.sender.agency else ""
    return {
        "name": pitch.name,
        "door": pitch.door.name,
        "agency": domain,
        "lane": str(Lane(pitch.given_lane or Lane.FIRST_KNOCK).label),
        "standing": str(Standing(pitch.standing or Standing.STRANGER).label),
        "floor": floor(pitch),
        "signs": _signs(signs),
    }


def floor(pitch: Pitch) -> str:
    """The least that the door asks for, in words."""
    least = pitch.door.floor_amount
    if least is None:
        return ""
    whole = least == least.to_integral_value()  # nobody writes the pennies of 1,500
    return f"{letter.amount(int(least) if whole else least)} {pitch.door.floor_currency}"


def _signs(signs: Sequence[str]) -> str:
    found = ngettext("%(count)s sign (%(signs)s)", "%(count)s signs (%(signs)s)", len(signs))
    return found % {"count": len(signs), "signs": ", ".join(signs)} if signs else _("what screening found")


def _held(pitch: Pitch) -> str:
    if pitch.groups.get("paid", {}).get("type") == "not_decided":
        return _("Held aside, because its budget is not decided yet; otherwise it would wait in “%(lane)s”.")
    if routing.under_the_floor(pitch):
        return _("Held aside, because this door asks for %(floor)s at least; otherwise it would wait in “%(lane)s”.")
    return _("Held aside, because it offered less than this door asked for; otherwise it would wait in “%(lane)s”.")


def _by_rule(pitch: Pitch) -> str:
    return {
        "standing": _("In “%(lane)s”, by the rules for whoever is “%(standing)s”, as %(name)s is at %(door)s."),
        "door": _("In “%(lane)s”, by the exception for %(door)s, where %(name)s is “%(standing)s”."),
        "agency": _("In “%(lane)s”, by the exception for %(agency)s; %(name)s is “%(standing)s” at %(door)s."),
    }.get(pitch.ruled, "")


def _as_usual(pitch: Pitch) -> str:
    return {
        Standing.TRUSTED: _("With the trusted people, because %(name)s is trusted at %(door)s."),
        Standing.KNOWN: _("With the known people, because %(name)s is known at %(door)s."),
        Standing.INTRODUCED: _("With the known people, because %(name)s was introduced at %(door)s."),
    }.get(
        Standing(pitch.standing or Standing.STRANGER),
        _("With the first knocks, because there is no history with %(name)s at %(door)s."),
    )
