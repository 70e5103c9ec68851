"""Stopping a mail without signing in: one click in the mail client (RFC 8058) or one button on the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.notify import stop

PAGES = {"digest": "public/stop_digest.html", "tell_now": "public/stop_tell_now.html"}


@csrf_exempt  # the mail client that posts here has no cookie of ours; the signed link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops the digest or the mail between hours, or starts it again."""
    page, kind = stop.meant(token)
    if page is None:
        raise Http404
    wanted = "again" in request.POST
    if request.method == "POST" and kind == "digest":
        doors.keep_digest(page, wanted=wanted)
    elif request.method == "POST":
        page = doors.keep_settings(page, tell_me_now=wanted)
    return render(request, PAGES[kind], {"page": page, "posted": request.method == "POST"})
