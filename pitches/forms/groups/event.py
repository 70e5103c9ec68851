"""Event: when and where, who pays the journey, whether coverage is expected."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from pitches.forms.fields import Either, Moment, Text
from pitches.forms.groups.base import Errors, Fields, Group, Values
from pitches.models import Page
from portal import clock


def fields() -> Fields:
    """A date and a place; the rest may stay unsaid."""
    yes, no, unsaid = ("yes", _("Yes")), ("no", _("No")), _("Not said")
    return {
        "starts": Moment(
            label=_("When does it start?"),
            help_text=_("The time where it happens"),
            error_messages={"required": _("Say when it starts.")},
        ),
        "place": Text(
            label=_("Where is it?"),
            max_length=160,
            error_messages={"required": _("Say where it is, or that it is online.")},
        ),
        "travel": Either(label=_("Is the journey paid for?"), yes=yes, no=no, unsaid=unsaid, required=False),
        "coverage_expected": Either(label=_("Is coverage expected?"), yes=yes, no=no, unsaid=unsaid, required=False),
    }


def check(values: Values, page: Page) -> Errors:
    """The day, as it is written, has not passed for the owner."""
    starts = values["starts"]
    day = starts.date() if isinstance(starts, datetime) else starts
    if day and day < page.local_date(clock.now()):
        return {"starts": _("This day has passed. Give a later one.")}
    return {}


EVENT = Group(
    name="event",
    title=_("The event"),
    fields=fields,
    needs=("starts", "place"),
    folded=("travel", "coverage_expected"),
    fold=_("Add the journey or what is expected"),
    check=check,
)
