"""Keeping rules. Whatever changes how somebody is received is one event, which tells of all rules before and after."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from pitches import lifecycle
from pitches.models import Agency, Door, Event, Fact, Page, Rule, Standing
from pitches.models.relationship import LADDER
from pitches.rules.usual import USUAL, kind, of
from portal.models import User

COLUMNS = ("lane", "opens", "places")
OF_PAGE = ("cards", "newcomer_share", "promise_days", "tell_me_now")  # settings of the page that decide with the rules
Plain = dict[str, Any]


class Taken(Exception):
    """There is an exception for these already."""


@dataclass
class Noted:
    """A page while its rules are changed, and the event that tells of it, if there was anything to tell."""

    page: Page
    event: Event | None = None


@dataclass(frozen=True)
class Merged:
    """What two tabs make of the table: the cells to keep, those that only the other one changed, and both did."""

    cells: Plain
    theirs: Plain
    both: Plain


@contextmanager
def noted(page: Page, *, by: User | None = None) -> Iterator[Noted]:
    """Whatever is changed within, of the rules and of OF_PAGE, is written down as one event. The page is held."""
    with transaction.atomic():
        found = Noted(Page.objects.select_for_update(no_key=True).get(pk=page.pk))
        was = _picture(found.page)
        yield found
        now = _picture(Page.objects.get(pk=page.pk))
        if now == was:
            return
        if now["rules"] != was["rules"]:
            Page.objects.filter(pk=page.pk).update(version=F("version") + 1)
        found.page = Page.objects.get(pk=page.pk)
        told = {"version": found.page.version, "was": was["rules"], "now": now["rules"]}
        note = json.dumps(told | {"page": {"was": was["page"], "now": now["page"]}})
        found.event = lifecycle.record(Fact.RULES_KEPT, found.page, by=by, note=note)


def _picture(page: Page) -> dict[str, Any]:
    return {"rules": [plain(rule) for rule in of(page)], "page": {name: getattr(page, name) for name in OF_PAGE}}


def plain(rule: Rule) -> Plain:
    """A rule as an event keeps it."""
    who = {"standing": rule.standing, "door": rule.door_id, "agency": rule.agency_id}
    return who | {name: getattr(rule, name) for name in COLUMNS}


# ── the table: one row for each standing ─────────────────────────────────────
def cells_of(rules: Iterable[Rule]) -> Plain:
    """The table cell by cell: lane_known, opens_known, places_known and so on; what is usual where nothing is said."""
    return _cells(plain(rule) for rule in rules)


def _cells(rules: Iterable[Plain]) -> Plain:
    said = {rule["standing"]: rule for rule in rules if rule["door"] is None and rule["agency"] is None}
    found: Plain = {}
    for standing in LADDER:
        for column in COLUMNS:
            own = said.get(standing, {}).get(column)
            found[f"{column}_{standing}"] = getattr(USUAL[standing], column) if own in (None, "") else own
    return found


def merge(page: Page, cells: Mapping[str, Any], *, seen: int | None) -> Merged:
    """The table as somebody wants it who looked at version `seen` of the page. Writes nothing."""
    now, before = cells_of(of(page)), _seen(page, seen)
    before = now if before is None else before
    theirs = {name for name in now if now[name] != before[name]}
    alone = {name: now[name] for name in theirs if cells.get(name, before[name]) == before[name]}
    both = {name: now[name] for name in theirs - alone.keys() if cells[name] != now[name]}
    return Merged({**now, **cells, **alone}, alone, both)


def _seen(page: Page, seen: int | None) -> Plain | None:
    """The table as it was in a version of the page; None if it has not changed since."""
    events = Event.objects.filter(page=page, what=Fact.RULES_KEPT).order_by("pk")
    notes = (json.loads(note) for note in events.values_list("note", flat=True)) if seen is not None else ()
    return next((_cells(note["was"]) for note in notes if note["version"] > (seen or 0)), None)


def write(page: Page, cells: Mapping[str, Any]) -> None:
    """Keep the table. What is as usual is not written down, so that it follows if the usual changes."""
    there = {rule.standing: rule for rule in of(page) if kind(rule) == "standing"}
    for standing in LADDER:
        said = {column: cells[f"{column}_{standing}"] for column in COLUMNS}
        own = {name: value for name, value in said.items() if value != getattr(USUAL[standing], name)}
        _write_row(
            page, standing, there.get(standing), {"lane": "", "opens": "", "places": None} | own, anything=bool(own)
        )


def _write_row(page: Page, standing: Standing, rule: Rule | None, said: Plain, *, anything: bool) -> None:
    if rule is None and anything:
        Rule.objects.create(page=page, standing=standing, **said)
    elif rule and anything:
        Rule.objects.filter(pk=rule.pk).update(**said)
    elif rule:
        rule.delete()


# ── exceptions: for a door, an agency, or both ───────────────────────────────
def add(page: Page, *, standing: str, door: Door | None, agency: Agency | None, **said: Any) -> Rule:
    """Make an exception, within noted(). Raises Taken where there is one for these already."""
    try:
        with transaction.atomic():
            return Rule.objects.create(page=page, standing=standing, door=door, agency=agency, **said)
    except IntegrityError as error:
        raise Taken from error


def drop(rule: Rule, *, by: User) -> Event | None:
    """Take an exception away: from now on what is usual counts. Doing it again changes nothing."""
    with noted(rule.page, by=by) as kept:
        Rule.objects.filter(pk=rule.pk).delete()
    return kept.event


def dropped(event: Event) -> list[Plain]:
    """The exceptions that a change took away."""
    note = json.loads(event.note)
    there = {_key(rule) for rule in note["now"]}
    gone = [rule for rule in note["was"] if _key(rule) not in there]
    return [rule for rule in gone if rule["door"] is not None or rule["agency"] is not None]


def put_back(event: Event, *, by: User) -> bool:
    """Undo drop(). False if there is another exception for these by now, or they exist no more."""
    page, wanted = event.page, dropped(event)
    with noted(page, by=by) as kept:
        there = {_key(plain(rule)) for rule in of(page)}
        for rule in wanted:
            if _key(rule) not in there and _exist(page, rule):
                names = {"door": "door_id", "agency": "agency_id"}
                Rule.objects.create(page=page, **{names.get(name, name): value for name, value in rule.items()})
    return kept.event is not None


def _key(rule: Plain) -> tuple[Any, ...]:
    return rule["standing"], rule["door"], rule["agency"]


def _exist(page: Page, rule: Plain) -> bool:
    doors, agencies = page.doors.filter(pk=rule["door"]), Agency.objects.filter(pk=rule["agency"])
    return (rule["door"] is None or doors.exists()) and (rule["agency"] is None or agencies.exists())
