"""The end of an account: the page that says what goes, the press that asks for it, and the one that keeps it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pitches import erasing
from pitches.web import access
from pitches.web.own_data import way_in
from pitches.web.redirects import see
from portal import clock, fresh
from portal.templatetags.portal import day


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and when; and the press, after a fresh sign-in."""
    user = access.signed_in(request)
    if request.method == "POST":
        if not fresh.is_fresh(request):
            messages.error(request, _("Show first that it is you. Then it works for five minutes."))
            return see("own:delete")
        erasure = erasing.ask(user)
        said = _("Your account goes on %(day)s. A mail to your account says so, and how to keep it.")
        messages.success(request, said % {"day": day(erasure.goes_at, user.timezone)})
        return see("own:delete")
    shown = {"it": erasing.overview(user), "when": clock.now() + erasing.GRACE}
    return render(request, "own/delete.html", shown | way_in(request, reverse("own:delete")))


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """It stays. Whoever is signed in may say so: nothing leaves the house."""
    try:
        if erasing.keep(access.signed_in(request)):
            messages.success(request, _("Your account stays, and everything is as it was."))
    except erasing.NotNow:
        messages.error(request, _("The day has come, and your account is being erased. It cannot be kept any more."))
        return see("own:delete")
    return see("own:data")
