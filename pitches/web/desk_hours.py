"""The owner's hours at the desk: when they read, how much, what is promised, and when nothing may ring."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.forms.hours import HoursForm
from pitches.forms.merging import in_words
from pitches.models import Page
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import clock
from portal.templatetags.portal import day, when

SOON = timedelta(days=30)  # a holiday that begins later is not spoken of yet


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, page: Page) -> HttpResponse:
    """Reading hours, zone, session, promise, quiet time, holiday."""
    if request.method != "POST":
        return _shown(request, page, HoursForm(page=page))
    if "more" in request.POST:
        return _shown(request, page, HoursForm(page=page, typed=request.POST))
    form = HoursForm(request.POST, page=page)
    if not form.is_valid():
        return _shown(request, page, form)
    by, seen = access.signed_in(request), form.cleaned_data["seen"]
    try:
        kept = doors.keep_settings(page, by=by, seen=seen, **form.settings())
    except doors.PageChanged as other:
        return _shown(request, other.page, _after(other, request))
    messages.success(request, _said(kept))
    return see("desk:hours")


def _after(other: doors.PageChanged, request: HttpRequest) -> HoursForm:
    """The form of the later tab: nothing that was typed is lost, and what the other one kept stands beside it."""
    form = HoursForm.merged(request.POST, other.page, other.theirs)
    for name, value in other.fields.items():
        said = _("Another window kept this meanwhile: %(value)s. Press Keep again to put yours in its place.")
        form.add_error(HoursForm.field_of(name), said % {"value": in_words(value)})
    return form


def _said(page: Page) -> str:
    """What the owner's hours mean from now on, in a sentence."""
    if page.next_hour_at:
        return _("Kept. Your next hour is %(moment)s.") % {"moment": when(page.next_hour_at, page.zone)}
    return _("Kept. You have no reading hour now.")


def _shown(request: HttpRequest, page: Page, form: HoursForm) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {"page": page, "form": form, "now": now, "zone": form["timezone"].value()}
    today = page.local_date(now)
    if page.away_on(today):
        context["away"] = _("You are away until %(day)s.") % {"day": day(page.holiday_until)}
    elif page.holiday_from and today < page.holiday_from <= today + SOON:
        said = _("You will be away from %(first)s to %(last)s.")
        context["away"] = said % {"first": day(page.holiday_from), "last": day(page.holiday_until)}
    return render(request, "desk/hours.html", context, status=422 if form.errors else 200)
