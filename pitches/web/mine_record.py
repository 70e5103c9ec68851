"""The agency's side: the record with each page, in figures that its sender may know."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pitches import records, relationships
from pitches.intake.admission import PLACES_WINDOW
from pitches.models import PitchState, Reason
from pitches.web import access

SHOWN = 20  # pages that were pitched, on a page of the list
OUTCOMES: Mapping[str, Promise] = {
    PitchState.ASKED: _("with a question for you"),
    PitchState.WAITING: _("waiting"),
    PitchState.ACCEPTED: _("yes"),
    PitchState.DECLINED: _("not this time"),
    PitchState.WRONG_DOOR: _("wrong door"),
    PitchState.LAPSED: _("without an answer"),
    PitchState.WITHDRAWN: _("taken back"),
}
REASONS: Mapping[str, Promise] = {reason.value: reason.label for reason in Reason} | {
    Reason.NO_REASON.value: _("Without a reason"),
    Reason.NO_TIME.value: _("Not got to in time"),
    Reason.OWN_LINE.value: _("In their own words"),
}


@login_required
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Per page that was pitched: the places, what waits, how it ended and why, and what the next step needs."""
    people = access.own_people(request)
    leaf = Paginator(records.pages_of(people), SHOWN).get_page(request.GET.get("page"))
    context = {
        "place": "record",
        "boxes": access.own_mailboxes(request),
        "leaf": leaf,
        "rows": [_row(record) for record in records.of(people, list(leaf))],
        "several": len(people) > 1,
        "days": relationships.WINDOW.days,
        "places_days": PLACES_WINDOW.days,
    }
    return render(request, "mine/record.html", context)


def _row(found: records.Record) -> dict[str, object]:
    """A record in words."""
    return {
        "record": found,
        "total": found.told.total(),
        "told": [(found.told[state], words) for state, words in OUTCOMES.items() if found.told[state]],
        "reasons": [(found.reasons[reason], words) for reason, words in REASONS.items() if found.reasons[reason]],
    }
