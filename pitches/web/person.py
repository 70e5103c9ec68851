"""One person at this page: how they stand and why, what was between the two, and what the owner noted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches import book
from pitches.book.merging import MOST
from pitches.forms.ledger import NoteForm, PlaceForm, SameForm, TagsForm
from pitches.forms.vouch import VouchForm
from pitches.models import Page, Role, Sender
from pitches.relationships import SIDEWAYS
from pitches.web import access, between, cards, ledger, noting, standing_set, threads, undoing, why
from pitches.web.owned import helped, owned
from pitches.web.redirects import see
from portal import languages


@helped(Role.READER)
@require_safe
def person(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """All that this page knows of one person, in all their mailboxes. Of what they do elsewhere nobody learns here."""
    found = access.own_person(page, pk)
    first = book.mailboxes(page, found)[0]
    return show(request, page, found) if first == found else redirect("desk:person", first.pk)


def show(request: HttpRequest, page: Page, found: Sender, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; `forms` are those that came back with errors: place, note, tags, same."""
    [row] = ledger.of_people(page, [found])
    agencies = {box.agency for box in row.mailboxes if box.agency}
    case = why.of(page, row.mailboxes, agencies)
    doors = access.doors_of(page)
    pitches = access.pitches_of(page).filter(sender__in=row.mailboxes)
    pieces, start = why.pieces(case), _start(request)
    places = why.places(case, found, doors)
    likely = _likely(page, row)
    context = {
        "page": page,
        "row": row,
        "person": found,
        "agencies": sorted(agencies, key=lambda one: one.domain),
        "writes_in": languages.name(row.language) if row.language else "",
        "places": places,
        "now": places[-1].standing,
        "aside": [place for place in places if place.standing in SIDEWAYS],
        "pieces": threads.by_whom(pieces[start : start + why.AT_ONCE], page, access.signed_in(request)),
        "older": start + why.AT_ONCE if len(pieces) > start + why.AT_ONCE else None,
        "newer": start > 0,
        "history": between.of(pitches),
        "brands": between.brands(pitches),
        "notes": noting.shown(request, row.contacts),
        "ladder": cards.ladder(),
        "place_form": forms.get("place")
        or PlaceForm(page=page, doors=doors, initial={"standing": places[-1].standing}),
        "note_form": forms.get("note") or NoteForm(auto_id="note_%s"),
        "tags_form": forms.get("tags") or TagsForm(initial={"tags": ", ".join(row.tags)}, auto_id="tags_%s"),
        "same_form": forms.get("same") or SameForm(likely=likely, auto_id="same_%s"),
        "vouch_form": VouchForm(),
        "form": next(iter(forms.values()), None),
        "wrong": next(iter(forms), ""),
    }
    return render(request, "desk/person.html", context, status=status)


def _start(request: HttpRequest) -> int:
    """From which piece of evidence on."""
    asked = request.GET.get("from", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0


def _likely(page: Page, row: ledger.Row) -> list[tuple[Sender, str]]:
    """Who may be the same person, with a name and the address."""
    names = [row.name] if row.name != row.mailboxes[0].email else []
    found = access.likely_the_same(page, row.mailboxes, names)
    called = access.named_here(page, found)
    return [(one, f"{called[one.pk].name}, {one.email}" if one.pk in called else one.email) for one in found]


# ── how they stand ───────────────────────────────────────────────────────────
@helped(Role.ASSISTANT)
@require_POST
def standing(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """The owner says how they stand with a person, ends a block or a pause, or takes the last word back."""
    found = access.own_person(page, pk)
    action = reverse("desk:person_standing", args=[pk])
    form = PlaceForm(request.POST, page=page, doors=access.doors_of(page))
    name = ledger.of_people(page, [found])[0].name
    wrong = standing_set.carry_out(request, page, found, form, name=name, action=action)
    return show(request, page, found, place=wrong, status=422) if wrong else see("desk:person", pk)


# ── notes and tags ───────────────────────────────────────────────────────────
@helped(Role.SCREENER)
@require_POST
def note(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Write a note, remove one's own, or put it back."""
    found = access.own_person(page, pk)
    wrong = noting.carry_out(request, page, book.mailboxes(page, found), reverse("desk:person_note", args=[pk]))
    return show(request, page, found, note=wrong, status=422) if wrong else see("desk:person", pk)


@helped(Role.SCREENER)
@require_POST
def tags(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Keep the tags of a person."""
    found = access.own_person(page, pk)
    wrong = noting.keep_tags(request, page, book.mailboxes(page, found), reverse("desk:person_tags", args=[pk]))
    return show(request, page, found, tags=wrong, status=422) if wrong else see("desk:person", pk)


# ── the same person ──────────────────────────────────────────────────────────
@owned
@require_POST
def merge(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Another mailbox is the same person: a likely one, one by its address, or some that were just parted."""
    found = access.own_person(page, pk)
    if parted := request.POST.getlist("parted"):
        try:
            for one in access.own_people_of_ledger(page, parted):
                book.merge(page, found, one)
        except book.TooMany:
            messages.warning(request, _too_many())
        return see("desk:person", book.mailboxes(page, found)[0].pk)
    [row] = ledger.of_people(page, [found])
    form = SameForm(request.POST, likely=_likely(page, row), auto_id="same_%s")
    other = _other(page, form, found) if form.is_valid() else None
    if other is None:
        return show(request, page, found, same=form, status=422)
    try:
        came = book.merge(page, found, other)
    except book.TooMany:
        form.add_error("address", _too_many())
        return show(request, page, found, same=form, status=422)
    words = {"name": row.name, "address": other.email}
    action = reverse("desk:person_split", args=[pk])
    said = _("%(name)s and %(address)s are one person now. What each of them did counts for both.") % words
    undoing.said(request, said, action, mailbox=[one.pk for one in came])
    return see("desk:person", book.mailboxes(page, found)[0].pk)


def _too_many() -> str:
    return _("One person has at most %(most)s mailboxes. Part one that is no longer used first.") % {"most": MOST}


def _other(page: Page, form: SameForm, found: Sender) -> Sender | None:
    """Whom the form means; None with a word about it in the form."""
    typed = form.cleaned_data.get("address")
    if not typed:
        return access.own_person(page, int(form.cleaned_data["other"]))
    other = access.person_at(page, typed)
    if other is None:
        form.add_error("address", _("Nobody with this address is in your ledger."))
    elif other in book.mailboxes(page, found):
        form.add_error("address", _("This address is theirs already."))
        return None
    return other


@owned
@require_POST
def split(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """One or some of the mailboxes are somebody else after all."""
    found = access.own_person(page, pk)
    leaving = access.own_people_of_ledger(page, request.POST.getlist("mailbox"))
    try:
        staying = book.split(page, leaving)
    except book.NotTogether:
        if found not in leaving:
            messages.warning(request, _("They are two people already."))
        return see("desk:person", pk)
    words = _("%(address)s is somebody else now. Each stands as before you joined them.") % {
        "address": leaving[0].email
    }
    action = reverse("desk:person_merge", args=[staying[0].pk])
    undoing.said(request, words, action, parted=[one.pk for one in leaving])
    return see("desk:person", staying[0].pk)
