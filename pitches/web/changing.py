"""What the holder of a link may still change: the pitch until it is opened, a follow-up, a note.

The form is there for whatever waits, opened or not: to look at it tells nothing. Only who keeps a real change is told
that it came too late, and may add it as a note.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pitches import intake
from pitches.forms.changing import ChangeForm, NoteForm
from pitches.models import Pitch, PitchState, Revision
from pitches.web import access, agency, differences, shown
from pitches.web.redirects import see
from portal.templatetags.portal import both_zones

Act = Callable[[Pitch, Mapping[str, Any]], Revision]
OVER = ("opened", "answered", "places")  # refusals after which pressing again would not help


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, token: str) -> HttpResponse:
    """Change a pitch that waits."""
    pitch = access.proven_pitch(token)
    if request.method == "POST":
        return _keep(request, pitch, intake.change, _("Your changes are on the ledge. It keeps its place in the line."))
    return _look(request, pitch, follow=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, token: str) -> HttpResponse:
    """Follow up with something new, when it is time."""
    pitch = access.proven_pitch(token)
    if request.method == "POST":
        return _keep(request, pitch, intake.follow_up, _("Your follow-up is on the ledge. Nobody was disturbed."))
    return _look(request, pitch, follow=True)


def _look(request: HttpRequest, pitch: Pitch, *, follow: bool) -> HttpResponse:
    if pitch.told_state != PitchState.WAITING:
        return see("agency:status", pitch.token)
    return _page(request, pitch, ChangeForm(pitch=pitch), follow=follow)


def _keep(request: HttpRequest, pitch: Pitch, act: Act, done: str) -> HttpResponse:
    form, follow = ChangeForm(request.POST, pitch=pitch), act is intake.follow_up
    try:
        if not form.is_valid() and pitch.told_state == PitchState.WAITING:
            return _page(request, pitch, form, follow=follow)
        act(pitch, form.answers() if form.is_valid() else {})
    except intake.Refused as refused:
        form.add_error(None, _why(pitch, refused))
        return _page(request, pitch, form, follow=follow, refused=refused.why)
    messages.success(request, done)
    return see("agency:status", pitch.token)


def _page(request: HttpRequest, pitch: Pitch, form: ChangeForm, *, follow: bool, refused: str = "") -> HttpResponse:
    context = {
        "page": pitch.page,
        "door": pitch.door,
        "pitch": pitch,
        "form": form,
        "sections": shown.sections(form),
        "unfold": shown.unfold_optional(form),
        "follow": follow,
        "follow_ups": intake.follow_ups(pitch),
        "over": refused in OVER,
        "note": _instead(pitch, form) if refused == "opened" else None,
    }
    return render(request, "agency/edit.html", context, status=422 if form.errors else 200)


def _instead(pitch: Pitch, form: ChangeForm) -> NoteForm:
    """A note with what was to be changed."""
    _was, became = intake.differing(pitch, form.answers())
    return NoteForm(initial={"note": differences.in_words(pitch, became, intake.NOTE_LIMIT)})


def _why(pitch: Pitch, refused: intake.Refused) -> str:
    name, zone = pitch.page.first_name, pitch.page.timezone
    words = {"name": name, "day": both_zones(refused.until, zone), "number": refused.number}
    if refused.why == "opened":
        return _("%(name)s has opened it, so it stays as it is. Add a note instead.") % words
    if refused.why == "too_soon":
        return _("It is too early for a follow-up. The day is %(day)s.") % words
    if refused.why == "places":
        return _all_used(refused.number or 0)
    if refused.why == "unchanged":
        same = _("Nothing new is in it, so nothing was sent.")
        return f"{same} {_('%(name)s reads on %(day)s.') % words}" if refused.until else same
    return _("It has been answered by now, so it stays as it was. What you wrote is below.")


def _all_used(number: int) -> str:
    sentence = ngettext(
        "The one follow-up to this pitch is used.", "All %(count)s follow-ups to this pitch are used.", number
    )
    return sentence % {"count": number}


@never_cache
@require_POST
def note(request: HttpRequest, token: str) -> HttpResponse:
    """Add a note."""
    pitch = access.proven_pitch(token)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return agency.with_note(request, pitch, form)
    try:
        intake.note(pitch, form.cleaned_data["note"])
    except intake.Refused as refused:
        form.add_error("note", _no_note(refused))
        return agency.with_note(request, pitch, form)
    messages.success(request, _("Your note lies with your pitch. Nobody was disturbed."))
    return see("agency:status", token)


def _no_note(refused: intake.Refused) -> str:
    if refused.why == "places":
        return _("Your %(number)s notes are used, so this one was not sent.") % {"number": refused.number}
    return _("It takes no notes any more, so this one was not sent.")
