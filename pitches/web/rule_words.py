"""Rules in words: whom an exception is for, what it says, which of two counts, and what would be promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pitches import ledge, opening, rules
from pitches.forms.rules import DOORS, LANES
from pitches.models import Door, DoorState, Lane, Page, Rule, Standing
from pitches.models.relationship import LADDER
from portal import clock
from portal.templatetags.portal import day

LANE_WORDS, DOOR_WORDS = dict(LANES), dict(DOORS)
COLUMN_WORDS = {
    "lane": gettext_lazy("the lane"),
    "opens": gettext_lazy("the doors"),
    "places": gettext_lazy("how many pitches"),
}


@dataclass
class Row:
    """One exception: for whom, what it says, and what hides it. A door that is closed to a standing has no rule."""

    about: str
    says: list[str]
    rule: Rule | None = None
    door: Door | None = None
    standing: str = ""
    hidden: list[str] = field(default_factory=list)


def exceptions(decided: Sequence[Rule], doors: Iterable[Door]) -> list[Row]:
    """Every exception of a page, those that all may see at a door first."""
    found = [_closed(door, standing) for door in doors for standing in closed_to(door)]
    own = [rule for rule in decided if rules.kind(rule) != "standing"]
    rows = {rule.pk: Row(about(rule), says(rule), rule) for rule in own}
    for overlap in rules.overlaps(own):
        columns = ", ".join(str(COLUMN_WORDS[name]) for name in overlap.columns)
        said = _("Where both are meant, “%(other)s” counts for %(columns)s: it is nearer.")
        rows[overlap.farther.pk].hidden.append(said % {"other": about(overlap.nearer), "columns": columns})
    return [*found, *rows.values()]


def closed_to(door: Door) -> list[Standing]:
    """The standings that a door is closed to. One by invitation says so itself."""
    invited = (Standing.STRANGER, Standing.INTRODUCED) if door.state == DoorState.INVITED else ()
    return [standing for standing in LADDER if standing not in (*door.tiers, *invited)]


def _closed(door: Door, standing: Standing) -> Row:
    words = {"door": door.name, "standing": standing.label}
    said = [_("Closed without a key; it says so at the door")]
    return Row(_("At %(door)s, from “%(standing)s”") % words, said, door=door, standing=standing.value)


def about(rule: Rule) -> str:
    """Whom an exception is for."""
    words = {
        "door": rule.door.name if rule.door else "",
        "agency": rule.agency.domain if rule.agency else "",
        "standing": Standing(rule.standing).label if rule.standing else "",
    }
    if rule.door and rule.agency:
        some = _("At %(door)s, from %(agency)s, where they are “%(standing)s”")
        return (some if rule.standing else _("At %(door)s, from %(agency)s")) % words
    if rule.door:
        some = _("At %(door)s, from “%(standing)s”")
        return (some if rule.standing else _("At %(door)s, from everybody")) % words
    some = _("From %(agency)s, where they are “%(standing)s”")
    return (some if rule.standing else _("From %(agency)s, at every door")) % words


def says(rule: Rule) -> list[str]:
    """What an exception says, column by column."""
    said = []
    if rule.lane:
        said.append(_("Lane: %(lane)s") % {"lane": LANE_WORDS[rule.lane]})
    if rule.opens:
        said.append(_("Doors: %(doors)s") % {"doors": DOOR_WORDS[rule.opens]})
    if rule.places is not None:
        words = ngettext("%(count)s pitch in 30 days", "%(count)s pitches in 30 days", rule.places)
        said.append(words % {"count": rule.places})
    return said


# ── the promise ──────────────────────────────────────────────────────────────
def promises(page: Page, decided: Sequence[Rule]) -> dict[Standing, str]:
    """What a sender of each standing would be promised now, where no exception is meant for them."""
    lanes = {standing: rules.nearest(decided, standing, None, None).lane for standing in LADDER}
    said = {lane: promise(page, lane) for lane in set(lanes.values())}
    return {standing: said[lane] for standing, lane in lanes.items()}


def promise(page: Page, lane: Lane) -> str:
    """The day that a receipt would name now, or that there is none."""
    hour = promised(page, lane)
    if hour:
        return day(hour, page.timezone)
    if not page.reading:
        return _("no date, without a reading hour")
    return _("no date within %(days)s days") % {"days": min(page.promise_days, page.lapse_days)}


def promised(page: Page, lane: Lane) -> datetime | None:
    """When one more pitch in this lane would be read, if that may be promised. Two queries."""
    first = page.next_hour(clock.now())
    hour = ledge.promised(page, lane) if first else None
    return hour if hour and (hour <= opening.latest_promise(page) or hour == first) else None
