"""The agency's side: all pitches of whoever is signed in and of their colleagues, by what needs them first."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pitches import colleagues, intake
from pitches.colleagues import Need
from pitches.models import PitchState
from pitches.web import access, cards, letter, told
from portal import clock

SHOWN = 50  # pitches on a page of the list
SHELVES: tuple[tuple[frozenset[Need], Promise], ...] = (
    (frozenset({Need.ANSWER, Need.MOVE, Need.TRY_AGAIN}), _("Needs you")),
    (frozenset({Need.OF_A_COLLEAGUE}), _("Needs a colleague")),
    (frozenset({Need.TO_WAIT}), _("Waiting")),
    (frozenset({Need.NOTHING}), _("Answered and ended")),
)


@dataclass(frozen=True)
class Shelf:
    """One part of the list that holds something."""

    title: Promise
    rows: list[Any]


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every pitch from this side, without one more question for one more row."""
    boxes, only_mine, now = access.own_mailboxes(request), request.GET.get("whose") == "mine", clock.now()
    found = colleagues.by_need(access.sent_pitches(request, only_mine=only_mine), boxes, now)
    leaf = Paginator(found.select_related("page", "door", "sender"), SHOWN).get_page(request.GET.get("page"))
    rows = [_row(pitch, boxes) for pitch in leaf]
    shelves = [Shelf(title, [row for row in rows if row.need in needs]) for needs, title in SHELVES]
    context = {
        "place": "pitches",
        "boxes": boxes,
        "domains": colleagues.domains_of(boxes),
        "only_mine": only_mine,
        "leaf": leaf,
        "shelves": [shelf for shelf in shelves if shelf.rows],
    }
    return render(request, "mine/home.html", context)


def _row(pitch: Any, boxes: list[str]) -> Any:
    """Put on a pitch of colleagues.by_need() what a row shows, from what its sender was told."""
    state = PitchState(pitch.told)
    chip, icon, _look = told.SIGNS[state]
    routed = state == PitchState.WAITING and pitch.promised_for is not None
    return cards.wear(
        pitch,
        own=pitch.sender is not None and pitch.sender.mailbox in boxes,
        chip=chip,
        icon=icon,
        chip_words=told.chip_words(state),
        answer_by=pitch.lapses_at if state == PitchState.ASKED else None,
        reads_at=intake.read_next(pitch) if routed else None,
        may_move=pitch.need == Need.MOVE,
        may_try=pitch.again_on if pitch.need == Need.TRY_AGAIN else None,
    )


@login_required
@require_safe
def pitch(request: HttpRequest, code: str) -> HttpResponse:
    """A colleague's pitch, to be read and nothing more; one's own is at its own address."""
    found, boxes = access.sent_pitch(request, code), access.own_mailboxes(request)
    if found.sender and found.sender.mailbox in boxes:
        return redirect("agency:status", found.token)
    context = told.story(letter.dress(found)) | {"place": "pitches", "boxes": boxes}
    return render(request, "mine/pitch.html", context)
