"""Find my pitches: the address is typed, a link is mailed, the link opens the list of that mailbox alone."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pitches import colleagues, intake
from pitches.colleagues import Need
from pitches.forms.find import FindForm
from pitches.models import PitchState
from pitches.notify import finding
from pitches.web import cards, devices, told
from pitches.web.redirects import SeeOther
from portal import clock, limits

SHOWN = 200  # pitches on the list; more than anybody leaves with a page in a year
ANSWERED = (PitchState.ACCEPTED, PitchState.DECLINED)


@dataclass(frozen=True)
class Part:
    """One part of the list that holds something."""

    title: Promise
    rows: list[Any]


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the address. Every address gets the same answer."""
    if request.method != "POST":
        contact = intake.known_contact(devices.token_of(request))
        form = FindForm(initial={"email": contact.email if contact else ""})
        return render(request, "agency/find.html", {"form": form, "asked": "asked" in request.GET})
    form = FindForm(request.POST)
    if until := limits.over(request, "find"):
        form.add_error(None, limits.sentence(until))
        return limits.later(render(request, "agency/find.html", {"form": form}), until)
    if not form.is_valid():
        return render(request, "agency/find.html", {"form": form}, status=422)
    finding.ask(form.cleaned_data["email"])
    return SeeOther(f"{reverse('agency:find')}?asked=1")


@never_cache
@require_safe
def found(request: HttpRequest, token: str) -> HttpResponse:
    """All that was handed in from one mailbox, what needs somebody first; or that the link is over, and a new one."""
    sender, until = finding.read(token)
    if sender is None:
        raise Http404
    if until is None:
        context = {"form": FindForm(initial={"email": ""}), "expired": True}
        return render(request, "agency/find.html", context, status=410)
    now, mine = clock.now(), [sender.mailbox]
    rows = colleagues.by_need(colleagues.sent(mine, by_colleagues=False), mine, now).select_related("page", "door")
    pitches = [_row(pitch) for pitch in rows[:SHOWN]]
    parts = [Part(title, [one for one in pitches if one.part == part]) for part, title in PARTS.items()]
    context = {"sender": sender, "until": until, "parts": [part for part in parts if part.rows]}
    return render(request, "agency/found.html", context)


PARTS = {"needs": _("Needs you"), "waits": _("Waiting"), "answered": _("Answered"), "ended": _("Ended")}


def _row(pitch: Any) -> Any:
    """Put on a pitch what a row shows, from what its sender was told. Costs no query."""
    state = PitchState(pitch.told)
    chip, icon, _look = told.SIGNS[state]
    needs = pitch.need in (Need.ANSWER, Need.MOVE, Need.TRY_AGAIN)
    ended = "answered" if state in ANSWERED else "ended"
    return cards.wear(
        pitch,
        part="needs" if needs else "waits" if state == PitchState.WAITING else ended,
        chip=chip,
        icon=icon,
        chip_words=told.chip_words(state),
        reads_at=intake.read_next(pitch) if state == PitchState.WAITING and pitch.promised_for else None,
        answer_by=pitch.lapses_at if state == PitchState.ASKED else None,
        undo_until=intake.undo_until(pitch) if state == PitchState.WITHDRAWN else None,
        may_move=pitch.need == Need.MOVE,
        try_from=pitch.again_on,
    )
