"""The rehearsal: what the last 90 days would have been like with another rule. Asked by GET; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from pitches import rules
from pitches.forms.rehearsal import WhatIf
from pitches.models import Door, Page, PitchState
from pitches.rehearsal import Figures, Rehearsal, Yes, rehearse
from pitches.web import access
from pitches.web.owned import owned

MOST_AGENCIES = 200  # in the list of an exception
WHY = {
    "closed": gettext_lazy("The door would have been closed."),
    "tier": gettext_lazy("The door would not have opened for them."),
    "one_waiting": gettext_lazy("Another of their pitches would still have waited behind this door."),
    "places": gettext_lazy("They would have had no place left."),
    "full": gettext_lazy("The places of that week would have been taken."),
    "promise": gettext_lazy("No date could have been promised."),
    PitchState.LAPSED: gettext_lazy("It would have ended without an answer."),
    PitchState.HELD: gettext_lazy("It would have been held aside."),
}


@dataclass(frozen=True)
class Lost:
    """A yes that would not have come, or at another time, in words."""

    yes: Yes
    words: str


@owned
@require_safe
def rehearsal(request: HttpRequest, page: Page) -> HttpResponse:
    """The question, and what the days that lie behind would have been like."""
    doors = access.doors_of(page)
    agencies = access.agencies_of(page)[:MOST_AGENCIES]
    asked = WhatIf(request.GET, page=page, decided=rules.of(page), doors=doors, agencies=agencies)
    context: dict[str, Any] = {"page": page, "asked": asked, "form": asked.wrong, "rows": list(asked.table.rows())}
    if asked.wrong:
        return render(request, "desk/rehearse.html", context, status=422)
    found = rehearse(page, asked.proposal())
    return render(request, "desk/rehearse.html", context | _shown(found, list(doors)))


def _shown(found: Rehearsal, doors: list[Door]) -> dict[str, Any]:
    if not found.came:
        return {"found": found}
    then, now = found.figures(found.then), found.figures(found.now)
    yeses = [Lost(yes, _fate(yes)) for yes in found.yeses()]
    return {
        "found": found,
        "sentences": list(_sentences(found, then, now)) if not found.proposal.empty else [],
        "tables": [(_("By door"), found.doors(doors)), (_("By lane"), found.lanes())],
        "yeses": yeses,
        "off": len({one.code for one in found.off if one.what != "date"}),
    }


def _fate(yes: Yes) -> str:
    """What would have become of a yes."""
    if yes.now is None:
        return str(WHY.get(yes.why, _("It would still wait.")))
    if yes.days > 0:
        return ngettext("%(days)s day later", "%(days)s days later", yes.days) % {"days": yes.days}
    if yes.days < 0:
        return ngettext("%(days)s day earlier", "%(days)s days earlier", -yes.days) % {"days": -yes.days}
    return _("On the same day, at another hour")


# ── the figures, in sentences ────────────────────────────────────────────────
def _sentences(found: Rehearsal, then: Figures, now: Figures) -> Iterator[str]:
    yield from _cards(found, then, now)
    yield from _moved(found)
    yield from _yeses(found)
    yield _("Dates kept: %(now)s of %(all_now)s that were promised. It was %(then)s of %(all_then)s.") % {
        "now": now.kept,
        "all_now": now.promised,
        "then": then.kept,
        "all_then": then.promised,
    }
    yield _("Newcomers read: %(now)s. It was %(then)s.") % {"now": now.newcomers, "then": then.newcomers}


def _cards(found: Rehearsal, then: Figures, now: Figures) -> Iterator[str]:
    if found.saved:
        said = ngettext(
            "You would have read %(number)s pitch fewer.", "You would have read %(number)s pitches fewer.", found.saved
        )
        yield said % {"number": found.saved}
    else:
        yield _("Nothing that you read would have been spared you.")
    if found.added:
        said = ngettext(
            "You would have read %(number)s that you never saw.",
            "You would have read %(number)s that you never saw.",
            found.added,
        )
        yield said % {"number": found.added}
    refused = now.refused - then.refused
    if refused:
        said = ngettext(
            "%(number)s would have been told at the door that it cannot come in.",
            "%(number)s would have been told at the door that they cannot come in.",
            refused,
        )
        yield said % {"number": refused}


def _moved(found: Rehearsal) -> Iterator[str]:
    earlier, later = found.moved()
    for waits, words in (
        (earlier, _("Read earlier: %(n)s, by %(days)s.")),
        (later, _("Read later: %(n)s, by %(days)s.")),
    ):
        if waits:
            yield words % {"n": len(waits), "days": _days(median(wait / timedelta(days=1) for wait in waits))}


def _days(number: float) -> str:
    days = round(number)
    if not days:
        return _("less than a day")
    return ngettext("%(days)s day as a rule", "%(days)s days as a rule", days) % {"days": days}


def _yeses(found: Rehearsal) -> Iterator[str]:
    yeses = found.yeses()
    lost = sum(1 for yes in yeses if yes.now is None)
    if lost:
        said = ngettext("%(lost)s yes would have been lost.", "%(lost)s yeses would have been lost.", lost)
        yield said % {"lost": lost}
    else:
        yield _("No yes would have been lost.")
    later = sum(1 for yes in yeses if yes.days > 0)
    if later:
        said = ngettext("%(later)s yes would have come later.", "%(later)s yeses would have come later.", later)
        yield said % {"later": later}
