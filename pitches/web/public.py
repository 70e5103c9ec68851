"""Everybody: the landing page, the street of doors, and a door with its form."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pitches import intake, opening, stats
from pitches.forms.pitch import PitchForm
from pitches.models import Door, DoorState, PitchState
from pitches.web import access, devices, shown
from pitches.web.redirects import see
from portal import clock

DEMO = "maya"
DAY = timedelta(days=1)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one screen; owners go to their desk."""
    if access.own_page(request):
        return redirect("desk:home")
    return render(request, "public/landing.html", {"example": None if settings.PRODUCTION else access.find_page(DEMO)})


@require_safe
def to_page(_request: HttpRequest, handle: str) -> HttpResponse:
    """/maya is /@maya."""
    page = access.find_page(handle.lower())
    if page is None:
        raise Http404
    return redirect("public:page", page.handle, permanent=True)


@require_safe
def page(request: HttpRequest, handle: str) -> HttpResponse:
    """The street of doors, the hours, and what to expect."""
    page = access.public_page(handle)
    if handle != page.handle:
        return redirect("public:page", page.handle, permanent=True)
    context = {
        "page": page,
        "plaques": [shown.plaque(door, page) for door in access.doors_of(page)],
        "hours": shown.hours(page),
        "expect": stats.expectation(page),
        "mine": request.user.is_authenticated and request.user.pk == page.owner_id,
    }
    return render(request, "public/page.html", context)


@require_safe
def door(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """What fits behind a door, and the form; or why it is closed, and a way on."""
    door = access.public_door(handle, slug)
    if (handle, slug) != (door.page.handle, door.slug):
        return redirect("public:door", door.page.handle, door.slug, permanent=True)
    if opening.of(door).look == "shut":
        return closed(request, door)
    contact = intake.known_contact(devices.token_of(request))
    return with_form(request, door, PitchForm.empty(door, contact))


@require_http_methods(["GET", "HEAD", "POST"])
def pitch(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """Take what was written: keep it for the check, or show the form again with all that was typed."""
    door = access.public_door(handle, slug)
    if request.method != "POST":
        return see("public:door", door.page.handle, door.slug)
    form = PitchForm(request.POST, door=door)
    if not form.is_valid():
        return with_form(request, door, form, status=422)
    try:
        device = devices.token_of(request)
        pitch, _new = intake.write(door, form.answers(), form_key=form.key, device=device)
    except intake.Refused:
        return with_form(request, door, form, status=422)
    return see("agency:check" if pitch.state == PitchState.UNPROVEN else "agency:status", pitch.token)


def with_form(request: HttpRequest, door: Door, form: PitchForm, *, status: int = 200) -> HttpResponse:
    """A door page around a form: empty, going on, or with its problems."""
    now, until = clock.now(), door.until if door.state == DoorState.UNTIL else None
    full = opening.of(door).look != "key" and opening.places_left(door, now) == 0
    context = {
        "page": door.page,
        "door": door,
        "look": opening.of(door).look,
        "form": form,
        "sections": shown.sections(form),
        "unfold": shown.unfold_optional(form),
        "shut": opening.of(door).look == "shut",
        "closed_at": until if until and now - DAY < until <= now else None,
        "next_week": opening.week_of(door.page, now)[1] if full else None,
        "days_left": (door.page.local_date(until) - door.page.local_date(now)).days if until else None,
    }
    return render(request, "public/door.html", context, status=status)


def closed(request: HttpRequest, door: Door) -> HttpResponse:
    """A closed door: the owner's reason, the date if there is one, and the doors that are open."""
    others = [shown.plaque(other, door.page) for other in access.doors_of(door.page) if other.pk != door.pk]
    context = {
        "page": door.page,
        "door": door,
        "opens_at": door.opens_at if door.opens_at and door.opens_at > clock.now() else None,
        "open_doors": [other for other in others if other.look in ("open", "until")],
    }
    return render(request, "public/closed.html", context)
