"""To the right door: with one press where nothing is missing, else through the form of that door, filled in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pitches import intake
from pitches.forms.moving import MoveForm
from pitches.models import Door, Pitch
from pitches.web import access, shown
from pitches.web.redirects import see
from portal.templatetags.portal import both_zones, day


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Move a pitch to the door that the owner named."""
    pitch = access.proven_pitch(token)
    door = intake.right_door(pitch)
    if door is None or intake.move_until(pitch) is None:
        return _over(request, pitch)
    if request.method != "POST":
        return _page(request, pitch, door, MoveForm(pitch=pitch, door=door))
    typed = "line" in request.POST  # the plain button sends nothing
    form = MoveForm(request.POST, pitch=pitch, door=door) if typed else MoveForm.as_it_is(pitch, door)
    if not form.is_valid():
        return _page(request, pitch, door, form)
    try:
        intake.move_door(pitch, form.answers())
    except intake.Refused as refused:
        if refused.why in ("answered", "places"):
            return _over(request, access.proven_pitch(token))
        form.add_error(None, _why(pitch, refused))
        return _page(request, pitch, door, form)
    said = _("It is on its way to “%(door)s”, and keeps its place in the line.")
    messages.success(request, said % {"door": door.name})
    return see("agency:status", token)


def _over(request: HttpRequest, pitch: Pitch) -> HttpResponse:
    """Nothing to move, or not any more. Pressing twice, or in another tab, is no error."""
    if request.method == "POST":
        moved = pitch.moved_from_id is not None
        words = {"door": pitch.door.name}
        messages.info(
            request,
            _("It was moved to “%(door)s” already. A pitch moves once.") % words
            if moved
            else _("It cannot be moved now. Where it is stands below."),
        )
    return see("agency:status", pitch.token)


def _page(request: HttpRequest, pitch: Pitch, door: Door, form: MoveForm) -> HttpResponse:
    door.page = pitch.page
    context = {
        "page": pitch.page,
        "pitch": pitch,
        "door": door,
        "right": shown.plaque(door, pitch.page),
        "until": intake.move_until(pitch),
        "form": form,
        "sections": shown.sections(form),
        "unfold": shown.unfold_optional(form),
    }
    return render(request, "agency/move.html", context, status=422 if form.errors else 200)


def _why(pitch: Pitch, refused: intake.Refused) -> str:
    """Why the other door does not take it now; it may be tried again."""
    page, zone = pitch.page, pitch.page.timezone
    words = {"name": page.first_name, "day": day(refused.until, zone), "moment": both_zones(refused.until, zone)}
    if refused.why == "closed" and refused.until:
        return _("That door is closed until %(moment)s. Your pitch stays here; try again then.") % words
    if refused.why == "full":
        return _("This week’s places at that door are taken. The next open on %(moment)s; try again then.") % words
    return {
        "closed": _("That door is closed now. Your pitch stays here; try again when it opens."),
        "tier": _("That door opens for people %(name)s has worked with. Your pitch stays here.") % words,
        "one_waiting": _("Another pitch of yours waits behind that door. Take that one back first."),
        "paused": _("%(name)s has paused pitches from you until %(day)s. Your pitch stays here.") % words,
        "blocked": _("%(name)s does not take pitches from this address.") % words,
    }.get(refused.why, _("It cannot be moved now. Your pitch stays here; try again later."))
