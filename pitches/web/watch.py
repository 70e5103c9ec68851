"""Waiting for a door: ask, confirm from the mail, stop. Looking changes nothing, so mail scanners may look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches import opening
from pitches.doors import watching
from pitches.forms.watch import WatchForm
from pitches.models import Watch
from pitches.web import access, knocking, proven, public
from pitches.web.redirects import SeeOther, see
from portal import browsers


@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """Somebody waits for a door. The answer is the same, whoever the address belongs to."""
    door = access.public_door(handle, slug)
    if request.method != "POST" or opening.of(door).look != "shut":
        return see("public:door", door.page.handle, door.slug)
    form = WatchForm(request.POST)
    if stopped := knocking.stopped(request, form, "watch", lambda: public.closed(request, door, form)):
        return stopped
    if not form.is_valid():
        return public.closed(request, door, form, status=422)
    email = form.cleaned_data["email"]
    sender = proven.recognise(request, email)
    watching.ask(door, email, sender, browser=browsers.mark_of(request))
    here = reverse("public:door", args=[door.page.handle, door.slug])
    return SeeOther(f"{here}?asked={'known' if sender else 'mail'}#watch")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: one button, for all that this mailbox asked for and did not confirm."""
    watch = access.watch_by_token(token)
    asked = list(watching.asked_with(watch))
    if request.method == "POST":
        for other in asked:
            if other.pk == watch.pk or str(other.pk) in request.POST.getlist("watch"):
                watching.confirm(other)
        return see("public:watch_confirm", token)
    return _shown(request, watch, [other for other in asked if other.pk != watch.pk])


@csrf_exempt  # the mail client that posts here has no cookie of ours; the secret link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Posting ends the waiting, or takes it up again."""
    watch = access.watch_by_token(token)
    if request.method == "POST":
        (watching.take_up if "again" in request.POST else watching.stop)(watch)
        watch = access.watch_by_token(token)
    return _shown(request, watch)


def _shown(request: HttpRequest, watch: Watch, others: list[Watch] | None = None) -> HttpResponse:
    """What became of a watch, and what can be done about it."""
    door = watch.door
    context = {
        "watch": watch,
        "door": door,
        "page": door.page,
        "state": watching.state_of(watch),
        "can_be_seen": door.taken_down_at is None and not door.page.hidden_at,
        "is_open": watching.can_be_told(door),
        "others": others or [],
    }
    return render(request, "public/watch.html", context)
