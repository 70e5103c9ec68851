"""Stopping a mail without signing in: one click in the mail client (RFC 8058) or one button on the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.models import Page
from pitches.notify import reminding, stop, wanted
from pitches.web import access

PAGES = {
    "digest": "public/stop_digest.html",
    "tell_now": "public/stop_tell_now.html",
    "webhook_fails": "public/stop_webhook_fails.html",
}


@csrf_exempt  # the mail client that posts here has no cookie of ours; the signed link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops a kind of mail about a page, or starts it again."""
    page, kind = stop.meant(token)
    if page is None:
        raise Http404
    if request.method == "POST":
        page = _choose(page, kind, on="again" in request.POST)
    said = {"page": page, "posted": request.method == "POST", "wanted": wanted.wants(page.owner, page, kind)}
    return render(request, PAGES[kind], said)


def _choose(page: Page, kind: str, *, on: bool) -> Page:
    if kind == "digest":
        return doors.keep_digest(page, wanted=on)
    if kind == "tell_now":
        return doors.keep_settings(page, tell_me_now=on)
    wanted.choose(page.owner, page, kind, wanted=on)
    return page


@csrf_exempt  # as above; the secret link of the pitch is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops the reminders of one pitch, or starts them again."""
    pitch = access.proven_pitch(token)
    if request.method == "POST":
        reminding.choose(pitch, wanted="again" in request.POST)
    said = {"page": pitch.page, "pitch": pitch, "posted": request.method == "POST"}
    return render(request, "public/stop_reminders.html", said)
