"""Doors at the desk: the switch in the list, their order, the editor, topics, taking down and hanging again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pitches import doors, opening
from pitches.forms import content
from pitches.forms.door import DoorForm, StateForm, most_required
from pitches.models import Door, DoorState, Page
from pitches.models.door import all_tiers
from pitches.web import access, cards, door_words, lanes, shown
from pitches.web.owned import owned
from pitches.web.redirects import SeeOther, see

STEPS = 10  # versions in the history of a door
MEANWHILE = 50  # versions that are looked through for what another window changed


# ── the list ─────────────────────────────────────────────────────────────────
@owned
@require_safe
def street(request: HttpRequest, page: Page) -> HttpResponse:
    """Every door with its switch, what waits behind it, and the way back from the last turn."""
    at = request.GET.get("at", "")
    context = _street(page, at=at, to=request.GET.get("to", ""))
    context |= {"undo": request.GET.get("done", "") == "turned", "key": request.GET.get("key", "")}
    return render(request, "desk/doors.html", context)


def _street(page: Page, *, at: str = "", to: str = "", wrong: StateForm | None = None) -> dict[str, Any]:
    """What the list is drawn from. at: the slug of the door that was touched; to="until": propose an end for it."""
    counted = access.counted_doors(page)
    for door in counted:
        cards.wear(door, waiting_words=lanes.upto(getattr(door, "waits", 0), access.WAITING))
    rows = [door_words.row(door, _panel(door, at, to, wrong)) for door in counted if door.taken_down_at is None]
    touched = next((door for door in counted if door.slug == at), None)
    return {
        "page": page,
        "rows": rows,
        "down": [door for door in counted if door.taken_down_at],
        "all_shut": rows and all(row.plaque.look == "shut" for row in rows),
        "at": at,
        "touched": touched,
        "said": door_words.turned(touched, getattr(touched, "waits", 0)) if touched else "",
        "form": wrong,
    }


def _panel(door: Door, at: str, to: str, wrong: StateForm | None) -> StateForm | None:
    """The panel of a door, if it stands open."""
    if door.slug != at or not (wrong or to):
        return None
    return wrong or StateForm.of(door, state=DoorState.UNTIL, until=door.until or door_words.proposed_end(door.page))


def _back(
    request: HttpRequest, page: Page, door: Door, *, done: str = "", key: str = "", problem: str = ""
) -> HttpResponse:
    """To the list after a POST: a part of it for the script, a redirect without one."""
    if request.headers.get("HX-Request"):
        context = _street(page, at=door.slug) | {"undo": done == "turned", "key": key, "spoken": True}
        return render(request, "desk/_doors.html", context | {"problem": problem})
    if problem:
        messages.warning(request, problem)
    query = urlencode({"at": door.slug, "done": done, "key": key})
    return SeeOther(f"{reverse('desk:doors')}?{query}")


# ── the switch ───────────────────────────────────────────────────────────────
@owned
@require_POST
def state(request: HttpRequest, page: Page, slug: str) -> HttpResponse:
    """One tap of the switch, its undo, or the panel with dates and words."""
    door = access.own_door(page, slug)
    if "back" in request.POST:
        return _undo(request, page, door)
    if "until" in request.POST:
        return _keep_panel(request, page, door)
    form = StateForm({"state": request.POST.get("state", "")}, page=page, door=door)
    if not form.is_valid():
        return _refuse(request, page, door, form)
    wanted, now = form.cleaned_data["state"], opening.of(door)
    if wanted != door.state or now.why == "early":  # whoever taps "Open" means now
        said = {"state": wanted, "until": None, "opens_at": None} | _for_whom(door, wanted)
        doors.change(door, by=access.signed_in(request), **said)
        return _back(request, page, door, done="turned", key="switch")
    return _back(request, page, door, key="switch")


def _for_whom(door: Door, wanted: str) -> dict[str, list[str]]:
    """A door that was by invitation and is opened opens for everybody; the editor can narrow it."""
    opened = door.state == DoorState.INVITED and wanted in (DoorState.OPEN, DoorState.UNTIL)
    return {"tiers": all_tiers()} if opened else {}


def _undo(request: HttpRequest, page: Page, door: Door) -> HttpResponse:
    """Back to how the door stood before."""
    problem = ""
    try:
        doors.put_back(door, access.own_version(door, request.POST["back"]), by=access.signed_in(request))
    except doors.Changed:
        problem = _("The door was changed since, in another window. This is how it stands now.")
    return _back(request, page, door, key="switch", problem=problem)


def _keep_panel(request: HttpRequest, page: Page, door: Door) -> HttpResponse:
    form = StateForm(request.POST, page=page, door=door, auto_id=f"id_{door.slug}_%s")
    if not form.is_valid():
        return _refuse(request, page, door, form)
    try:
        said = form.said()
        said |= _for_whom(door, said["state"])
        kept = doors.change(door, by=access.signed_in(request), seen=_seen(request), **said)
    except doors.Changed as changed:
        form.add_error("state", _meanwhile(changed.door))
        return _refuse(request, page, changed.door, form, status=409)
    return _back(request, page, door, done="turned" if kept.version > door.version else "", key="switch")


def _refuse(request: HttpRequest, page: Page, door: Door, form: StateForm, status: int = 422) -> HttpResponse:
    context = _street(page, at=door.slug, wrong=form)
    template = "desk/_doors.html" if request.headers.get("HX-Request") else "desk/doors.html"
    return render(request, template, context | {"spoken": True}, status=status)


def _meanwhile(door: Door) -> str:
    words = shown.plaque(door, door.page).words
    return _("Another window changed this door: it is “%(state)s” now. Press Keep again to have it your way.") % {
        "state": words
    }


def _seen(request: HttpRequest) -> int:
    """The version that the form was made from; 0 is none."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


# ── order ────────────────────────────────────────────────────────────────────
@owned
@require_POST
def move(request: HttpRequest, page: Page, slug: str) -> HttpResponse:
    """One place up or down the street."""
    door, up = access.own_door(page, slug), request.POST.get("to") == "up"
    order = [other.pk for other in access.doors_of(page)]
    place = order.index(door.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        doors.reorder(page, order)
    return _back(request, page, door, key="up" if up else "down")


@owned
@require_POST
def order(request: HttpRequest, page: Page) -> HttpResponse:
    """The whole street in another order, as it was dragged."""
    wanted = [int(pk) for pk in request.POST.getlist("order") if pk.isdecimal() and len(pk) < 19]
    doors.reorder(page, wanted)
    if request.headers.get("HX-Request"):
        return render(request, "desk/_doors.html", _street(page, at=request.POST.get("at", "")) | {"key": "drag"})
    return see("desk:doors")


# ── down, and up again ───────────────────────────────────────────────────────
@owned
@require_POST
def down(request: HttpRequest, page: Page, slug: str) -> HttpResponse:
    """Take a door down, or hang it again. What waits behind it stays."""
    door = access.own_door_anywhere(page, slug)
    if request.POST.get("hang"):
        doors.hang_again(door, by=access.signed_in(request))
        messages.success(request, _("%(door)s hangs again, as it was.") % {"door": door.name})
    else:
        doors.take_down(door, by=access.signed_in(request))
        messages.success(request, _("%(door)s is taken down. What waits behind it stays.") % {"door": door.name})
    return see("desk:doors")


# ── the editor ───────────────────────────────────────────────────────────────
@owned
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, page: Page) -> HttpResponse:
    """Hang one more door."""
    if request.method != "POST":
        return _editor(request, page, DoorForm(page=page, initial={"state": DoorState.OPEN}))
    form = DoorForm(request.POST, page=page)
    if "find" in request.POST:
        return _editor(request, page, form.as_typed())
    if not form.is_valid():
        return _editor(request, page, form, status=422)
    try:
        door = doors.hang(page, by=access.signed_in(request), **form.said())
    except IntegrityError:  # the same form, sent twice at once
        form.say_taken()
        return _editor(request, page, form, status=422)
    messages.success(request, _("%(door)s hangs on your page.") % {"door": door.name})
    return _back(request, page, door)


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, page: Page, slug: str) -> HttpResponse:
    """Everything about one door."""
    door = access.own_door(page, slug)
    if request.method != "POST":
        return _editor(request, page, DoorForm.everything(door), door=door, seen=door.version)
    form, seen = DoorForm(request.POST, page=page, door=door), _seen(request)
    if "find" in request.POST:
        return _editor(request, page, form.as_typed(), door=door, seen=seen)
    if not form.is_valid():
        return _editor(request, page, form, door=door, seen=seen, status=422)
    try:
        doors.change(door, by=access.signed_in(request), seen=seen, **form.said())
    except doors.Changed as changed:
        return _ask_again(request, changed.door, form, seen)
    messages.success(request, _("Kept: %(door)s.") % {"door": form.cleaned_data["name"]})
    return _back(request, page, door)


def _ask_again(request: HttpRequest, door: Door, form: DoorForm, seen: int) -> HttpResponse:
    """Another window was first: what was typed stays, the rest is as it is now, and the next press wins."""
    versions = access.versions_of(door, MEANWHILE)
    before: dict[str, Any] = next((version.stood for version in versions if version.version == seen), {})
    typed = {name: value for name, value in form.said().items() if doors.plain(value) != before.get(name)}
    found = door_words.meanwhile(versions, seen, door.page, access.signed_in(request))
    again = DoorForm.everything(door, **typed)
    return _editor(request, door.page, again, door=door, seen=door.version, meanwhile=found, status=409)


def _editor(
    request: HttpRequest, page: Page, form: DoorForm, *, door: Door | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    versions = access.versions_of(door, STEPS + 1) if door else []
    context = {"page": page, "form": form, "door": door, "plaque": shown.plaque(door, page) if door else None}
    context |= {"why": door_words.why(door) if door else "", "topics": _topics(request.POST, form["topic"].value())}
    if door:
        context["needed"] = most_required(door.asks, door.questions)
    context |= {"history": door_words.history(versions, page, access.signed_in(request))}
    return render(request, "desk/door.html", context | more, status=status)


@owned
@require_safe
def topics(request: HttpRequest, page: Page) -> HttpResponse:
    """What a search in the catalogue of topics finds: a part of the editor."""
    found = _topics(request.GET, request.GET.get("topic"))
    return render(request, "desk/_door_topics.html", {"topics": found, "spoken": "HX-Request" in request.headers})


def _topics(asked: Any, chosen: str | None) -> dict[str, Any]:
    """The topic that is chosen, what was looked for, and what was found beside it."""
    words = asked.get("q", "")[:80].strip()
    found = [subject for subject in content.search(words) if subject.key != chosen]
    return {"q": words, "chosen": content.subjects().get(chosen or ""), "found": found}
