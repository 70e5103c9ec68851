"""Follow-ups: what a yes leads to, by its day. What became of it is noted by one key or one press."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from pitches import handoffs as after
from pitches import outcomes
from pitches.models import EvidenceKind, Handoff, Page, Pitch, Role, Standing
from pitches.web import access, cards, handed, keyset, undoing
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock

AT_ONCE = 50
A_WEEK = timedelta(days=7)
NEXT = {
    Standing.TRUSTED: _("They have the direct contact. Agree on the day."),
    Standing.KNOWN: _("They have the next step and the dates. See whether they kept to them."),
    Standing.INTRODUCED: _("First acquaintance: they have the terms and the label to use. See what came back."),
    Standing.STRANGER: _("First acquaintance: they have the terms and the label to use. See what came back."),
}
# What may be said of a yes: the key, and the words on the button.
PRESSES: dict[str, tuple[str, Promise]] = {
    EvidenceKind.DELIVERED: ("d", _("Delivered")),
    EvidenceKind.LATE: ("l", _("Late")),
    EvidenceKind.EMBARGO_BROKEN: ("b", _("Promise broken")),
    outcomes.NOT_YET: ("s", _("Not yet")),
}


@dataclass(frozen=True)
class Press:
    """One button: what the form sends, its key, its words."""

    value: str
    key: str
    words: Promise


@dataclass(frozen=True)
class Part:
    """One part of the list that holds something."""

    name: str
    title: Promise
    rows: list[Handoff]


@helped(Role.READER)
@require_safe
def follow_ups(request: HttpRequest, page: Page) -> HttpResponse:
    """Accepted pitches whose next step is open: terms to answer, what is due, what comes, what waits for them."""
    return render(request, "desk/follow_ups.html", _context(page, request.GET.get("after", "")))


def swapped(request: HttpRequest, page: Page, *, said: str, conflict: str) -> HttpResponse:
    """The list after a press, and one spoken sentence."""
    return render(request, "desk/_follow_ups_swap.html", _context(page) | {"said": said, "conflict": conflict})


def _context(page: Page, after: str = "") -> dict[str, Any]:
    found = list(keyset.behind(access.follow_ups(page), access.FOLLOW_UPS, after)[: AT_ONCE + 1])
    today = page.local_date(clock.now())
    for handoff in found:
        step = NEXT.get(Standing(handoff.standing), NEXT[Standing.STRANGER])
        due = handoff.follow_up_on <= today
        cards.wear(handed.dressed(handoff), next=step, due=due, kinds=presses(handoff.pitch) if due else [])
    parts = _parts(found[:AT_ONCE], today)
    first = next((row for part in parts if part.name in ("overdue", "now") for row in part.rows), None)
    last = outcomes.last(page)
    words = PRESSES[last.what][1] if last else ""
    context = {"page": page, "today": today, "handoffs": found[:AT_ONCE], "parts": parts, "first": first}
    context["more"] = found[AT_ONCE - 1].pk if len(found) > AT_ONCE else ""
    waiting = sum(len(part.rows) for part in parts if part.name == "answer")
    return context | {"last": last, "last_words": words, "terms_waiting": waiting}


PARTS = {
    "answer": _("Terms to answer"),
    "overdue": _("Overdue"),
    "now": _("Today"),
    "week": _("Within a week"),
    "later": _("Later"),
    "terms": _("Waiting for terms"),
}


def _parts(rows: list[Any], today: date) -> list[Part]:
    """Each row stands in one part; what waits for the owner comes first, then the days."""
    kept: dict[str, list[Handoff]] = {name: [] for name in PARTS}
    for row in rows:
        kept[_part_of(row, today)].append(row)
    return [Part(name, PARTS[name], found) for name, found in kept.items() if found]


def _part_of(row: Any, today: date) -> str:
    if row.to_answer:
        return "answer"
    if row.due:
        return "overdue" if row.follow_up_on < today else "now"
    if row.talking:
        return "terms"
    return "week" if row.follow_up_on < today + A_WEEK else "later"


def presses(pitch: Pitch) -> list[Press]:
    """The buttons that a yes has on its day."""
    values = (*outcomes.kinds(pitch), outcomes.NOT_YET)
    return [Press(value, *PRESSES[value]) for value in values]


@helped(Role.ASSISTANT)
@require_POST
def done(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """The next step is taken, and there is no more to say of it; or it was not, after all."""
    handoff = access.own_handoff(page, pk)
    if request.POST.get("undo"):
        after.not_followed_up(handoff)
        messages.success(request, gettext("Undone. It stands in the list again."))
    else:
        after.followed_up(handoff)
        undoing.said(request, gettext("Done, and out of the list."), request.path, undo=1)
    return see("desk:follow_ups")
