"""One agency as the owner sees it: its people, how they stand, what they handed in, and by which way they come."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches import claims
from pitches.forms.ledger import NoteForm, PlaceForm, TagsForm
from pitches.forms.vouch import VouchForm
from pitches.models import Agency, Page, Relationship, Role, Sender
from pitches.relationships import SIDEWAYS
from pitches.web import access, between, cards, ledger, noting, standing_set, stands, threads, why
from pitches.web.figures import Figures
from pitches.web.owned import helped
from pitches.web.redirects import SeeOther, see

PEOPLE_SHOWN = 50


@helped(Role.READER)
@require_safe
def agency(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Everything about one agency that happened at this page. Of what it does elsewhere nobody learns here."""
    return show(request, page, access.own_agency(page, pk))


def show(request: HttpRequest, page: Page, found: Agency, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; `forms` are those that came back with errors: place, note, tags."""
    [row] = ledger.of_agencies(page, [found])
    here = access.pitches_of(page).filter(sender__agency=found)
    people = list(access.people_of(found, page)[: PEOPLE_SHOWN + 1])
    case, doors = why.of(page, [], [found]), access.doors_of(page)
    places = why.agency_places(case, doors)
    history = between.of(here)
    context = {
        "page": page,
        "agency": found,
        "row": row,
        "name": row.name,
        "people": _people(page, people[:PEOPLE_SHOWN]),
        "more_people": len(people) > PEOPLE_SHOWN,
        "ways": row.figures.ways,
        "history": history,
        "pitches": history.pitches,
        "more": history.more,
        "brands": between.brands(here),
        "proof": claims.proven(found),
        "rules": access.rules_naming(page, found),
        "places": places,
        "aside": [place for place in places if place.standing in SIDEWAYS],
        "pieces": threads.by_whom(why.pieces(case)[: why.AT_ONCE], page, access.signed_in(request)),
        "notes": noting.shown(request, row.contacts),
        "place_form": forms.get("place") or PlaceForm(page=page, doors=doors, initial={"standing": places[0].standing}),
        "note_form": forms.get("note") or NoteForm(auto_id="note_%s"),
        "tags_form": forms.get("tags") or TagsForm(initial={"tags": ", ".join(row.tags)}, auto_id="tags_%s"),
        "vouch_form": VouchForm(),
        "form": next(iter(forms.values()), None),
    }
    return render(request, "desk/agency.html", context, status=status)


def _people(page: Page, people: list[Sender]) -> list[Any]:
    """Each mailbox with how it stands and by which way it comes. Three queries."""
    named, levels = access.named_here(page, people), list[Relationship](access.relationships_of(page, people))
    figures = {one.pk: Figures() for one in people}
    for line in access.figures_of(page, people):
        figures[line["sender"]].add(line)
    noted = {contact.sender_id: contact for contact in access.book_of(page, people)}
    for one in people:
        called = noted[one.pk].name if one.pk in noted else ""
        called = called or (named[one.pk].name if one.pk in named else "") or one.email
        cards.wear(one, called=called, ways=figures[one.pk].ways, came=bool(figures[one.pk].pitches))
        cards.wear(one, stands=stands.of_person([one], levels))
    return people


@helped(Role.ASSISTANT)
@require_POST
def standing(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """The owner says how they stand with everybody at an agency, or takes it back."""
    found = access.own_agency(page, pk)
    form = PlaceForm(request.POST, page=page, doors=access.doors_of(page))
    action = reverse("desk:agency_standing", args=[pk])
    name = _("Everybody at %(domain)s") % {"domain": found.domain}
    wrong = standing_set.carry_out(request, page, found, form, name=name, action=action)
    return show(request, page, found, place=wrong, status=422) if wrong else _back(request, page, pk)


def _back(request: HttpRequest, page: Page, pk: int) -> SeeOther:
    """To the person on whose page it was said, or to the agency."""
    person = request.POST.get("back", "")
    return see("desk:person", access.own_people_of_ledger(page, [person])[0].pk) if person else see("desk:agency", pk)


@helped(Role.SCREENER)
@require_POST
def note(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Write a note, remove one's own, or put it back."""
    found = access.own_agency(page, pk)
    wrong = noting.carry_out(request, page, [found], reverse("desk:agency_note", args=[pk]))
    return show(request, page, found, note=wrong, status=422) if wrong else see("desk:agency", pk)


@helped(Role.SCREENER)
@require_POST
def tags(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Keep the tags of an agency."""
    found = access.own_agency(page, pk)
    wrong = noting.keep_tags(request, page, [found], reverse("desk:agency_tags", args=[pk]))
    return show(request, page, found, tags=wrong, status=422) if wrong else see("desk:agency", pk)
