"""Display only: moments in the reader's words, icons, initials, form controls. A builtin of every template."""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portal import clock, icons, links

register = template.Library()
FAR = timedelta(days=180)  # beyond this a date says its year


# ── words ────────────────────────────────────────────────────────────────────
@register.filter(is_safe=True)
def quoted(words: str) -> str:
    """Somebody's words between the quotation marks of the reader's language."""
    return _("“%(line)s”") % {"line": words}


# ── moments ──────────────────────────────────────────────────────────────────
def zone_of(name: str | tzinfo | None) -> tzinfo:
    """The zone of this name, or the reader's own when there is none or nobody knows it."""
    if isinstance(name, tzinfo):
        return name
    try:
        return zoneinfo.ZoneInfo(name) if name else timezone.get_current_timezone()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_current_timezone()


def _day_format(day: date) -> str:
    far = abs(day - clock.now().date()) > FAR
    # Translators: Django date format letters, for a day such as "Sunday 2 June 2026".
    return pgettext("date format", "l j F Y") if far else pgettext("date format", "l j F")


@register.filter
def day(moment: date | datetime | None, zone: str | tzinfo | None = None) -> str:
    """A day such as "Sunday 2 June", with the year when it is far."""
    if not moment:
        return ""
    local = moment.astimezone(zone_of(zone)).date() if isinstance(moment, datetime) else moment
    return date_format(local, _day_format(local))


@register.filter
def at(moment: datetime | None, zone: str | tzinfo | None = None) -> str:
    """A time of day such as "09:00"."""
    # Translators: Django date format letters, for a time of day such as "09:00".
    return date_format(moment.astimezone(zone_of(zone)), pgettext("date format", "H:i")) if moment else ""


@register.filter
def when(moment: datetime | None, zone: str | tzinfo | None = None) -> str:
    """A moment such as "Tuesday 14 May, 09:00" in the given zone, or in the reader's."""
    if not moment:
        return ""
    return _("%(day)s, %(time)s") % {"day": day(moment, zone), "time": at(moment, zone)}


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, in the fewest letters: "now", "5 min", "3 h", "2 d"."""
    if not moment:
        return ""
    passed = int((clock.now() - moment).total_seconds())
    if passed < 60:
        return _("now")
    if passed < 3600:
        return _("%(count)s min") % {"count": passed // 60}
    if passed < 86400:
        return _("%(count)s h") % {"count": passed // 3600}
    return _("%(count)s d") % {"count": passed // 86400}


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago, in words: "3 hours ago"."""
    if not moment:
        return ""
    if clock.now() - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, clock.now(), depth=1)}


@register.filter
def zone_city(zone: str | tzinfo | None) -> str:
    """The city of a zone: "Europe/Lisbon" is "Lisbon"."""
    return str(zone or timezone.get_current_timezone_name()).rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def in_parts(address: str) -> list[str]:
    """An address in the parts between which a line may break: after a dot, a slash or a question mark."""
    return re.findall(r"[^./?&]*[./?&]+|[^./?&]+$", address)


@register.simple_tag
def both_zones(moment: datetime | None, zone: str) -> str:
    """A moment in the owner's zone and, if it reads differently there, in the reader's."""
    if not moment:
        return ""
    city = zone_city(zone)
    words = _("%(moment)s UTC") if city == "UTC" else _("%(moment)s %(city)s time")
    there = words % {"moment": when(moment, zone), "city": city}
    here = timezone.get_current_timezone()
    known = str(here) != settings.TIME_ZONE  # the default zone only means that nobody told us
    if not known or moment.astimezone(here).utcoffset() == moment.astimezone(zone_of(zone)).utcoffset():
        return there
    same_day = moment.astimezone(here).date() == moment.astimezone(zone_of(zone)).date()
    mine = at(moment, here) if same_day else when(moment, here)
    return _("%(there)s, which is %(mine)s for you") % {"there": there, "mine": mine}


@register.filter
def minutes(seconds: float | None) -> str:
    """A duration in whole minutes, at least one: "10 minutes"."""
    count = max(1, round((seconds or 0) / 60))
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


@register.filter
def seconds(count: float | None) -> str:
    """A duration in seconds: "14 seconds"."""
    whole = max(1, round(count or 0))
    return ngettext("%(count)s second", "%(count)s seconds", whole) % {"count": whole}


# ── drawings ─────────────────────────────────────────────────────────────────
@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline drawing by name; portal/icons.py lists them."""
    return mark_safe(icons.drawn(name))  # noqa: S308 (our own drawings)


@register.inclusion_tag("components/portrait.html")
def portrait(name: str, paint: str = "green", picture: str = "") -> dict[str, str]:
    """Somebody's picture, or their initials on a painted arch."""
    words = [word for word in re.split(r"[\s\-]+", name or "") if word[:1].isalnum()]
    chosen = [words[0], words[-1]] if len(words) > 1 else words
    initials = "".join(word[0] for word in chosen).upper()
    return {
        "initials": initials,
        "paint": paint if paint in icons.PAINTS else "green",
        "picture": picture,
    }


# ── addresses ────────────────────────────────────────────────────────────────
@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """This page's query string with these parameters changed; None removes one."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        asked.pop(name, None)
        if value is not None:
            asked[name] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"


@register.simple_tag
def absolute(name: str, *args: object) -> str:
    """The whole address of a page of ours, for those who read it elsewhere: {% absolute "public:card" handle %}."""
    return links.absolute(reverse(name, args=args))


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme this reader switched to: light, dark, or nothing to follow the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in {"light", "dark"} else ""


# ── form fields ──────────────────────────────────────────────────────────────
@register.filter
def count_of(field: BoundField) -> int | None:
    """How many characters the field counts down from, if its widget says so with data-count."""
    return field.field.widget.attrs.get("data-count")


@register.filter
def target(field: BoundField) -> str:
    """The id that a link to this field leads to: the first choice when there are several."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control alone, told where its hint, its error and its count stand."""
    if field.use_fieldset:
        return field.as_widget()
    plain = {"placeholder": False}  # a label stands above every field; a placeholder would only repeat it
    said: Mapping[str, object] = {
        "helptext": field.help_text,
        "error": field.errors,
        "count": count_of(field),
    }
    ids = " ".join(f"{field.auto_id}_{part}" for part, there in said.items() if there)
    return field.as_widget(attrs=plain | ({"aria-describedby": ids} if ids else {}))
