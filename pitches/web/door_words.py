"""Doors in words, for their owner: how each stands and why, what waits, and what was changed by whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches import opening
from pitches.doors import KEPT
from pitches.forms import content
from pitches.forms.door import ASKS, PAINTS, DoorForm, StateForm
from pitches.models import Asked, Door, DoorState, DoorVersion, Page, Standing
from pitches.web import access, lanes, shown
from portal import clock
from portal.models import User
from portal.templatetags.portal import when, zone_city

PROPOSED = timedelta(days=30)  # how long a door stays open, before the owner says otherwise


# ── the list ─────────────────────────────────────────────────────────────────
@dataclass
class Row:
    """A door in the list: how it is drawn, why it stands so, what waits behind it, and the panel of its state."""

    door: Door
    plaque: shown.Plaque
    why: str
    left: int | None
    form: StateForm
    unfolded: bool = False


def row(door: Door, form: StateForm | None = None) -> Row:
    """A door as its owner sees it. `door` comes from access.counted_doors()."""
    taken = getattr(door, "taken", 0)
    left = None if door.places_per_week is None else max(0, door.places_per_week - taken)
    return Row(door, shown.plaque(door, door.page), why(door), left, form or StateForm.of(door), form is not None)


def proposed_end(page: Page) -> datetime:
    """The evening thirty days from now."""
    return datetime.combine(page.local_date(clock.now() + PROPOSED), time(23, 59), page.zone)


def why(door: Door) -> str:
    """Why a door stands as it does, and what it does by itself."""
    found = opening.of(door)
    moment = _there(found.until, door.page)
    places = {"places": door.places_per_week, "days": door.page.promise_days, "moment": moment}
    known = _("People you know may still come.")
    return {
        "open": _("Everybody may knock."),
        "until": _("Closes by itself on %(moment)s.") % places,
        "key": _("Opens for people you know, and for whoever has a key."),
        "closed": _("Opens by itself on %(moment)s.") % places if found.until else _("Stays closed until you open it."),
        "early": _("Not open yet. Opens by itself on %(moment)s.") % places,
        "ended": _("Closed by itself on %(moment)s, and stays closed until you open it.") % places,
        "full": _("Closed itself: all %(places)s places of this week are taken. Opens by itself on %(moment)s.")
        % places
        + f" {known}",
        "promise": _(
            "Closed itself: a new pitch could not be promised a date within %(days)s days. "
            "Opens by itself when there is room."
        )
        % places
        + f" {known}",
    }[found.why or found.look]


def _there(moment: datetime | None, page: Page) -> str:
    if moment is None:
        return ""
    return _("%(moment)s %(city)s time") % {"moment": when(moment, page.zone), "city": zone_city(page.timezone)}


def turned(door: Door, waits: int) -> str:
    """What a turn of the switch led to, with what stays: "Events: closed. 2 pitches keep waiting."."""
    words = _state(door)
    if door.state != DoorState.OPEN and waits:
        keep = ngettext("%(count)s pitch keeps waiting.", "%(count)s pitches keep waiting.", waits)
        keep %= {"count": lanes.upto(waits, access.WAITING)}
        return f"{words} {keep}"
    if door.state == DoorState.OPEN and not opening.of(door).is_open:
        return f"{words} {why(door)}"
    return words


def _state(door: Door) -> str:
    """How it was left, in a sentence with its name."""
    found = opening.of(door)
    if door.state == DoorState.UNTIL and found.look == "until" and found.until:
        day = shown.day_month(found.until, door.page)
        return _("%(door)s: open until %(day)s.") % {"door": door.name, "day": day}
    if door.state == DoorState.UNTIL:
        return _("%(door)s: %(state)s.") % {"door": door.name, "state": shown.plaque(door, door.page).words}
    return {
        DoorState.OPEN: _("%(door)s: open."),
        DoorState.INVITED: _("%(door)s: by invitation."),
        DoorState.CLOSED: _("%(door)s: closed."),
    }[DoorState(door.state)] % {"door": door.name}


# ── versions ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Change:
    """One field of a door that was changed."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class Step:
    """A version of a door: when, by whom, and what was changed in it; nothing in the first."""

    at: datetime
    by: str
    changes: list[Change]


def history(versions: list[DoorVersion], page: Page, reader: User) -> list[Step]:
    """What was changed in each version, the newest first. The oldest of `versions` is only compared with."""
    steps = [Step(new.at, _who(new.by, reader), changes(old.stood, new.stood, page)) for new, old in pairwise(versions)]
    first = versions[-1:]
    return steps + [Step(one.at, _who(one.by, reader), []) for one in first if one.version == 1]


def _who(by: User | None, reader: User) -> str:
    return "" if by is None else _("You") if by == reader else by.name or by.email


def changes(before: dict[str, Any], now: dict[str, Any], page: Page) -> list[Change]:
    """What is different between two versions, in words."""
    return [
        Change(label(name), said(name, before.get(name), page), said(name, now.get(name), page))
        for name in KEPT
        if name in before and before.get(name) != now.get(name)
    ]


@dataclass(frozen=True)
class Meanwhile:
    """A field that somebody changed in another window: how it is now, who and when."""

    label: str
    now: str
    by: str
    at: datetime


def meanwhile(versions: list[DoorVersion], seen: int, page: Page, reader: User) -> list[Meanwhile]:
    """What was changed since version `seen`, each field by whoever was last. `versions`: the newest first."""
    found: dict[str, Meanwhile] = {}
    for new, old in pairwise(versions):
        if new.version <= seen:
            break
        for name in KEPT:
            if name in old.stood and new.stood.get(name) != old.stood[name] and name not in found:
                value = said(name, versions[0].stood.get(name), page)
                found[name] = Meanwhile(label(name), value, _who(new.by, reader), new.at)
    return list(found.values())


def label(name: str) -> str:
    """What a field is called on the page."""
    if name == "questions":
        return _("Questions of your own")
    return str(DoorForm.base_fields[name].label)


def said(name: str, value: Any, page: Page) -> str:
    """A value of a version, in words."""
    if value in (None, "", []):
        return _("nothing")
    if name in CHOSEN:
        words = {key: str(word) for key, word in CHOSEN[name]}
        return ", ".join(words.get(one, one) for one in ([value] if isinstance(value, str) else value))
    if name in WRITTEN:
        return WRITTEN[name](value, page)
    return " · ".join(value) if isinstance(value, list) else str(value)


def _topic(key: str, _page: Page) -> str:
    subject = content.subjects().get(key)
    return subject.path if subject else key


CHOSEN: dict[str, Iterable[tuple[str, Any]]] = {
    "state": DoorState.choices,
    "tiers": Standing.choices,
    "may_ask": Asked.choices,
    "asks": list(ASKS.items()),
    "paint": list(PAINTS.items()),
}
WRITTEN: dict[str, Callable[[Any, Page], str]] = {
    "until": lambda text, page: _there(datetime.fromisoformat(text), page),
    "opens_at": lambda text, page: _there(datetime.fromisoformat(text), page),
    "topic": _topic,
    "questions": lambda asked, _page: " · ".join(one["text"] for one in asked),
    "floor_amount": lambda text, _page: f"{Decimal(text):f}",
    "takes_files": lambda taken, _page: _("Yes") if taken else _("No"),
}
