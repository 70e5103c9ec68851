"""By invitation: a door opens for people the owner knows, and for whoever has a key. Before proof all are alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pitches import intake, opening, relationships, rules
from pitches.doors import keys
from pitches.forms.code import CodeForm
from pitches.forms.keys import WhoForm
from pitches.models import Door, Introduction, Page, Rule, Sender, Standing
from pitches.web import access, asked_for, devices, knocking, proven, ways
from pitches.web.redirects import SeeOther, see
from portal import browsers, domains

KNOWN = (Standing.KNOWN, Standing.TRUSTED)


# ── for whom a door opens ────────────────────────────────────────────────────
def opens_for(standing: Standing, door: Door, found: opening.Opening, terms: rules.Terms) -> bool:
    """Does a door that is not open to everybody open for this standing? Never when the owner shut it by hand."""
    if standing not in rules.USUAL or rules.needs_key(terms, standing, door):
        return False
    return found.look == "key" or (found.by_itself and standing in KNOWN)


def let_in(request: HttpRequest, page: Page, doors: Iterable[Door]) -> dict[int, Sender]:
    """Which doors are open only for somebody whose mailbox is proven here, and for whom. Three questions at most on a
    device, two more for whoever is signed in.

    Whoever is blocked, on pause or unknown is not in it: they see what a stranger sees.
    """
    special = [door for door in doors if not opening.of(door).is_open]
    people = proven.people(request) if special else []
    stands = relationships.standings(page, people, special) if people else {}
    decided = rules.of(page) if people else []
    return {
        door.pk: sender
        for door in special
        for sender in reversed(people)  # the account comes first, then the last one who proved a mailbox here
        if opens_for(stands[sender.pk, door.pk], door, opening.of(door), _terms(decided, stands, sender, door))
    }


def _terms(decided: list[Rule], stands: dict[tuple[int, int], Standing], sender: Sender, door: Door) -> rules.Terms:
    return rules.nearest(decided, stands[sender.pk, door.pk], door.pk, sender.agency_id)


@dataclass(frozen=True)
class Way:
    """How somebody stands before a door: with a key (its state: good, used, expired, withdrawn), known here, or
    invited to try again.
    """

    key: str = ""
    sender: Sender | None = None
    says_who: bool = False
    again: bool = False

    @property
    def opens(self) -> bool:
        """Does the door open for them although it is not open to everybody?"""
        return self.key == "good" or self.sender is not None or self.again


def way_in(request: HttpRequest, door: Door) -> Way:
    """What the key or the device of whoever looks changes at a door. Nothing at one that is open, or shut by hand."""
    found, key = opening.of(door), access.key_to(door, ways.of(request).key)
    if intake.opens(intake.earlier(door, ways.of(request).again), door):
        return Way(again=True)
    by_key = found.look == "key" or found.why == "full"
    if found.is_open or not (by_key or found.by_itself):
        return Way()
    state = keys.state_of(key) if key and by_key else ""
    sender = None if state == "good" else let_in(request, door.page, [door]).get(door.pk)
    if sender and found.why == "promise" and not _can_promise(door, sender):
        sender = None
    return Way(state, sender, found.look == "key" and state != "good" and sender is None)


def _can_promise(door: Door, sender: Sender) -> bool:
    standing = relationships.standing_of(door.page, sender, door)
    return opening.can_promise(door.page, rules.terms(door.page, standing, door, sender).lane)


# ── a key ────────────────────────────────────────────────────────────────────
@never_cache
@require_safe
def key(request: HttpRequest, token: str) -> HttpResponse:
    """A door was opened for you: whether the key still works, and the way to the door. Looking uses nothing."""
    found = access.key_by_token(token)
    door, state = found.door, keys.state_of(found)
    stands = opening.of(door)
    if state == "good" and (door.taken_down_at or (stands.look == "shut" and stands.why != "full")):
        state = "shut"
    context = {
        "page": door.page,
        "door": door,
        "key": found,
        "state": state,
        "left": found.most_uses - found.uses,
        "last_day": keys.last_day(found),
        "opens": stands.until if stands.why != "ended" else None,
        "look": "key" if state == "good" else "shut",
    }
    return render(request, "public/key.html", context)


# ── who are you ──────────────────────────────────────────────────────────────
def ask(request: HttpRequest, door: Door, form: WhoForm | None = None, *, way: Way | None = None) -> HttpResponse:
    """A door by invitation, before anybody knows who stands there: the address first, then the code."""
    contact = None if form else proven.contact(request)
    form = form or WhoForm(initial={"email": contact.email if contact else ""})
    context = {"page": door.page, "door": door, "form": form, "way": way}
    return render(request, "public/who.html", context, status=422 if form.errors else 200)


@require_POST
def introduce(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """Take the address. Every address gets the same answer."""
    door = access.public_door(handle, slug)
    if opening.of(door).look != "key":
        return see("public:door", door.page.handle, door.slug)
    form = WhoForm(request.POST)
    if stopped := knocking.stopped(request, form, "introduce", lambda: ask(request, door, form)):
        return stopped
    if not form.is_valid():
        return ask(request, door, form)
    email, mark = form.cleaned_data["email"], browsers.mark_of(request)
    own = proven.signed_in_as(request, email)
    introduction = intake.introduce(door, email, device=devices.token_of(request), browser=mark, proven=own)
    return see("public:who", introduction.token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest, token: str) -> HttpResponse:
    """The code that proves the address; after that, how the door stands for them."""
    introduction = access.introduction(token)
    if introduction.proven_at:
        return _told(request, introduction)
    if request.method != "POST":
        return _asked(request, introduction, CodeForm())
    return _again(request, introduction) if "again" in request.POST else _prove(request, introduction)


def _asked(request: HttpRequest, introduction: Introduction, form: CodeForm) -> HttpResponse:
    door = introduction.door
    context = {"page": door.page, "door": door, "introduction": introduction, "form": form}
    return render(request, "public/who_code.html", context, status=422 if form.errors else 200)


def _again(request: HttpRequest, introduction: Introduction) -> HttpResponse:
    if late := asked_for.too_often(request, lambda: _asked(request, introduction, CodeForm())):
        return late
    asked = intake.ask_code(introduction, browser=browsers.mark_of(request))
    asked_for.say(request, introduction.email, asked=asked)
    return see("public:who", introduction.token)


def _prove(request: HttpRequest, introduction: Introduction) -> HttpResponse:
    device = devices.token_of(request) or devices.new_token()
    form = CodeForm(request.POST)
    if late := knocking.too_often(request, form, "code", lambda: _asked(request, introduction, form)):
        return late
    if not form.is_valid():
        return _asked(request, introduction, form)
    try:
        sender = intake.prove_introduction(introduction, form.cleaned_data["code"], device=device)
    except intake.WrongCode as wrong:
        form.refuse(wrong.why)
        return _asked(request, introduction, form)
    response = see("public:who", introduction.token)
    if sender:
        devices.give(response, device)
    return response


def _told(request: HttpRequest, introduction: Introduction) -> HttpResponse:
    """The truth about their own standing: in, or a polite no with a way on."""
    door, sender = introduction.door, intake.behind(introduction)
    page, found = door.page, opening.of(door)
    standing = relationships.standing_of(page, sender, door)
    to_door = reverse("public:door", args=[page.handle, door.slug])
    terms = rules.terms(page, standing, door, sender)
    if found.look != "key" or opens_for(standing, door, found, terms):
        return SeeOther(to_door)
    mine = keys.cut_for(door, domains.mailbox(introduction.email))
    if mine and standing in (*KNOWN, Standing.STRANGER, Standing.INTRODUCED):
        return SeeOther(f"{to_door}?key={mine.token}")
    paused = sender and standing == Standing.PAUSED
    until = relationships.paused_until(page, sender, door) if sender and paused else None
    context = {"page": page, "door": door, "introduction": introduction, "standing": standing, "until": until}
    return render(request, "public/who_told.html", context)
