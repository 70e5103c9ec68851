"""Five short answers, and the page is up."""

from urllib.parse import unquote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.doors import handles
from pitches.forms.page import WelcomeForm
from pitches.models import Page
from pitches.web import access
from pitches.web.redirects import see
from portal import links, zones


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Hang the doors. Whoever has a page goes to the desk."""
    if access.own_page(request):
        return redirect("desk:home")
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
    _say_it_is_up(request, page)
    return see("desk:inbox")


def _shown(request: HttpRequest, form: WelcomeForm) -> HttpResponse:
    site = links.absolute("/").partition("://")[2]
    return render(request, "welcome/welcome.html", {"form": form, "site": site}, status=422 if form.errors else 200)


def _suggested(request: HttpRequest) -> dict[str, str]:
    """A name, a free handle, and the zone of this reader."""
    user = access.signed_in(request)
    zone = unquote(request.COOKIES.get("zone", ""))
    return {
        "name": user.name,
        "handle": handles.suggest(user.name or user.email.partition("@")[0]),
        "timezone": zone if zone in zones.lived_in() else "Europe/London",
    }


def _too_late(request: HttpRequest, form: WelcomeForm) -> HttpResponse:
    """The same form was sent twice, or somebody took the handle a moment ago."""
    if access.own_page(request):
        return see("desk:inbox")
    form.add_error("handle", _("This address was taken a moment ago. Choose another."))
    return _shown(request, form)


def _say_it_is_up(request: HttpRequest, page: Page) -> None:
    address = links.absolute(reverse("public:page", args=[page.handle]))
    link = format_html('<a href="{}">{}</a>', address, address.partition("://")[2])
    messages.success(request, format_html(_("Your page is up: {link}"), link=link))
