"""Ready words: the usual ones and the owner's, the editor of one with a preview, and the map of a no."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pitches import relationships
from pitches import replies as ready_words
from pitches.forms.replies import ReplyForm
from pitches.models import AnswerKind, Page
from pitches.notify import as_read
from pitches.replies import Ready
from pitches.web import access, undoing
from pitches.web.owned import owned
from pitches.web.redirects import SeeOther, see


@dataclass(frozen=True)
class OfNo:
    """A line of the map: what one no leads to."""

    ready: Ready
    fits: str
    counts: bool


@owned
@require_safe
def overview(request: HttpRequest, page: Page) -> HttpResponse:
    """What is ready for yes, ask and no, in its order, and the map of a no. One query."""
    found = ready_words.ready_of(page)
    context = {"page": page, "sheets": [(kind, _titles(kind), found[kind]) for kind in ready_words.KINDS]}
    return render(request, "desk/replies.html", context | {"map": [_of_no(one) for one in found[AnswerKind.NO]]})


def _titles(kind: AnswerKind) -> dict[str, str]:
    return {
        AnswerKind.YES: {
            "title": _("With a yes"),
            "about": _("Y alone says yes and nothing more. E shows these."),
            "more": _("Write another yes"),
        },
        AnswerKind.ASK: {
            "title": _("Questions"),
            "about": _("Asked with Q and a digit."),
            "more": _("Write another question"),
        },
        AnswerKind.NO: {
            "title": _("With a no"),
            "about": _("Said with N and a digit. Each says what would change it."),
            "more": _("Write a no of your own"),
        },
    }[kind]


def _of_no(one: Ready) -> OfNo:
    fits = ready_words.fits(one.reason, one.fits if one.own else "")
    return OfNo(one, str(fits.label), counts=(AnswerKind.NO, one.reason) in relationships.TEACHES)


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, page: Page, kind: str) -> HttpResponse:
    """One more of the owner's own."""
    if kind not in ready_words.KINDS:
        raise Http404
    form = ReplyForm(request.POST if request.method == "POST" else None, kind=AnswerKind(kind))
    if form.is_bound and form.is_valid():
        try:
            added = ready_words.add(page, form.kind, **form.said())
        except ready_words.TooMany as many:
            form.add_error(None, str(many))
        else:
            messages.success(request, _("Kept. It is among the ready ones from now on."))
            return _back_to(added.name)
    return _editor(request, page, form)


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, page: Page, ready: str) -> HttpResponse:
    """Other words for one of the usual ones, or one of the owner's own."""
    now = _found(ready_words.find(page, ready))
    form = ReplyForm(request.POST if request.method == "POST" else None, kind=now.kind, ready=now)
    if form.is_bound and form.is_valid():
        try:
            _found(ready_words.keep(page, ready, seen=form.cleaned_data["seen"], **form.said()))
        except ready_words.Changed:
            form.changed_meanwhile(_found(ready_words.find(page, ready)))
        else:
            messages.success(request, _("Kept, for answers from now on. What was said before stays as it was."))
            return _back_to(ready)
    return _editor(request, page, form)


def _found(ready: Ready | None) -> Ready:
    if ready is None:
        raise Http404
    return ready


def _back_to(name: str) -> SeeOther:
    return SeeOther(f"{resolve_url('desk:replies')}#r-{name}")


@owned
@require_POST
def preview(request: HttpRequest, page: Page) -> HttpResponse:
    """The words as typed, as their sender will see them. Nothing is kept."""
    kind, name = request.POST.get("kind", ""), request.POST.get("name", "")
    ready = ready_words.find(page, name, kind) if name else None
    if kind not in ready_words.KINDS or (name and ready is None):
        raise Http404
    form = ReplyForm(request.POST, kind=AnswerKind(kind), ready=ready)
    if not request.headers.get("HX-Request"):
        return _editor(request, page, form, unsaved=True)
    return render(request, "desk/_reply_preview.html", {"page": page, "typed": form, **_seen(page, form)})


def _editor(request: HttpRequest, page: Page, form: ReplyForm, *, unsaved: bool = False) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "form": form, "ready": form.ready, "kind": form.kind, "unsaved": unsaved}
    context |= {"titles": _titles(form.kind), **_seen(page, form)}
    return render(request, "desk/reply.html", context, status=422 if form.errors else 200)


def _seen(page: Page, form: ReplyForm) -> dict[str, Any]:
    """The example from what is typed, as far as that can be read; else from what is kept."""
    ready = form.ready
    if form.is_bound and form.is_valid():
        ready = ready_words.typed(form.kind, ready, form.said())
    if ready is None:
        return {"seen": None}
    return {"seen": as_read.example(page, next(iter(access.doors_of(page)), None), ready)}


PLACES = {"up": -1, "down": 1}


@owned
@require_POST
def place(request: HttpRequest, page: Page, ready: str) -> HttpResponse:
    """Up or down among its kind, out of the ready ones and back, the usual words again, or gone for good."""
    do = request.POST.get("do", "")
    if do in PLACES:
        found = ready_words.move(page, ready, by=PLACES[do])
    elif do in ("hide", "show"):
        found = ready_words.hide(page, ready, hidden=do == "hide")
    elif do in ("restore", "remove"):
        found = ready_words.restore(page, ready) if do == "restore" else ready_words.remove(page, ready)
    else:
        raise Http404
    _say(request, do, _found(found))
    return see("desk:replies") if do == "remove" else _back_to(ready)


def _say(request: HttpRequest, do: str, was: Ready) -> None:
    """What was done, with the way back where words went."""
    label = str(was.label)
    if do == "hide":
        messages.success(request, _("“%(label)s” is out of the ready ones.") % {"label": label})
    elif do == "show":
        messages.success(request, _("“%(label)s” is among the ready ones again.") % {"label": label})
    elif do == "restore":
        again = {part: getattr(was.row, part) for part in ("label", "text", "again")} if was.row else {}
        undoing.said(request, _("The usual words again."), reverse("desk:reply", args=[was.name]), **again)
    elif do == "remove" and was.row:
        again = {part: getattr(was.row, part) for part in ("label", "text", "again", "fits")}
        words = _("“%(label)s” is gone. What was said with it stays.") % {"label": label}
        undoing.said(request, words, reverse("desk:reply_new", args=[was.kind]), **again)
