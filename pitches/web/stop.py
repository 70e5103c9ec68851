"""Stopping a mail without signing in: one click in the mail client (RFC 8058) or one button on the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.notify import stop


@csrf_exempt  # the mail client that posts here has no cookie of ours; the signed link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops the digest, or starts it again."""
    page = stop.page_of(token)
    if page is None:
        raise Http404
    if request.method == "POST":
        doors.keep_digest(page, wanted="again" in request.POST)
    return render(request, "public/stop_digest.html", {"page": page, "posted": request.method == "POST"})
