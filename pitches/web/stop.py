"""Stopping a mail without signing in: one click in the mail client (RFC 8058) or one button on the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches.forms.mail import ASKED
from pitches.notify import reminding, stop, wanted
from pitches.web import access


@csrf_exempt  # the mail client that posts here has no cookie of ours; the signed link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops one kind of mail for one person, or starts it again."""
    meant = stop.meant(token)
    if meant is None:
        raise Http404
    if request.method == "POST":
        wanted.choose(meant.user, meant.page, meant.kind, wanted="again" in request.POST)
    context = {"meant": meant, "wanted": meant.wanted, "page": meant.page, "posted": request.method == "POST"}
    return render(request, "public/stop.html", context | {"asked": ASKED[meant.kind]})


@csrf_exempt  # as above; the secret link of the pitch is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; posting stops the reminders of one pitch, or starts them again."""
    pitch = access.proven_pitch(token)
    if request.method == "POST":
        reminding.choose(pitch, wanted="again" in request.POST)
    said = {"page": pitch.page, "pitch": pitch, "posted": request.method == "POST"}
    return render(request, "public/stop_reminders.html", said)
