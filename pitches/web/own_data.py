"""Somebody's own data: a copy of all of it. For every account, with a page or without; only after a fresh sign-in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches import copies
from pitches.models import CopyState
from pitches.web import access
from pitches.web.redirects import see
from portal import clock, fresh


@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What there is of a copy, and how to get one."""
    copy = copies.newest(access.signed_in(request))
    shown = {"copy": copy, "may_ask": copies.may_ask_again(copy)}
    return render(request, "own/data.html", shown | way_in(request, reverse("own:data")))


def way_in(request: HttpRequest, back: str) -> dict[str, Any]:
    """Whether they signed in a moment ago, or how to show first who they are."""
    if fresh.is_fresh(request):
        return {"fresh": True}
    action, then = fresh.way(request, back)
    return {"fresh": False, "sign_in": action, "then": then}


@login_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have a copy made. It is a row; whoever makes it rings later."""
    if not fresh.is_fresh(request):
        return not_now(request)
    copy, new = copies.ask(access.signed_in(request))
    if not new and copy.state == CopyState.READY:
        messages.info(request, _("There is a copy of today already."))
    return see("own:data")


def not_now(request: HttpRequest) -> HttpResponse:
    """It takes too much out of the house for a session that was left open."""
    messages.error(request, _("Show first that it is you. Then it works for five minutes."))
    return see("own:data")


@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The copy, as long as it is there; to its own account, and nobody else."""
    user = access.signed_in(request)
    copy = copies.newest(user)
    if copy is None or copy.state != CopyState.READY or copy.ends_at is None or copy.ends_at <= clock.now():
        raise Http404
    if not fresh.is_fresh(request):
        return not_now(request)
    name = f"halfdoor-{copy.asked_at:%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        copies.download(copy),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
