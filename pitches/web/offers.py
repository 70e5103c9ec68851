"""Terms after a yes: each side proposes once, and agrees or declines. The sender needs no account for it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pitches import offers
from pitches.forms.changing import NoteForm
from pitches.forms.file import FileForm
from pitches.forms.offers import OfferForm
from pitches.forms.thread import ReplyForm
from pitches.lifecycle import AlreadyMoved
from pitches.models import Page, Pitch, PitchState, Role
from pitches.web import access, desk, letter, terms, told
from pitches.web.owned import helped
from pitches.web.redirects import see


# ── the owner ────────────────────────────────────────────────────────────────
@helped(Role.ASSISTANT)
@require_POST
def offer(request: HttpRequest, page: Page, code: str) -> HttpResponse:
    """The owner proposes terms. They go out in ten minutes."""
    pitch = access.own_pitch(request, code)
    form = OfferForm(request.POST, page=page)
    if not form.is_valid() and pitch.told_state == PitchState.ACCEPTED:
        return desk.with_terms(request, pitch, form)
    by, said = access.signed_in(request), _("Your proposal goes out in 10 minutes. Until then you can undo it.")
    _try(request, lambda: offers.make(pitch, by_owner=True, by=by, **form.said()), said)
    return see("desk:pitch", pitch.code)


@helped(Role.ASSISTANT)
@require_POST
def undo(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """The owner takes a proposal back that is still in the house."""
    pitch = access.own_pitch(request, code)
    talks = offers.as_seen(pitch, by_owner=True)
    mine = talks.mine
    if mine is None:
        messages.warning(request, _("There is nothing to undo any more."))
        return see("desk:pitch", pitch.code)
    mine.pitch = pitch
    _try(request, lambda: offers.undo(mine, by=access.signed_in(request)), _("Undone. Nothing has gone out."))
    return see("desk:pitch", pitch.code)


@helped(Role.ASSISTANT)
@require_POST
def answer(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """The owner agrees on what the sender proposed, or declines it."""
    pitch = access.own_pitch(request, code)
    _answer(request, pitch, by_owner=True)
    return see("desk:pitch", pitch.code)


# ── the sender ───────────────────────────────────────────────────────────────
@never_cache
@require_POST
def sender_offer(request: HttpRequest, token: str) -> HttpResponse:
    """The sender proposes terms. They are at the desk at once, and disturb nobody."""
    pitch = access.proven_pitch(token)
    form = OfferForm(request.POST, page=pitch.page)
    if not form.is_valid() and pitch.told_state == PitchState.ACCEPTED:
        return _status(request, pitch, form)
    said = _("Your proposal is there. %(name)s answers it when they read.") % {"name": pitch.page.first_name}
    _try(request, lambda: offers.make(pitch, by_owner=False, by=None, **form.said()), said)
    return see("agency:status", token)


@never_cache
@require_POST
def sender_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The sender agrees on what the owner proposed, or declines it."""
    pitch = access.proven_pitch(token)
    _answer(request, pitch, by_owner=False)
    return see("agency:status", token)


def _status(request: HttpRequest, pitch: Pitch, form: OfferForm) -> HttpResponse:
    context = told.story(letter.dress(pitch)) | {"form": form, "reply": ReplyForm(), "upload": FileForm()}
    context |= {"note": NoteForm(), "terms": terms.shown(pitch, by_owner=False, form=form)}
    return render(request, "agency/status.html", context, status=422)


# ── both ─────────────────────────────────────────────────────────────────────
def _answer(request: HttpRequest, pitch: Pitch, *, by_owner: bool) -> None:
    talks = offers.as_seen(pitch, by_owner=by_owner)
    found = access.offer_of(pitch, talks, request.POST.get("offer", ""))
    by, seen = access.signed_in(request) if by_owner else None, request.POST.get("seen", "")
    if request.POST.get("say") == "agree":
        said = _("Agreed. The terms stand below, word for word, and change no more.")
        _try(request, lambda: offers.agree(found, by_owner=by_owner, by=by, seen=seen), said)
    else:
        _try(request, lambda: offers.decline(found, by_owner=by_owner, by=by), _("Declined."))


def _try(request: HttpRequest, step: Callable[[], object], said: str) -> None:
    """Take a step, or say who was first."""
    try:
        step()
    except AlreadyMoved as late:
        messages.warning(request, str(late))
    else:
        messages.success(request, said)
