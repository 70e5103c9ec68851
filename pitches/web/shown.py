"""What public pages show: doors as plaques, hours in words, groups of questions as sections."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pitches import opening
from pitches.forms.pitch import PitchForm
from pitches.models import Door, Page
from portal import clock
from portal.templatetags.portal import at

MONEY = ("min", "max", "value", "currency")  # shown on one line
A_YEAR = 330  # days; a month that is further away says its year


# ── doors ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Plaque:
    """A door in the street: how it is drawn, and its chip (class, icon, words)."""

    door: Door
    look: str
    chip: str
    icon: str
    words: str

    @property
    def is_open(self) -> bool:
        """May anybody knock?"""
        return self.look in ("open", "until")


def plaque(door: Door, page: Page, *, for_you: bool = False) -> Plaque:
    """A door as it stands now, in the owner's zone; `for_you`: not open to everybody, but to whoever looks."""
    found = opening.of(door, clock.now())
    if for_you:
        return Plaque(door, "open", "open", "heart", _("Open for you"))
    chip, icon = {"key": ("trusted", "key"), "shut": ("line", "cross"), "until": ("open", "clock")}.get(
        found.look, ("open", "tick")
    )
    return Plaque(door, found.look, chip, icon, _state_in_words(found, page))


def _state_in_words(found: opening.Opening, page: Page) -> str:
    until = found.until
    if found.why == "promise":
        return _("Closed for now")
    if found.look != "shut" or until is None:
        return _state_without_reason(found, page)
    if found.why == "full":
        return _("Full until %(weekday)s") % {"weekday": date_format(until.astimezone(page.zone), "l")}
    if found.why == "ended":
        return _("Closed since %(day)s") % {"day": day_month(until, page)}
    local, today = until.astimezone(page.zone), clock.now().astimezone(page.zone)
    if (local.year, local.month) == (today.year, today.month):
        return _("Opens on %(day)s") % {"day": day_month(until, page)}
    # Translators: Django date format letters, for a month such as "June 2026".
    form = "F" if (local - today).days < A_YEAR else pgettext("date format", "F Y")
    return _("Opens in %(month)s") % {"month": date_format(local, form)}


def _state_without_reason(found: opening.Opening, page: Page) -> str:
    if found.look == "until" and found.until:
        return _("Open until %(day)s") % {"day": day_month(found.until, page)}
    return {"key": _("By invitation"), "shut": _("Closed")}.get(found.look, _("Open"))


def day_month(moment: datetime, page: Page) -> str:
    """The day of a moment in the owner's zone, without a year."""
    # Translators: Django date format letters, for a day such as "30 June".
    return date_format(moment.astimezone(page.zone), pgettext("date format", "j F"))


# ── hours ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Hours:
    """When the owner reads: the next hour, how soon that is, and what comes then."""

    next: datetime | None = None
    soon: str = ""
    then: str = ""


def hours(page: Page) -> Hours:
    """The next two reading hours, in words."""
    now = clock.now()
    first, second = [*islice(page.hours_from(now), 2), None, None][:2]
    if first is None:
        return Hours()
    days = (page.local_date(first) - page.local_date(now)).days
    soon = _("today") if not days else _("tomorrow") if days == 1 else _in_days(days)
    return Hours(first, soon, _then(page, first, second))


def _in_days(days: int) -> str:
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}


def _then(page: Page, first: datetime, second: datetime | None) -> str:
    if second is None or len(page.reading) == 1:
        return _("Every week at this time.") if second else ""
    weekday = date_format(second.astimezone(page.zone), "l")
    if at(first, page.timezone) == at(second, page.timezone):
        return _("Then %(weekday)s, same time.") % {"weekday": weekday}
    return _("Then %(weekday)s, %(time)s.") % {"weekday": weekday, "time": at(second, page.timezone)}


# ── the form ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Section:
    """A group of questions: what is asked at once, the money, and what is folded away."""

    title: str
    lead: list[BoundField]
    money: dict[str, BoundField]
    folded: list[BoundField]
    fold: str = ""
    unfold: bool = field(default=False)


def sections(form: PitchForm) -> list[Section]:
    """The groups that a door asks for, as bound fields. A fold with an answer or an error in it stands open."""
    found = []
    for group in form.groups:
        bound = {name: form[f"{group.name}.{name}"] for name in form.parts[group.name]}
        money: dict[str, BoundField] = {name: bound.pop(name) for name in MONEY if name in bound}
        folded = [bound.pop(name) for name in group.folded]
        found.append(Section(str(group.title), list(bound.values()), money, folded, str(group.fold), _touched(folded)))
    return found


def unfold_optional(form: PitchForm) -> bool:
    """Should "a date or more detail" stand open?"""
    return _touched([form[name] for name in (*form.OPTIONAL, "language")])


def _touched(fields: list[BoundField]) -> bool:
    return any(bound.errors or bound.value() for bound in fields)
