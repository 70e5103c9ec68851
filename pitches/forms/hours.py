"""When and how much the owner reads: reading hours, zone, session, promise, quiet time, holiday."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pitches.forms.merging import merged
from pitches.models import Page
from pitches.models.page import WEEKDAYS
from portal import clock, zones

HOURS = {
    "tue_fri": (gettext_lazy("Tuesday and Friday, 09:00"), ["TUE 09:00", "FRI 09:00"]),
    "weekdays": (gettext_lazy("Every weekday, 09:00"), [f"{day} 09:00" for day in WEEKDAYS[:5]]),
    "friday": (gettext_lazy("Friday afternoon, 15:00"), ["FRI 15:00"]),
    "own": (gettext_lazy("My own times"), []),
}
NONE = ("none", gettext_lazy("No reading hour"))
DAYS = (
    ("", "–"),
    *zip(
        WEEKDAYS,
        (
            *(gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday")),
            *(gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday")),
        ),
        strict=True,
    ),
)
EMPTY_ROWS, MOST_ROWS = 3, 21
MOST_CARDS = 200
LONGEST_HOLIDAY = 183  # days; Page.hours_from() looks a year ahead


class ZoneField(forms.ChoiceField):
    """A time zone: regions with their cities, and how far each is from UTC now. Old names are still understood."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Your time zone"),
            choices=self.offered,
            error_messages={"invalid_choice": gettext_lazy("Choose a city from the list.")},
        )

    @staticmethod
    def offered() -> list[tuple[str, list[tuple[str, str]]]]:
        """As it is today; the clocks of a zone change at most twice a year."""
        return zones.grouped(clock.now().replace(minute=0, second=0, microsecond=0))

    def with_present(self, zone: str) -> None:
        """Offer this one too: a browser may still say Asia/Calcutta."""
        there = any(zone == name for _region, found in self.offered() for name, _city in found)
        if not there and self.valid_value(zone):
            now = f"{zones.place(zone)}, {zones.offset(zone, clock.now())}"
            self.choices = [(_("Now"), [(zone, now)]), *self.offered()]

    def valid_value(self, value: Any) -> bool:
        """Any zone that people live in."""
        return value in zones.lived_in()


def _moment(kind: str) -> forms.Widget:
    formats = {"time": "%H:%M", "date": "%Y-%m-%d"}
    widget = forms.TimeInput if kind == "time" else forms.DateInput
    return widget({"type": kind}, format=formats[kind])


def whole(label: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    """A whole number within bounds, with a sentence that names them."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        error_messages={
            name: format_lazy(gettext_lazy("Write a whole number from {least} to {most}."), least=least, most=most)
            for name in ("invalid", "required", "min_value", "max_value")
        },
    )


class HoursForm(forms.Form):
    """All of /desk/hours. Weekdays and times are rows, with some empty ones at the end."""

    hours = forms.ChoiceField(
        label=gettext_lazy("When you read"),
        choices=[*((key, label) for key, (label, _hours) in HOURS.items()), NONE],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose when you read.")},
    )
    timezone = ZoneField()
    cards = whole(gettext_lazy("Pitches in one session"), 1, MOST_CARDS, gettext_lazy("Thirty take about ten minutes"))
    newcomer_percent = whole(
        gettext_lazy("Kept for newcomers, in percent"), 0, 100, gettext_lazy("So that nobody waits for ever")
    )
    promise_days = whole(
        gettext_lazy("The furthest date to promise, in days"),
        1,
        90,
        gettext_lazy("Doors close before a first acquaintance would have to wait longer"),
    )
    lapse_days = whole(
        gettext_lazy("Days until no answer means no"),
        7,
        90,
        gettext_lazy("For pitches from now on. What waits already keeps its date."),
    )
    digest = forms.BooleanField(label=gettext_lazy("One email when the hour begins"), required=False)
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=_moment("time"))
    quiet_to = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=_moment("time"))
    holiday_from = forms.DateField(label=gettext_lazy("Away from"), required=False, widget=_moment("date"))
    holiday_until = forms.DateField(
        label=gettext_lazy("Away until, that day too"), required=False, widget=_moment("date")
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, page: Page, typed: Any = None) -> None:
        """`data` is checked; `typed` is only shown again, with more rows."""
        self.page = page
        shown = _initial(page) if typed is None else {"digest": False} | typed.dict()
        super().__init__(data, initial=shown)
        sent = data if data is not None else typed
        rows = max(len(page.reading), sum(name.startswith("day_") for name in sent or ()))
        for number in range(min(rows + (EMPTY_ROWS if data is None else 0), MOST_ROWS)):
            self._add_row(number)
        zone = self.fields["timezone"]
        assert isinstance(zone, ZoneField)
        zone.with_present(page.timezone)

    @classmethod
    def merged(cls, typed: QueryDict, page: Page, theirs: Iterable[str]) -> "HoursForm":
        """What was typed, with what only somebody else changed, for the version that there is now."""
        now, names = _initial(page), ["seen", *map(cls.field_of, theirs)]
        if "reading" in theirs:
            names += [name for name in {*typed, *now} if name.startswith(("day_", "time_"))]
        return cls(merged(typed, now, names), page=page)

    @staticmethod
    def field_of(name: str) -> str:
        """The field in which something of a page is asked for."""
        return {"reading": "hours", "newcomer_share": "newcomer_percent"}.get(name, name)

    @property
    def own(self) -> bool:
        """Are the owner's own times what counts, or what is wrong?"""
        return self["hours"].value() == "own" or any(day.errors or at.errors for day, at in self.rows())

    def _add_row(self, number: int) -> None:
        said = {"number": number + 1}
        day, at = _("Day of time %(number)s") % said, _("Time %(number)s") % said
        self.fields[f"day_{number}"] = forms.ChoiceField(label=day, choices=DAYS, required=False)
        self.fields[f"time_{number}"] = forms.TimeField(label=at, required=False, widget=_moment("time"))

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Pairs of a day and a time, to be drawn beside each other."""
        for name in self.fields:
            if name.startswith("day_"):
                yield self[name], self[name.replace("day", "time")]

    # ── what contradicts itself ──────────────────────────────────────────────
    def clean(self) -> dict[str, Any]:
        """Every contradiction gets its sentence at the field."""
        data = super().clean() or {}
        own = self._own_times(data)
        data["reading"] = own if data.get("hours") == "own" else HOURS.get(data.get("hours", ""), ("", []))[1]
        if data.get("hours") == "own" and not own and not self.errors:
            self.add_error("hours", _("Write at least one time, or choose “No reading hour”."))
        shown = (self.page.reading, *(hours for _label, hours in HOURS.values()))
        if data.get("hours") not in (None, "own") and own not in [sorted(rows, key=_order) for rows in shown]:
            self.add_error("hours", _("You changed your own times. Choose “My own times”, or put the rows back."))
        self._quiet(data)
        self._holiday(data)
        self._promise(data)
        if not self.errors:
            self._lapse(data)
        return data

    def _own_times(self, data: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for day, at in self.rows():
            weekday, hour = data.get(day.name), data.get(at.name)
            if bool(weekday) != (hour is not None) and not {day.name, at.name} & set(self.errors):
                missing = (at.name, _("Say at what time.")) if weekday else (day.name, _("Say on which day."))
                self.add_error(*missing)
            elif weekday and hour is not None:
                row = f"{weekday} {hour:%H:%M}"
                if row in found:
                    self.add_error(at.name, _("This time is there twice."))
                found.append(row)
        return sorted(found, key=_order)

    def _quiet(self, data: dict[str, Any]) -> None:
        start, end = data.get("quiet_from"), data.get("quiet_to")
        if (start is None) != (end is None) and not {"quiet_from", "quiet_to"} & set(self.errors):
            missing = "quiet_to" if end is None else "quiet_from"
            self.add_error(missing, _("Give both ends of your quiet time, or neither."))
        elif start is not None and start == end:
            self.add_error("quiet_to", _("Quiet time ends when it begins. Give it another end, or leave both empty."))

    def _holiday(self, data: dict[str, Any]) -> None:
        start, end = data.get("holiday_from"), data.get("holiday_until")
        if {"holiday_from", "holiday_until", "timezone"} & set(self.errors):
            return
        today = clock.now().astimezone(zones.named(data["timezone"])).date()
        if (start is None) != (end is None):
            missing = "holiday_until" if end is None else "holiday_from"
            self.add_error(missing, _("Give the first and the last day, or neither."))
        elif start and end and end < start:
            self.add_error("holiday_until", _("The last day is before the first one."))
        elif start and end and end < today:
            if (start, end) == (self.page.holiday_from, self.page.holiday_until):
                data["holiday_from"] = data["holiday_until"] = None  # it is over, and nobody touched it
            else:
                self.add_error("holiday_until", _("This day has passed."))
        elif start and end and (end - start).days >= LONGEST_HOLIDAY:
            self.add_error("holiday_until", _("That is more than half a year. Close your doors for so long."))

    def _promise(self, data: dict[str, Any]) -> None:
        promise, lapse = data.get("promise_days"), data.get("lapse_days")
        if promise and lapse and promise > lapse:
            said = _("A pitch lapses after %(days)s days, so no later date can be promised.") % {"days": lapse}
            self.add_error("promise_days", said)

    def _lapse(self, data: dict[str, Any]) -> None:
        days = longest_gap(data["reading"], data["timezone"], data["holiday_from"], data["holiday_until"])
        if data["lapse_days"] < days:
            said = ngettext(
                "Your next two reading hours are up to %(days)s day apart. A pitch must wait at least that long.",
                "Your next two reading hours are up to %(days)s days apart. A pitch must wait at least that long.",
                days,
            )
            self.add_error("lapse_days", said % {"days": days})

    def settings(self) -> dict[str, Any]:
        """As doors.keep_settings() takes them."""
        data = self.cleaned_data
        same = ("reading", "timezone", "cards", "promise_days", "lapse_days", "digest", "quiet_from", "quiet_to")
        now, percent = self.page.newcomer_share, data["newcomer_percent"]
        share = now if percent == round(now * 100) else percent / 100
        found = {name: data[name] for name in (*same, "holiday_from", "holiday_until")}
        return found | {"newcomer_share": share}


def _order(hour: str) -> tuple[int, str]:
    day, _space, at = hour.partition(" ")
    return WEEKDAYS.index(day), at


def _initial(page: Page) -> dict[str, Any]:
    same = ("timezone", "cards", "promise_days", "lapse_days", "digest", "quiet_from", "quiet_to")
    found = {name: getattr(page, name) for name in (*same, "holiday_from", "holiday_until")}
    preset = next((key for key, (_label, hours) in HOURS.items() if hours == page.reading), "own")
    hours = preset if page.reading else "none"
    for number, row in enumerate(page.reading):
        found[f"day_{number}"], _space, found[f"time_{number}"] = row.partition(" ")
    return found | {"hours": hours, "newcomer_percent": round(page.newcomer_share * 100), "seen": page.version}


def longest_gap(reading: list[str], zone: str, away_from: date | None, away_until: date | None) -> int:
    """Days between two reading hours at the most, holiday included; 0 without reading hours."""
    if not reading:
        return 0
    page = Page(reading=reading, timezone=zone, holiday_from=away_from, holiday_until=away_until)
    today = page.local_date(clock.now())
    first, last = (
        min(away_from or today, today) - timedelta(days=8),
        max(away_until or today, today) + timedelta(days=15),
    )
    days = []
    for hour in page.hours_from(datetime.combine(first, time(), page.zone)):
        days.append(page.local_date(hour))
        if days[-1] > last:
            break
    return max(((later - day).days for day, later in pairwise(days)), default=0)
