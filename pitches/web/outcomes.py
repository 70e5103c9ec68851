"""What became of a yes: one press on its day, at the follow-ups or beside the pitch. It counts ten minutes later."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pitches import outcomes
from pitches.lifecycle import AlreadyMoved
from pitches.models import EvidenceKind, Handoff, Page, Pitch, PitchState, Role
from pitches.web import access, cards, follow_ups
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal.templatetags.portal import day

SAID: dict[str, Promise] = {
    EvidenceKind.DELIVERED: gettext_lazy("Noted: delivered. It counts in 10 minutes."),
    EvidenceKind.LATE: gettext_lazy("Noted: late. It counts in 10 minutes."),
    EvidenceKind.EMBARGO_BROKEN: gettext_lazy("Noted: promise broken. It counts in 10 minutes."),
    "undo": gettext_lazy("Undone."),
}


@helped(Role.ASSISTANT)
@require_POST
def outcome(request: HttpRequest, page: Page, code: str) -> HttpResponse:
    """Note what became of a yes, ask again in a week, or take the last press back."""
    pitch = access.own_pitch(request, code)
    handoff, what, conflict = access.yes_of(pitch), request.POST.get("what", ""), ""
    try:
        _take(request, handoff, what)
    except AlreadyMoved as late:
        conflict = str(late)
    said = conflict or _said(handoff, what)
    if request.POST.get("back") == "follow_ups" and request.headers.get("HX-Request"):
        return follow_ups.swapped(request, page, said=said, conflict=conflict)
    (messages.warning if conflict else messages.success)(request, said)
    return see("desk:follow_ups") if request.POST.get("back") == "follow_ups" else see("desk:pitch", pitch.code)


def _take(request: HttpRequest, handoff: Handoff, what: str) -> None:
    by = access.signed_in(request)
    if what == "undo":
        outcomes.undo(handoff, by=by)
    elif what == outcomes.NOT_YET:
        outcomes.not_yet(handoff, by=by)
    elif what in outcomes.kinds(handoff.pitch):
        outcomes.note(handoff, EvidenceKind(what), by=by)
    else:
        raise Http404


def _said(handoff: Handoff, what: str) -> str:
    if what == outcomes.NOT_YET:
        handoff.refresh_from_db()
        return _("Not yet. It asks again on %(day)s.") % {"day": day(handoff.follow_up_on)}
    return str(SAID[what])


def shown(pitch: Pitch) -> dict[str, Any] | None:
    """What stands beside a pitch: the presses, or what was said. Nothing before a yes has gone out."""
    handoff = access.handoff_of(pitch) if pitch.state == PitchState.ACCEPTED else None
    if handoff is None or pitch.told_state != PitchState.ACCEPTED:
        return None
    return {"handoff": cards.wear(handoff, kinds=follow_ups.presses(pitch))}
