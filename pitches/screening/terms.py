"""The checks of what is offered: rights, money, dates, and what kind of product it is about."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from pitches import products
from pitches.models import Pitch
from portal import clock

LONGEST_USE = 24  # months; usual are six to twelve for organic use, three to six for paid
SHORT = timedelta(days=5)  # under which creators decline a film, or ask for a rush fee
FOR_EVER = re.compile(
    r"\b(?:in perpetuity|perpetual (?:licen[cs]e|rights?|usage|use)|unlimited (?:in time|usage rights)"
    r"|for all time|forever and in all media|all media worldwide)\b",
    re.IGNORECASE,
)


def _paid(pitch: Pitch) -> dict[str, object]:
    return pitch.groups.get("paid", {})


def commission_only(pitch: Pitch) -> str:
    """Nothing is paid unless something is sold."""
    return str(_paid(pitch)["type"]) if _paid(pitch).get("type") == "commission_only" else ""


def category_exclusivity(pitch: Pitch) -> str:
    """The influencer may not work with anybody else of the trade."""
    return "category" if _paid(pitch).get("exclusivity") == "category" else ""


def final_say_brand(pitch: Pitch) -> str:
    """The brand decides what is published."""
    return "brand" if _paid(pitch).get("final_say") == "brand" else ""


def perpetual_usage(pitch: Pitch) -> str:
    """What is made may be used without an end, or nearly so: all rights, or paid use, and no months named."""
    said = FOR_EVER.search(f"{pitch.line}\n{pitch.why}\n{pitch.detail}")
    if said:
        return said.group(0)
    usage, months = _paid(pitch).get("usage"), _paid(pitch).get("months")
    if usage in ("paid_amplification", "full") and not months:
        return _("no end is named")
    too_long = usage not in (None, "", "none") and isinstance(months, (int, float)) and months > LONGEST_USE
    return _("%(months)s months") % {"months": months} if too_long else ""


def short_notice(pitch: Pitch) -> str:
    """The day on which it must be done comes within five days of the hand-in."""
    came = pitch.page.local_date(pitch.handed_in_at or clock.now()) if pitch.page_id else clock.now().date()
    days = [pitch.last_day, _day(_paid(pitch).get("publish_to")), _day(pitch.groups.get("event", {}).get("starts"))]
    first = min((day for day in days if day), default=None)
    return first.isoformat() if first and first - came < SHORT else ""


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def sensitive(pitch: Pitch) -> str:
    """A kind of product that is closed unless the owner opens it."""
    kind = products.kind_of(pitch.category)
    return str(kind.name) if kind else ""
