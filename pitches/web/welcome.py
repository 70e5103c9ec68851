"""Five short answers, and the page is up."""

from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pitches import doors
from pitches.doors import handles
from pitches.forms.handles import HandleField
from pitches.forms.page import WelcomeForm
from pitches.models import Page
from pitches.web import access
from pitches.web.redirects import see
from portal import clock, links, zones


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Hang the doors. Whoever has a page goes to the desk, and whose account goes keeps it first."""
    if access.own_page(request):
        return redirect("desk:home")
    if access.signed_in(request).goes_at:
        return redirect("own:delete")
    if request.method != "POST":
        return _shown(request, WelcomeForm(initial=_suggested(request)))
    form = WelcomeForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
    try:
        page = doors.set_up(
            access.signed_in(request),
            words=form.words(),
            hung=form.doors(),
            reading=form.reading(),
            zone=form.cleaned_data["timezone"],
        )
    except doors.Taken:
        return _too_late(request, form)
    access.sit_down(request, page)  # whoever helps elsewhere sits there
    _say_it_is_up(request, page)
    return see("desk:share")


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How the page would look, as far as it is written. Nothing is kept."""
    form = WelcomeForm(request.POST)
    form.is_valid()
    return render(request, "welcome/preview.html", _look(form))


@login_required
@require_safe
def handle(request: HttpRequest) -> HttpResponse:
    """Is a short address free? Said while it is typed."""
    return render(request, "welcome/handle.html", _checked(request.GET.get("handle", "")))


def _shown(request: HttpRequest, form: WelcomeForm) -> HttpResponse:
    zone = form["timezone"].value()
    context = {"form": form, "site": links.absolute("/").partition("://")[2], "now": clock.now(), "zone": zone}
    context |= {"guess": not form.is_bound and zone != _zone_of(request)}
    context |= _look(form) | ({} if form.is_bound else _checked(form["handle"].value()))
    return render(request, "welcome/welcome.html", context, status=422 if form.errors else 200)


def _look(form: WelcomeForm) -> dict[str, Any]:
    """The page as it would look: what is typed, and the doors that would hang."""
    return {
        "name": form["name"].value(),
        "tagline": form["tagline"].value(),
        "hours": form.hours_in_words(),
        "doors": form.doors() if form.is_bound else [],
    }


def _checked(typed: str) -> dict[str, str]:
    """The handle if it may be had, or why not."""
    try:
        return {"free": HandleField().clean(typed)}
    except ValidationError as error:
        return {"problem": " ".join(error.messages)}


def _suggested(request: HttpRequest) -> dict[str, str]:
    """A name, a free handle, and the zone of this reader."""
    user = access.signed_in(request)
    return {
        "name": user.name,
        "handle": handles.suggest(user.name or user.email.partition("@")[0]),
        "timezone": _zone_of(request) or "Europe/London",
    }


def _zone_of(request: HttpRequest) -> str:
    """What the reader's browser says; nothing if it says nothing that we know."""
    zone = unquote(request.COOKIES.get("zone", ""))
    return zone if zone in zones.lived_in() else ""


def _too_late(request: HttpRequest, form: WelcomeForm) -> HttpResponse:
    """The same form was sent twice, or somebody took the handle a moment ago."""
    if page := access.own_page(request):
        access.sit_down(request, page)
        return see("desk:inbox")
    form.add_error("handle", _("This address was taken a moment ago. Choose another."))
    return _shown(request, form)


def _say_it_is_up(request: HttpRequest, page: Page) -> None:
    address = links.absolute(reverse("public:page", args=[page.handle]))
    link = format_html('<a href="{}">{}</a>', address, address.partition("://")[2])
    messages.success(request, format_html(_("Your page is up: {link}"), link=link))
