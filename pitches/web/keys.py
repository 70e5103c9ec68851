"""The keys to a door, at the desk: give one, see what came of it, take it back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pitches import opening
from pitches.doors import keys as cut
from pitches.forms.keys import KeyForm
from pitches.models import Door, Key, Page, Pitch
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import links


@dataclass(frozen=True)
class Row:
    """A key in the list: its link, its state (good, used, expired, withdrawn), what came with it.

    `unmailed`: it is for one address, and no mail told of it.
    """

    key: Key
    link: str
    state: str
    left: int
    last_day: date
    pitches: list[Pitch]
    unmailed: bool


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, page: Page, slug: str) -> HttpResponse:
    """The keys to one door, and the form for another one."""
    door = access.own_door(page, slug)
    if request.method != "POST":
        return _shown(request, door, KeyForm(page=page))
    form = KeyForm(request.POST, page=page)
    if not form.is_valid():
        return _shown(request, door, form)
    try:
        key = cut.give(door, by=access.signed_in(request), **form.cleaned_data)
    except cut.NotGiven as refused:
        form.refuse(refused.why)
        return _shown(request, door, form)
    messages.success(request, _mailed(key) if key.email else _("The key is ready. Copy its link below."))
    return see("desk:keys", door.slug)


def _mailed(key: Key) -> str:
    words = _("The key is ready, and one email about it goes to %(email)s. If none goes, the list says so.")
    return words % {"email": key.email}


def _shown(request: HttpRequest, door: Door, form: KeyForm) -> HttpResponse:
    context = {
        "page": door.page,
        "door": door,
        "form": form,
        "rows": list(_rows(door)),
        "look": opening.of(door).look,
    }
    return render(request, "desk/keys.html", context, status=422 if form.errors else 200)


def _rows(door: Door) -> Iterator[Row]:
    found = access.keys_of(door)
    came: defaultdict[int, list[Pitch]] = defaultdict(list)
    for pitch in access.with_keys(found):
        came[pitch.key_id or 0].append(pitch)
    unmailed = cut.unmailed(found)
    for key in found:
        link = links.absolute(reverse("public:key", args=[key.token]))
        left = key.most_uses - key.uses
        yield Row(key, link, cut.state_of(key), left, cut.last_day(key), came[key.pk], key.pk in unmailed)


@owned
@require_POST
def withdraw(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take a key back, or give it back."""
    key = access.own_key(page, pk)
    if "back" in request.POST:
        cut.give_back(key)
        messages.success(request, _("The key works again."))
    else:
        cut.withdraw(key)
        messages.success(request, _("The key opens nothing any more. What came with it stays on the ledge."))
    return see("desk:keys", key.door.slug)
