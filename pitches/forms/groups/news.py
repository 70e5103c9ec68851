"""News: what may be said, what is sealed, and the moment at which the embargo lifts."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from pitches.forms.fields import Instant, Text, Zone
from pitches.forms.groups.base import Errors, Fields, Group, Values, said
from pitches.models import Page
from portal import clock

TEASER, SEALED, TERMS = 280, 4000, 600  # code points


def fields() -> Fields:
    """The moment with its zone, the part for everybody, the part that is sealed."""
    return {
        "lifts_at": Instant(
            label=_("When does the embargo lift?"), error_messages={"required": _("Say when the embargo lifts.")}
        ),
        "zone": Zone(label=_("In which time zone?"), required=False),
        "teaser": Text(
            label=_("What may be known now?"),
            help_text=_("Everybody who reads the pitch sees this"),
            max_length=TEASER,
            lines=True,
            rows=3,
            error_messages={"required": _("Write what may be known before the embargo lifts.")},
        ),
        "sealed": Text(
            label=_("What is sealed?"),
            max_length=SEALED,
            lines=True,
            rows=6,
            error_messages={"required": _("Write what is sealed.")},
        ),
        "terms": Text(
            label=_("Other terms"),
            help_text=_("What you ask for beside keeping it until then"),
            max_length=TERMS,
            lines=True,
            rows=3,
            required=False,
        ),
    }


def lifts(values: Values, page: Page) -> datetime:
    """The moment, in UTC. A time without offset is one of the named zone, or of the page's.

    What falls into the gap of a change to summer time moves forward; what comes twice in autumn is the first of the
    two (RFC 5545, 3.3.5).
    """
    moment: datetime = values["lifts_at"]
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(values, page), fold=0)
    return moment.astimezone(UTC)


def zone_of(values: Values, page: Page) -> ZoneInfo:
    """The zone in which the moment is named."""
    return ZoneInfo(values.get("zone") or page.timezone)


def check(values: Values, page: Page) -> Errors:
    """The moment has not come yet."""
    if values["lifts_at"] and lifts(values, page) <= clock.now():
        return {"lifts_at": _("This moment has passed, so there is no embargo. Give a later one.")}
    return {}


def keep(values: Values, page: Page) -> Values:
    """Everything but what is sealed: that is nowhere but under its seal."""
    shown = {name: value for name, value in values.items() if name != "sealed"}
    return said(shown | {"lifts_at": lifts(values, page), "zone": zone_of(values, page).key}, page)


def typed(kept: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a group, as it was typed: the moment in its zone."""
    moment, zone = datetime.fromisoformat(kept["lifts_at"]), ZoneInfo(kept["zone"])
    local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    first = local.replace(tzinfo=zone).astimezone(UTC) == moment  # else it is the second of two
    return kept | {"lifts_at": local.isoformat(timespec="minutes") if first else kept["lifts_at"]}


NEWS = Group(
    name="news",
    title=_("The news"),
    fields=fields,
    needs=("lifts_at", "teaser", "sealed"),
    folded=("terms",),
    check=check,
    keep=keep,
)
