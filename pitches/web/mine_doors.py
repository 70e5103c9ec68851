"""The agency's side: doors that somebody waits for, doors that open for them, and the colleagues of their domain."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pitches import colleagues, opening, relationships, rules
from pitches.doors import watching
from pitches.models import Door, Sender
from pitches.web import access, cards, invitation, shown
from pitches.web.redirects import see


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def doors(request: HttpRequest) -> HttpResponse:
    """What they wait for, with a button that ends it; what opens for them; and the keys that were cut for them."""
    if request.method == "POST":
        return _stop(request)
    boxes = access.own_mailboxes(request)
    watches = list(colleagues.watches(boxes))
    context = {
        "place": "doors",
        "waiting": [watch for watch in watches if watch.stopped_at is None],
        "stopped": [watch for watch in watches if watching.state_of(watch) == "stopped"],
        "opened": _opened(list(colleagues.own(boxes))),
        "keys": list(colleagues.keys(boxes)),
        "boxes": boxes,
    }
    return render(request, "mine/doors.html", context)


def _stop(request: HttpRequest) -> HttpResponse:
    """Stop waiting for a door, or take it up again."""
    watch = access.own_watch(request, request.POST.get("watch", ""))
    words = {"door": watch.door.name}
    if "again" in request.POST:
        watching.take_up(watch)
        messages.success(request, _("We will tell you when “%(door)s” opens.") % words)
    else:
        watching.stop(watch)
        messages.success(request, _("Stopped. You get no email about “%(door)s”.") % words)
    return see("mine:doors")


def _opened(people: list[Sender]) -> list[shown.Plaque]:
    """The doors that are not open to everybody, and open for one of their mailboxes."""
    special = [door for door in colleagues.doors_near(people) if not opening.of(door).is_open]
    stands = relationships.standings_anywhere(people, special)
    decided = rules.of_pages({door.page for door in special})

    def opens(door: Door) -> bool:
        found = opening.of(door)
        met = [(stands[one.pk, door.pk], one.agency_id) for one in people]
        return any(
            invitation.opens_for(standing, door, found, rules.nearest(decided[door.page_id], standing, door.pk, agency))
            for standing, agency in met
        )

    return [shown.plaque(door, door.page, for_you=True) for door in special if opens(door)]


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who else pitched from the same domain. It needs no invitation, since the domain proves it."""
    boxes = access.own_mailboxes(request)
    context = {
        "place": "people",
        "boxes": boxes,
        "domains": colleagues.domains_of(boxes),
        "people": [cards.wear(one, own=one.mailbox in boxes) for one in colleagues.beside(boxes)],
        "alone": sorted({box.rpartition("@")[2] for box in boxes if not colleagues.domains_of([box])}),
    }
    return render(request, "mine/people.html", context)
