"""Vouches at the desk: to speak for somebody, to believe a colleague or not, and to take a word back."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from pitches.book import vouching
from pitches.forms.vouch import TakeForm, VouchForm
from pitches.models import Agency, Page, Sender, Vouch
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import SeeOther, see

NOT_TAKEN = {
    "over": gettext_lazy("This word was taken back or answered meanwhile."),
    "hand": gettext_lazy("You said yourself how you stand with them. That counts; you can change it on their page."),
    "there": gettext_lazy("They stand as introduced or higher with you already, so nothing is changed."),
}


@dataclass(frozen=True)
class Row:
    """A word in a list: what to call whom it is about, and for a waiting one the choice of doors."""

    vouch: Vouch
    who: str
    form: TakeForm | None = None


@owned
@require_safe
def vouches(request: HttpRequest, page: Page) -> HttpResponse:
    """What colleagues said and wait to hear about, what was believed, and what this owner said to others."""
    waiting, taken = access.vouches_waiting(page), list(access.vouches_taken(page)[: access.ANSWERED])
    given = list(access.vouches_given(page)[: access.ANSWERED])
    names, doors = vouching.named([*waiting, *taken, *given], page), access.doors_of(page)
    context = {
        "page": page,
        "waiting": [Row(one, names[one.pk], TakeForm(doors=doors, auto_id=f"id_{one.pk}_%s")) for one in waiting],
        "taken": [Row(one, names[one.pk]) for one in taken],
        "given": [Row(one, names[one.pk]) for one in given],
        "unheard": access.unheard_by(page),
    }
    return render(request, "desk/vouches.html", context)


# ── to give ──────────────────────────────────────────────────────────────────
@owned
@require_POST
def vouch(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Speak for a person of the own ledger."""
    return _give(request, page, access.own_person(page, pk))


@owned
@require_POST
def agency_vouch(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Speak for an agency of the own ledger."""
    return _give(request, page, access.own_agency(page, pk))


def _give(request: HttpRequest, page: Page, who: Sender | Agency) -> HttpResponse:
    form = VouchForm(request.POST)
    if form.is_valid():
        try:
            to, by = form.colleague(page), access.signed_in(request)
            vouching.give(page, who, to, form.cleaned_data["words"], by=by)
        except vouching.NotGiven as refused:
            form.refuse(refused.why)
        else:
            said = _("@%(handle)s sees your word at their desk. No mail goes out, and whom it is about is not told.")
            messages.success(request, said % {"handle": to.handle})
            return back(who)
    called = who.domain if isinstance(who, Agency) else who.email
    context = {"page": page, "form": form, "back": back(who).url, "called": called}
    return render(request, "desk/vouch.html", context, status=422)


def back(who: Sender | Agency) -> SeeOther:
    """The page of a person, or of an agency."""
    return see("desk:agency" if isinstance(who, Agency) else "desk:person", who.pk)


# ── to answer, and to take back ──────────────────────────────────────────────
@owned
@require_POST
def take(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Believe it: they are introduced from now on, at one door or at all."""
    found = access.vouch_to(page, pk)
    form = TakeForm(request.POST, doors=access.doors_of(page))
    if not form.is_valid():
        messages.error(request, _("This door hangs no longer. Choose another, or all doors."))
        return see("desk:vouches")
    door = form.doors.get(form.cleaned_data["door"])
    try:
        vouching.take(found, door, by=access.signed_in(request))
    except vouching.NotTaken as refused:
        messages.error(request, NOT_TAKEN[refused.why])
    else:
        who = vouching.named([found], page)[found.pk]
        where = door.name if door else _("every door")
        messages.success(request, _("%(who)s is introduced now, at %(where)s.") % {"who": who, "where": where})
    return see("desk:vouches")


@owned
@require_POST
def refuse(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Do not believe it, and perhaps hear no more of that page. Nobody is told."""
    found = access.vouch_to(page, pk)
    no_more = "no_more" in request.POST
    if vouching.refuse(found, no_more=no_more):
        quiet = _("You hear no more words of @%(handle)s. They are not told.") % {"handle": found.page.handle}
        messages.success(request, quiet if no_more else _("Put aside. Nobody is told."))
    return see("desk:vouches")


@owned
@require_POST
def revoke(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take the own word back."""
    if vouching.revoke(access.vouch_of(page, pk)):
        messages.success(request, _("Taken back. Whoever it lifted stands as if you had never said it."))
    return see("desk:vouches")


@owned
@require_POST
def hear(request: HttpRequest, page: Page, handle: str) -> HttpResponse:
    """Hear the words of a page again."""
    other = access.unheard(page, handle)
    vouching.hear_again(page, other)
    messages.success(request, _("You hear @%(handle)s again.") % {"handle": other.handle})
    return see("desk:vouches")
