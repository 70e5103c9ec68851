"""Everybody: the landing page, the street of doors, and a door with its form."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pitches import freshness, intake, opening, stats
from pitches.forms import half
from pitches.forms.pitch import PitchForm
from pitches.forms.watch import WatchForm
from pitches.intake import drafting
from pitches.models import Door, DoorState, PitchState
from pitches.web import access, before, devices, formkeys, invitation, knocking, proven, shown, ways
from pitches.web.portraits import portrait_url
from pitches.web.redirects import see
from portal import browsers, clock, pages

DEMO = "maya"
DAY = timedelta(days=1)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one screen; owners go to their desk, and whoever pitched to their pitches."""
    if access.seat(request):
        return redirect("desk:home")
    if request.user.is_authenticated and access.sent_pitches(request, only_mine=True).exists():
        return redirect("mine:home")
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
    if same := pages.kept(request, freshness.stamp_of(page)):
        return same
    doors = access.doors_of(page)
    let_in = invitation.let_in(request, page, doors)
    plaques = [shown.plaque(door, page, for_you=door.pk in let_in) for door in doors]
    context = {
        "page": page,
        "plaques": plaques,
        "shut": [plaque for plaque in plaques if plaque.look == "shut"],
        "all_shut": bool(plaques) and all(plaque.look == "shut" for plaque in plaques),
        "hours": shown.hours(page),
        "away": page.away_on(page.local_date(clock.now())),
        "expect": stats.expectation(page),
        "came": ways.channel(request.GET.get("from", "")),
        "picture": portrait_url(page),
        "mine": request.user.is_authenticated and request.user.pk == page.owner_id,
    }
    response = render(request, "public/page.html", context)
    return pages.share(response, freshness.stamp_of(page), freshness.until(page, doors))


@require_safe
def door(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """What fits behind a door, and the form; or why it is closed, and a way on."""
    door = access.public_door(handle, slug)
    if (handle, slug) != (door.page.handle, door.slug):
        return redirect("public:door", door.page.handle, door.slug, permanent=True)
    found, way = opening.of(door), invitation.way_in(request, door)
    if way.says_who:
        return invitation.ask(request, door, way=way)
    if found.look == "shut" and not way.opens and not (found.by_itself and "known" in request.GET):
        return closed(request, door)
    contact = way.sender or proven.contact(request)
    return with_form(request, door, PitchForm.empty(door, contact), way=way)


@require_http_methods(["GET", "HEAD", "POST"])
def pitch(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """Take what was written: keep it for the check, or show the form again with all that was typed."""
    door = access.public_door(handle, slug)
    if request.method != "POST":
        return see("public:door", door.page.handle, door.slug)
    form = PitchForm(request.POST, door=door)

    def again() -> HttpResponse:
        return with_form(request, door, form, status=422)

    if stopped := knocking.stopped(request, form, "pitch", again):
        return stopped
    if not form.is_valid():
        return again()
    own = proven.signed_in_as(request, form.cleaned_data["email"])
    known = own or intake.recognise(devices.token_of(request), form.cleaned_data["email"])
    if not known and (sum_first := knocking.sum_first(request, form, form.key, door.page, again)):
        return sum_first
    try:
        device, mark = devices.token_of(request), browsers.mark_of(request)
        drafting.came_by_mail(ways.token(request, "mailed"), form.key, form.cleaned_data["email"])
        pitch, _new = intake.write(
            door,
            form.answers(),
            form_key=formkeys.key_for(request, form.key),
            device=device,
            browser=mark,
            proven=own,
            ways=ways.of(request),
            mine=lambda there: formkeys.wrote(request, there),
        )
    except intake.Refused:
        return again()
    drafting.written(pitch, half.typed(request.POST, door, ways.of(request)), browser=mark)
    return see("agency:check" if pitch.state == PitchState.UNPROVEN else "agency:status", pitch.token)


def with_form(
    request: HttpRequest,
    door: Door,
    form: PitchForm,
    *,
    way: invitation.Way | None = None,
    tried: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A door page around a form: empty, going on, with its problems, or with what would become of it."""
    now, found, came = clock.now(), opening.of(door), ways.of(request)
    way = way or invitation.way_in(request, door)
    until = door.until if door.state == DoorState.UNTIL else None
    context = {
        "page": door.page,
        "door": door,
        "look": "open" if way.opens else found.look,
        "form": form,
        "sections": shown.sections(form),
        "unfold": shown.unfold_optional(form) or "more" in request.GET,
        "ways": came,
        "mailed": ways.token(request, "mailed"),
        "reply": access.reply_to(door, came.reply),
        "way": way,
        "why": found.why,
        "opens": found.until,
        "shut": found.look == "shut" and not found.by_itself and not way.opens,
        "closed_at": until if until and now - DAY < until <= now else None,
        "no_date_before": opening.latest_promise(door.page),
        "before": before.of(door, found, before.whose(request, form)),
        "days_left": (door.page.local_date(until) - door.page.local_date(now)).days if until else None,
    } | (tried or {})
    response = render(request, "public/door.html", context, status=status)
    if came.key or came.reply or came.again:  # an address with a secret in it is kept nowhere
        response["Cache-Control"] = "no-store"
    return response


def closed(request: HttpRequest, door: Door, form: WatchForm | None = None, *, status: int = 200) -> HttpResponse:
    """A shut door: why, until when, how to be told when it opens, and the doors that are open."""
    found, others = opening.of(door), [other for other in access.doors_of(door.page) if other.pk != door.pk]
    contact = None if form else proven.contact(request)
    context = {
        "page": door.page,
        "door": door,
        "why": found.why,
        "by_itself": found.by_itself,
        "opens": found.until if found.why != "ended" else None,
        "ended": found.until if found.why == "ended" else None,
        "no_date_before": opening.latest_promise(door.page),
        "open_doors": [plaque for plaque in (shown.plaque(other, door.page) for other in others) if plaque.is_open],
        "form": form or WatchForm(initial={"email": contact.email if contact else ""}),
        "asked": request.GET.get("asked", ""),
        "came": ways.channel(request.GET.get("from", "")),
    }
    return render(request, "public/closed.html", context, status=status)
