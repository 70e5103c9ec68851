"""Trying again: the form of a door, filled in with an earlier pitch that ended there. "Not now" names the day."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pitches import intake, opening
from pitches.forms.pitch import PitchForm
from pitches.intake.trying_again import ENDED
from pitches.models import Answer, AnswerKind, Pitch, PitchState
from pitches.notify import ways_on
from pitches.web import access, invitation, public, ways
from pitches.web.redirects import see
from portal import clock


@never_cache
@require_safe
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Write it again: a new pitch that says which one it follows. Before its day a "not now" says from when."""
    pitch = access.proven_pitch(token)
    door = pitch.door
    if pitch.told_state not in ENDED or not _may(pitch):
        return see("agency:status", token)
    if door.taken_down_at or pitch.page.hidden_at:
        messages.info(request, _("The door that this was for is gone."))
        return see("agency:status", token)
    opens_at = intake.invited_from(pitch)
    if opens_at and opens_at > clock.now():
        context = {"page": pitch.page, "door": door, "pitch": pitch, "opens_at": opens_at}
        return render(request, "agency/again_later.html", context)
    ways.lay_down(request, intake.Ways(again=token))
    found, way = opening.of(door), invitation.way_in(request, door)
    if way.says_who:
        return invitation.ask(request, door, way=way)
    if found.look == "shut" and not (way.opens or found.by_itself):
        return public.closed(request, door)
    return public.with_form(request, door, PitchForm.anew(pitch), way=way)


def _may(pitch: Pitch) -> bool:
    """Does the reason of the answer leave another try at this door?"""
    said: Answer | None = pitch.answers.filter(kind=AnswerKind.NO, sent_at__isnull=False).order_by("-pk").first()
    return said is None or pitch.told_state != PitchState.DECLINED or ways_on.may_try_again(said)
