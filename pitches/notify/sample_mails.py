"""What each sample mail is about: from the kind to the ways in which it is worded. notify/samples.py writes them.

A new way of wording a mail is a new line there.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from pitches import claims, lifecycle, offers
from pitches.book import exporting
from pitches.doors import deflecting
from pitches.models import (
    Came,
    CopyState,
    DataCopy,
    Door,
    Draft,
    Erasure,
    Fact,
    Key,
    Message,
    MessageState,
    Plan,
    ProofWay,
    Watch,
)
from pitches.models.page import WEEKDAYS
from pitches.notify import alarms, hourly, security
from pitches.notify import sample_answers as answers
from pitches.notify.sample_world import World
from portal.models import User

About = dict[str, Any]
Maker = Callable[[World], About]
USUAL = "usual"
FIREFOX = {"browser_name": "Firefox", "browser_system": "Windows"}
NAMED = re.compile(r"%\((\w+)\)s")


# ── to whom ──────────────────────────────────────────────────────────────────
def _of_a_pitch(world: World) -> About:
    """What needs no row of its own: enough for every mail about a page or a pitch."""
    return {"pitch": world.pitch()}


def _of_the_owner(world: World) -> About:
    return {"to": world.page.owner.email}


def _helping(made: Maker) -> Maker:
    """The same to somebody who helps."""

    def make(world: World) -> About:
        helper = world.helper(role="reader", joined_at=world.now)
        return made(world) | {"assistant": helper, "user": world.user_of(helper), "to": helper.email}

    return make


# ── the reading hour ─────────────────────────────────────────────────────────
def _digest(world: World) -> About:
    for standing, lane in (("trusted", "trusted"), ("known", "known"), ("stranger", "first_knock")):
        world.pitch(standing=standing, lane=lane)
    return _of_the_owner(world)


def _digest_late(world: World) -> About:
    return _digest(world) | {"secret": hourly.LATE}


def _next_hour_in(world: World, days: int) -> None:
    day = world.page.local_date(world.now) + timedelta(days=days)
    world.page.reading = [f"{WEEKDAYS[day.weekday()]} 09:00"]
    world.page.next_hour_at = world.page.next_hour(world.now)


def _digest_pressing(world: World) -> About:
    """More trusted ones than are named, a last useful day before the next hour, an answer, and terms."""
    _next_hour_in(world, 3)
    for _number in range(7):
        world.pitch(standing="trusted", lane="trusted", last_day=world.page.local_date(world.now))
    lifecycle.record(Fact.REPLIED, world.page, world.pitch())
    return _digest_of_terms(world)


def _digest_of_terms(world: World) -> About:
    world.offer(by_owner=False)
    return _of_the_owner(world)


def _tell_now(world: World, days: int = 0) -> About:
    _next_hour_in(world, days + 2)
    last = world.page.local_date(world.now) + timedelta(days=days)
    return {"pitch": world.pitch(standing="trusted", lane="trusted", last_day=last)} | _of_the_owner(world)


def _tell_now_without_an_hour(world: World) -> About:
    about = _tell_now(world, 3)
    world.page.reading, world.page.next_hour_at = [], None
    return about


def _answers_came(world: World, count: int = 3) -> About:
    for _number in range(count):
        lifecycle.record(Fact.REPLIED, world.page, world.pitch())
    return _of_the_owner(world)


def _undelivered(world: World, count: int = 2) -> About:
    for number in range(count):
        about = answers.no(world) | {"page": world.page, "to": world.sender.email}
        moments = {"told_at": world.now, "created_at": world.now, "next_at": world.now}
        row = {"kind": "no", "queue": "later", "state": MessageState.DEAD, "dedupe": f"sample:no:{number}"}
        Message.objects.create(**about | moments | row)
    return _of_the_owner(world)


def _month(world: World) -> About:
    for _number in range(2):
        answers.no(world)
    world.pitch()
    return _of_the_owner(world)


def _through(kind: str, world: World, days: int) -> About:
    """A mail of the hour that speaks of all until a day: it stands at the end of its name."""
    day = world.page.local_date(world.now) + timedelta(days=days)
    return {"dedupe": f"{kind}:{world.page.pk}:{day}"} | _of_the_owner(world)


def _door_closes(world: World, *days: int) -> About:
    for number in days[1:]:
        world.hang(f"until-{number}", _("Events and talks"), until=world.now + timedelta(days=number))
    Door.objects.filter(pk=world.door.pk).update(until=world.now + timedelta(days=days[0]))
    Door.objects.filter(page=world.page, until__isnull=False).update(state="until")
    return _through("door_closes", world, max(days))


def _lapsing(world: World, *days: int) -> About:
    for number in days:
        world.pitch(lapses_at=world.now + timedelta(days=number))
    return _through("lapsing", world, max(days) + 1)


# ── what the owner did, and what came of it ──────────────────────────────────
def _holiday(world: World, ahead: int, *, hours: bool = True) -> About:
    page, today = world.page, world.page.local_date(world.now)
    page.holiday_from, page.holiday_until = today + timedelta(days=ahead), today + timedelta(days=ahead + 14)
    page.reading = page.reading if hours else []
    page.save(update_fields=["holiday_from", "holiday_until", "reading"])
    return _of_the_owner(world)


def _webhook_fails(world: World) -> About:
    hook = {"webhook": "https://hooks.page.invalid", "failures": 5, "failing_since": world.now - timedelta(hours=3)}
    plan = Plan.objects.create(page=world.page, standing="known", **hook)
    return {"dedupe": f"webhook_fails:{plan.pk}:0"} | _of_the_owner(world)


def _ready_answer(world: World, name: str = "Elif Kaya") -> About:
    link = deflecting.make(world.door, name or _("Somebody"), Came.MAIL, world.page.local_date(world.now))
    to = world.sender.email if name else ""
    said = {"link": link.pk, "name": name, "to": to, "subject": _("A survey for you")}
    return {"secret": said} | _of_the_owner(world)


def _book(what: str) -> Maker:
    return lambda world: {"secret": {"what": what, "people": 12}} | _of_the_owner(world)


# ── doors, drafts and lists ──────────────────────────────────────────────────
def _invitation(world: World, uses: int = 1) -> About:
    month = {"given_at": world.now, "expires_at": world.now + timedelta(days=30), "most_uses": uses}
    return {"key": world.sealed(Key, "key", door=world.door, email=world.sender.email, **month)}


def _watch(world: World) -> About:
    box = {"email": world.sender.email, "mailbox": world.sender.mailbox}
    return {"watch": world.sealed(Watch, "watch", door=world.door, asked_at=world.now, **box)}


def _opened(world: World, **door: Any) -> About:
    Door.objects.filter(pk=world.door.pk).update(**door)
    world.door.refresh_from_db()
    return _watch(world)


def _opened_again(world: World) -> About:
    lifecycle.record(Fact.DOOR_CLOSED, world.page, door=world.door)
    return _watch(world)


def _opened_for_a_while(world: World) -> About:
    return _opened(world, state="until", until=world.now + timedelta(days=30), places_per_week=3)


def _draft(world: World) -> About:
    until = world.now + timedelta(days=30)
    said = {"door": world.door, "email": world.sender.email, "form_key": uuid4(), "words": b"-"}
    return {"draft": world.sealed(Draft, "draft", at=world.now, expires_at=until, **said)}


def _find(world: World) -> About:
    world.pitch()
    return {"page": None}


def _domain_code(world: World) -> About:
    return {"page": None, "proof": claims.ask(world.sender, ProofWay.MAIL, role="postmaster")}


# ── help ─────────────────────────────────────────────────────────────────────
def _invited(world: World, role: str) -> About:
    helper = world.helper(role=role)
    return {"assistant": helper, "to": helper.email}


def _joined(world: World, role: str) -> About:
    return {"assistant": world.helper(role=role, joined_at=world.now)} | _of_the_owner(world)


def _handoff(world: World, standing: str = "known", *, given: bool = False) -> About:
    helper = world.helper(joined_at=world.now)
    asked: About = {"questions": [{"text": _("Where may it be sent to?"), "required": True}]}
    if given:
        asked |= {"given": [_("12 Quay Street, Lisbon")], "given_at": world.now}
    pitch = world.accepted(assistant=helper, standing=standing, **asked).pitch
    return {"pitch": pitch, "assistant": helper, "to": helper.email}


# ── terms ────────────────────────────────────────────────────────────────────
def _offer(world: World, **more: Any) -> About:
    offer = world.offer(by_owner=True, **more)
    return {"pitch": offer.pitch, "offer": offer}


def _offer_the_last(world: World) -> About:
    about = _offer(world)
    world.offer(by_owner=False, state="countered", pitch=about["pitch"])
    return about


def _agreed(world: World, **more: Any) -> About:
    offer = world.offer(by_owner=False, **more)
    offers.agree(offer, by_owner=True, by=None, seen=offers.digest(offers.terms(offer.pitch, offer)))
    offer.refresh_from_db()
    return {"pitch": offer.pitch, "offer": offer}


def _declined(world: World) -> About:
    offer = world.offer(by_owner=False, state="declined")
    return {"pitch": offer.pitch, "offer": offer}


# ── ways in ──────────────────────────────────────────────────────────────────
def _data_copy(world: World) -> About:
    week = world.now + timedelta(days=7)
    moments = {"asked_at": world.now, "ready_at": world.now, "ends_at": week}
    copy = DataCopy.objects.create(user=world.page.owner, state=CopyState.READY, size=2_400_000, **moments)
    return {"page": None, "dedupe": f"data_copy:{copy.pk}"} | _of_the_owner(world)


def _account_goes(world: World, user: User | None = None) -> About:
    user, fortnight = user or world.page.owner, world.now + timedelta(days=14)
    moments = {"asked_at": world.now, "goes_at": fortnight, "next_at": fortnight}
    erasure = Erasure.objects.create(user=user, subject="-", **moments)
    return {"page": None, "user": user, "to": user.email, "dedupe": f"account_goes:{erasure.pk}"}


def _account_without_a_page_goes(world: World) -> About:
    return _account_goes(world, User.objects.create_user("sam@page.invalid", timezone="Europe/Lisbon"))


def _account(template: str, **said: Any) -> Maker:
    """A mail of signing in."""
    return lambda world: {"page": None, "secret": {"template": template} | said} | _of_the_owner(world)


def _notices(kind: str, **said: Any) -> dict[str, Maker]:
    """All that can happen to somebody's way in and is told in this kind of mail, by the name of its template."""
    templates = [template for template, told_by in security.KIND_OF.items() if told_by == kind]
    return {template.rpartition("/")[2]: _account(template, **FIREFOX | said) for template in templates}


def _alarm(what: str) -> Maker:
    """An alarm, with sample words for whatever it names."""
    said = {"minutes": "12", "kind": "receipt"}
    named = {name: said.get(name, "7") for words in alarms.ABOUT[what] for name in NAMED.findall(str(words))}
    return lambda world: {"page": None, "secret": {"what": str(what)} | named, **_of_the_owner(world)}


def _one(made: Maker) -> dict[str, Maker]:
    return {USUAL: made}


def _two(made: Callable[..., About], name: str, *said: Any) -> dict[str, Maker]:
    """As it usually is, and with something else."""
    return {USUAL: made, name: lambda world: made(world, *said)}


def _each(made: Callable[[World, str], About], names: Iterable[str]) -> dict[str, Maker]:
    return {name: lambda world, name=name: made(world, name) for name in names}  # type: ignore[misc]


# A kind that does not stand here gets a pitch that waits, its page and the owner. Of each the first stands for all.
WAITS = _one(_of_a_pitch)
ADDRESSES = {"added_email": "another@page.invalid", "deleted_email": "another@page.invalid"}
MOVED = {"from_email": "maya@page.invalid", "to_email": "me@page.invalid"}
CODE = {"code": "482915"}
SAMPLES: dict[str, dict[str, Maker]] = {
    "code": _one(lambda world: {"pitch": world.pitch("unproven", handed_in_at=None), "secret": CODE}),
    "receipt": {USUAL: _of_a_pitch, "no_hour": answers.receipt_without_an_hour},
    "yes": _each(lambda world, standing: answers.yes(world, standing=standing), ("known", "stranger", "trusted"))
    | {"words": answers.yes_in_words, "questions": answers.yes_with_questions},
    "no": {
        "words": answers.no_in_words,
        "plain": answers.no,
        "own_words": answers.no_of_own_words,
        "doors": answers.no_with_doors,
    }
    | _each(answers.no, ("no_reason", "covered")),
    "ask": {USUAL: answers.ask, "helper": lambda world: answers.ask(world, said_by="Sam Ode")},
    "wrong_door": {USUAL: answers.wrong_door, "words": answers.wrong_door_in_words, "again": answers.wrong_door_again},
    "lapsed": _one(lambda world: {"pitch": world.pitch("lapsed")}),
    "withdrawn": _one(lambda world: {"pitch": world.pitch("withdrawn", withdrawn_at=world.now)}),
    "digest": {
        USUAL: _digest,
        "pressing": _digest_pressing,
        "late": _digest_late,
        "terms": _digest_of_terms,
        "helper": _helping(_digest),
        "helper_terms": _helping(_digest_of_terms),
    },
    "door_closes": {
        "tomorrow": lambda world: _door_closes(world, 1),
        "later": lambda world: _door_closes(world, 4),
        "two": lambda world: _door_closes(world, 2, 3),
    },
    "month": {USUAL: _month, "helper": _helping(_month)},
    "answers_came": _two(_answers_came, "one", 1) | {"helper": _helping(_answers_came)},
    "undelivered": _two(_undelivered, "one", 1),
    "lapsing": {"one": lambda world: _lapsing(world, 2), "two_days": lambda world: _lapsing(world, 2, 2, 3)},
    "holiday": {
        "ahead": lambda world: _holiday(world, 7),
        "begun": lambda world: _holiday(world, 0),
        "no_hour": lambda world: _holiday(world, 7, hours=False),
    },
    "tell_now": _two(_tell_now, "later", 3) | {"no_hour": _tell_now_without_an_hour},
    "page_up": _one(_of_the_owner),
    "invitation": _two(_invitation, "three", 3),
    "watch_confirm": _one(_watch),
    "door_open": {USUAL: _watch, "again": _opened_again, "until": _opened_for_a_while},
    "draft": _one(_draft),
    "draft_by_mail": _one(_draft),
    "ready_answer": _two(_ready_answer, "unknown", ""),
    "find": _one(_find),
    "book_exported": {"book": _book(exporting.BOOK), "table": _book(exporting.TABLE)},
    "data_copy": _one(_data_copy),
    "account_goes": {USUAL: _account_goes, "no_page": _account_without_a_page_goes},
    "domain_code": _one(_domain_code),
    "assist_invite": _each(_invited, ("reader", "screener", "assistant", "mail")),
    "assistant_joined": _each(_joined, ("reader", "screener", "assistant")),
    "handoff": _each(_handoff, ("known", "stranger", "trusted")),
    "supplied": _one(partial(_handoff, given=True)),
    "account": {
        "code": _account("account/email/login_code", **CODE),
        "new_address": _account("account/email/email_confirmation", inside="yes", **CODE),
        "no_account": _account("account/email/unknown_account"),
        "has_account": _account("account/email/account_already_exists"),
    },
    "sign_in": {
        USUAL: _account("portal/signed_in", clock="Europe/Lisbon", **FIREFOX),
        "unnamed": _account("portal/signed_in"),
    },
    "sign_in_changed": _notices("sign_in_changed"),
    "codes_low": {
        "two": _account("portal/codes_low", left=2, **FIREFOX),
        "none": _account("portal/codes_low", left=0, **FIREFOX),
    },
    "address_changes": _notices("address_changes", **ADDRESSES, **MOVED),
    "reminder": _one(answers.ask),
    "note": _two(answers.note, "helper", "Sam Ode") | {"last": answers.note_the_last},
    "webhook_fails": _one(_webhook_fails),
    "offer": {USUAL: _offer, "last": _offer_the_last, "helper": lambda world: _offer(world, said_by="Sam Ode")},
    "agreed": {USUAL: _agreed, "no_day": lambda world: _agreed(world, day=None, amount=None, currency="")},
    "declined_offer": _one(_declined),
    "alarm": {str(what): _alarm(what) for what in alarms.ABOUT},
}
