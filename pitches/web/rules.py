"""The rules of a page: who is received how, the exceptions, and a box to try them in."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pitches import doors
from pitches import rules as decided
from pitches.forms.merging import in_words
from pitches.forms.rules import DOORS, LANES, ExceptionForm, RulesForm, TryForm
from pitches.models import Door, Event, Page, Rule, Standing
from pitches.models.relationship import LADDER
from pitches.web import access, foreseen, rule_words
from pitches.web.owned import owned
from pitches.web.redirects import SeeOther, see

MOST_AGENCIES = 200  # in the list of an exception; all others have it on their own page
CHOICES = {**{f"lane_{rung}": dict(LANES) for rung in LADDER}, **{f"opens_{rung}": dict(DOORS) for rung in LADDER}}


# ── the table ────────────────────────────────────────────────────────────────
@owned
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, page: Page) -> HttpResponse:
    """The table by standing, with its settings; and whoever is tried, with what would become of them."""
    if request.method != "POST":
        return _shown(request, page)
    form = RulesForm(request.POST, page=page, decided=decided.of(page))
    if not form.is_valid():
        return _shown(request, page, table=form, wrong=form)
    by, seen = access.signed_in(request), form.cleaned_data["seen"]
    try:
        doors.keep_rules(page, by=by, seen=seen, cells=form.cells(), **form.settings())
    except doors.PageChanged as other:
        both = _after(other, request)
        return _shown(request, other.page, table=both, wrong=both)
    messages.success(request, _("Kept. It holds for pitches from now on; what waits keeps its lane and its date."))
    return see("desk:rules")


def _after(other: doors.PageChanged, request: HttpRequest) -> RulesForm:
    """The form of the later tab: nothing that was chosen is lost, and what the other one kept stands beside it."""
    form = RulesForm.merged(request.POST, other.page, decided.of(other.page), other.theirs)
    for name, value in other.fields.items():
        said = _("Another window kept this meanwhile: %(value)s. Press Keep again to put yours in its place.")
        form.add_error(RulesForm.field_of(name), said % {"value": CHOICES.get(name, {}).get(value) or in_words(value)})
    return form


# ── exceptions ───────────────────────────────────────────────────────────────
@owned
@require_POST
def rule_new(request: HttpRequest, page: Page) -> HttpResponse:
    """Make an exception; put one back that was taken away; or open a door again for a standing."""
    if "back" in request.POST:
        return _put_back(request, access.own_change_of_rules(page, request.POST["back"]))
    if "again" in request.POST:
        return _open_again(request, access.own_door(page, request.POST.get("door", "")))
    form = _exception_form(request, page, request.POST)
    if not form.is_valid():
        return _shown(request, page, exception=form, wrong=form)
    try:
        doors.except_from_rules(page, by=access.signed_in(request), **form.said())
    except decided.Taken:
        form.add_error(None, _("There is an exception for these already. Take it away first, then make the new one."))
    except doors.Nobody:
        form.add_error("standing", _("The door would open for nobody any more. Close it under Doors instead."))
    else:
        messages.success(request, _("The exception holds from now on."))
        return see("desk:rules")
    return _shown(request, page, exception=form, wrong=form)


def _put_back(request: HttpRequest, event: Event) -> HttpResponse:
    if decided.put_back(event, by=access.signed_in(request)):
        messages.success(request, _("The exception is back."))
    else:
        messages.warning(request, _("There is another exception for these by now, so nothing was changed."))
    return see("desk:rules")


def _open_again(request: HttpRequest, door: Door) -> HttpResponse:
    standing = request.POST["again"]
    if standing in LADDER:
        doors.open_to_standing(door, Standing(standing), by=access.signed_in(request))
    return SeeOther(f"{reverse('desk:rules')}?opened={door.slug}&for={standing}#exceptions")


@owned
@require_POST
def rule_remove(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take an exception away. The next page offers to put it back."""
    event = decided.drop(access.own_rule(page, pk), by=access.signed_in(request))
    return SeeOther(f"{reverse('desk:rules')}?gone={event.pk if event else ''}#exceptions")


# ── what is drawn ────────────────────────────────────────────────────────────
def _exception_form(request: HttpRequest, page: Page, data: Any = None) -> ExceptionForm:
    """The form, with the door and the agency that it is about; those of others are not found."""
    said = data if data is not None else request.GET
    slug, pk = said.get("door", ""), said.get("agency", "")
    about = access.met_agency(page, pk) if pk else None
    if data is not None and slug:
        access.own_door(page, slug)
    agencies = list(access.agencies_of(page)[:MOST_AGENCIES])
    agencies += [about] if about and about not in agencies else []
    return ExceptionForm(data, doors=access.doors_of(page), agencies=agencies, initial={"agency": pk})


def _shown(
    request: HttpRequest,
    page: Page,
    *,
    table: RulesForm | None = None,
    exception: ExceptionForm | None = None,
    wrong: Form | None = None,
) -> HttpResponse:
    own = decided.of(page)
    exception = exception or _exception_form(request, page)
    hung = list(exception.doors.values())
    table = table or RulesForm(page=page, decided=own)
    promises = rule_words.promises(page, own)
    context: dict[str, Any] = {
        "page": page,
        "table": table,
        "rows": [(standing, row, promises[standing]) for standing, row in table.rows()],
        "exceptions": rule_words.exceptions(own, hung),
        "exception": exception,
        "form": wrong,
    }
    context |= _tried(request, page, hung, own) | _undo(request, page, hung)
    return render(request, "desk/rules.html", context, status=422 if wrong and wrong.errors else 200)


def _tried(request: HttpRequest, page: Page, hung: list[Door], own: list[Rule]) -> dict[str, Any]:
    """The box, and what it says. A door of somebody else is not found."""
    asked = request.GET if "sender" in request.GET else None
    if asked is not None and asked.get("door"):
        access.own_door(page, asked["door"])
    form = TryForm(asked, doors=hung)
    if asked is None or not form.is_valid():
        return {"tried": form}
    door = form.chosen()
    door.page = page
    return {"tried": form, "foreseen": foreseen.at(page, door, form.cleaned_data["sender"], own)}


def _undo(request: HttpRequest, page: Page, hung: list[Door]) -> dict[str, Any]:
    """The way back from what was taken away a moment ago."""
    if request.GET.get("gone"):
        event = access.own_change_of_rules(page, request.GET["gone"])
        return {"gone": event.pk} if decided.dropped(event) else {}
    opened = next((door for door in hung if door.slug == request.GET.get("opened")), None)
    standing = request.GET.get("for", "")
    closed_before = opened is not None and standing in LADDER
    return {"opened": opened, "opened_for": Standing(standing)} if closed_before else {}
