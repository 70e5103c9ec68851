"""Each kind of mail with sample words, for whoever looks through them. The rows it needs are undone at once.

They are written in a transaction that is always rolled back: the very functions that write a mail run over them, and
no mail is ever put.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from pitches import claims, lifecycle, mailboxes, offers
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
    Stop,
    Watch,
)
from pitches.notify import catalogue, render
from pitches.notify.sample_world import World
from portal import tokens

NUMBERS = re.compile(r"\d+(?:, \d+)*(?=:)")
About = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One kind of mail. Without a `mail` it could not be written, and `error` says why."""

    kind: str
    mail: EmailMultiAlternatives | None = None
    error: str = ""

    @property
    def number(self) -> str:
        """Its number in the list of all mails, with which the function that puts it begins."""
        put = catalogue.KINDS[self.kind]
        kinds = [kind for kind, function in catalogue.KINDS.items() if function is put]
        found = NUMBERS.match(put.__doc__ or "")
        numbers = found[0].split(", ") if found else []
        return numbers[kinds.index(self.kind)] if len(numbers) == len(kinds) else ""


def of_all(language: str) -> list[Sample]:
    """Every kind that there is, in a language."""
    with _undone(), translation.override(language):
        world = World(language)
        return [_written(kind, world) for kind in catalogue.KINDS]


def of(kind: str, language: str) -> Sample:
    """One kind, in a language."""
    with _undone(), translation.override(language):
        return _written(kind, World(language))


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _written(kind: str, world: World) -> Sample:
    try:
        with _undone():
            return Sample(kind, render.build(_message(kind, world), language=world.language))
    except Exception as error:  # noqa: BLE001 (whatever is wrong with it is what an operator looks for)
        return Sample(kind, error=f"{type(error).__name__}: {error}")


def _message(kind: str, world: World) -> Message:
    """The message, which is not stored."""
    about = SAMPLES.get(kind, _of_a_pitch)(world)
    secret, to = about.pop("secret", None), about.pop("to", world.sender.email)
    if kind in catalogue.TYPED:
        mailboxes.may_mail(to, code=False)  # so that there is a mailbox which can say: this was not me
    return Message(
        kind=kind,
        to=to,
        dedupe=about.pop("dedupe", f"sample:{kind}"),
        queue="later",
        sealed=tokens.seal(secret) if secret else None,
        created_at=world.now,
        next_at=world.now,
        **{"page": world.page, "user": world.page.owner} | about,
    )


# ── what each of them is about ───────────────────────────────────────────────
def _of_a_pitch(world: World) -> About:
    """What needs no row of its own: enough for every mail about a page or a pitch."""
    return {"pitch": world.pitch()}


def _of_the_owner(world: World) -> About:
    return {"to": world.page.owner.email}


def _yes(world: World) -> About:
    pitch = world.accepted().pitch
    return {"pitch": pitch, "answer": pitch.answers.get()}


def _wrong_door(world: World) -> About:
    return world.answered("wrong_door", "wrong_door", door=world.hang("events", _("Events and talks")))


def _digest(world: World) -> About:
    for standing, lane in (("trusted", "trusted"), ("known", "known"), ("stranger", "first_knock")):
        world.pitch(standing=standing, lane=lane)
    return _of_the_owner(world)


def _tell_now(world: World) -> About:
    today = world.page.local_date(world.now)
    pitch = world.pitch(standing="trusted", lane="trusted", last_day=today)
    return {"pitch": pitch} | _of_the_owner(world)


def _invitation(world: World) -> About:
    month = world.now + timedelta(days=30)
    key = world.sealed(Key, "key", door=world.door, email=world.sender.email, given_at=world.now, expires_at=month)
    return {"key": key}


def _watch(world: World) -> About:
    box = {"email": world.sender.email, "mailbox": world.sender.mailbox}
    return {"watch": world.sealed(Watch, "watch", door=world.door, asked_at=world.now, **box)}


def _draft(world: World) -> About:
    until = world.now + timedelta(days=30)
    said = {"door": world.door, "email": world.sender.email, "form_key": uuid4(), "words": b"-"}
    return {"draft": world.sealed(Draft, "draft", at=world.now, expires_at=until, **said)}


def _ready_answer(world: World) -> About:
    link = deflecting.make(world.door, "Elif Kaya", Came.MAIL, world.page.local_date(world.now))
    said = {"link": link.pk, "name": "Elif Kaya", "to": world.sender.email, "subject": _("A survey for you")}
    return {"secret": said} | _of_the_owner(world)


def _find(world: World) -> About:
    world.pitch()
    return {"page": None}


def _domain_code(world: World) -> About:
    proof = claims.ask(world.sender, ProofWay.MAIL, role="postmaster")
    return {"page": None, "proof": proof}


def _helper(world: World) -> About:
    helper = world.helper(role="reader")
    return {"assistant": helper, "to": helper.email}


def _joined(world: World) -> About:
    return {"assistant": world.helper(role="reader", joined_at=world.now)} | _of_the_owner(world)


def _handoff(world: World) -> About:
    helper = world.helper(joined_at=world.now)
    asked = [{"text": _("Where may it be sent to?"), "required": True}]
    given = {"questions": asked, "given": [_("12 Quay Street, Lisbon")], "given_at": world.now}
    return {"pitch": world.accepted(assistant=helper, **given).pitch, "assistant": helper, "to": helper.email}


def _offer(world: World) -> About:
    offer = world.offer(by_owner=True)
    return {"pitch": offer.pitch, "offer": offer}


def _agreed(world: World) -> About:
    offer = world.offer(by_owner=False)
    offers.agree(offer, by_owner=True, by=None, seen=offers.digest(offers.terms(offer.pitch, offer)))
    offer.refresh_from_db()
    return {"pitch": offer.pitch, "offer": offer}


def _declined(world: World) -> About:
    offer = world.offer(by_owner=False, state="declined")
    return {"pitch": offer.pitch, "offer": offer}


def _answers_came(world: World) -> About:
    for _number in range(3):
        lifecycle.record(Fact.REPLIED, world.page, world.pitch())
    return _of_the_owner(world)


def _undelivered(world: World) -> About:
    for number in range(2):
        about = world.answered("no", "declined", reason="not_now") | {"page": world.page, "to": world.sender.email}
        moments = {"told_at": world.now, "created_at": world.now, "next_at": world.now}
        row = {"kind": "no", "queue": "later", "state": MessageState.DEAD, "dedupe": f"sample:no:{number}"}
        Message.objects.create(**about | moments | row)
    return _of_the_owner(world)


def _month(world: World) -> About:
    for _number in range(2):
        world.answered("no", "declined", reason="not_now")
    world.pitch()
    return _of_the_owner(world)


def _reminder(world: World) -> About:
    about = world.answered("ask", "asked", text=_("What does it cost them, and who says so?"))
    about["pitch"].lapses_at = world.now + timedelta(days=7)
    return about


def _through(kind: str, world: World, days: int) -> About:
    """A mail of the hour that speaks of all until a day: it stands at the end of its name."""
    day = world.page.local_date(world.now) + timedelta(days=days)
    return {"dedupe": f"{kind}:{world.page.pk}:{day}"} | _of_the_owner(world)


def _door_closes(world: World) -> About:
    Door.objects.filter(pk=world.door.pk).update(state="until", until=world.now + timedelta(days=1))
    return _through("door_closes", world, 2)


def _lapsing(world: World) -> About:
    world.pitch(lapses_at=world.now + timedelta(days=2))
    return _through("lapsing", world, 3)


def _holiday(world: World) -> About:
    page, today = world.page, world.page.local_date(world.now)
    page.holiday_from, page.holiday_until = today + timedelta(days=7), today + timedelta(days=21)
    page.save(update_fields=["holiday_from", "holiday_until"])
    return _of_the_owner(world)


def _note(world: World) -> About:
    pitch, words = world.accepted().pitch, _("Could you send the raw data? Friday is early enough.")
    event = lifecycle.record(Fact.WROTE, world.page, pitch, note=f"\n{words}")
    return {"pitch": pitch, "dedupe": f"note:{event.pk}"}


def _webhook_fails(world: World) -> About:
    hook = {"webhook": "https://hooks.page.invalid", "failures": 5, "failing_since": world.now - timedelta(hours=3)}
    plan = Plan.objects.create(page=world.page, standing="known", **hook)
    return {"dedupe": f"webhook_fails:{plan.pk}:0"} | _of_the_owner(world)


def _data_copy(world: World) -> About:
    week = world.now + timedelta(days=7)
    moments = {"asked_at": world.now, "ready_at": world.now, "ends_at": week}
    copy = DataCopy.objects.create(user=world.page.owner, state=CopyState.READY, size=2_400_000, **moments)
    return {"page": None, "dedupe": f"data_copy:{copy.pk}"} | _of_the_owner(world)


def _account_goes(world: World) -> About:
    fortnight = world.now + timedelta(days=14)
    moments = {"asked_at": world.now, "goes_at": fortnight, "next_at": fortnight}
    erasure = Erasure.objects.create(user=world.page.owner, subject="-", hid_page=True, **moments)
    return {"page": None, "dedupe": f"account_goes:{erasure.pk}"} | _of_the_owner(world)


def _notice(template: str, **said: Any) -> Callable[[World], About]:
    """What happened to somebody's way in."""
    seen = {"browser_name": "Firefox", "browser_system": "Windows"}
    secret = {"template": template} | seen | said
    return lambda world: {"page": None, "secret": secret} | _of_the_owner(world)


# A kind that does not stand here gets a pitch that waits, its page and the owner.
SAMPLES: dict[str, Callable[[World], About]] = {
    "code": lambda world: {"pitch": world.pitch("unproven", handed_in_at=None), "secret": {"code": "482915"}},
    "yes": _yes,
    "no": lambda world: world.answered("no", "declined", reason="not_now", text=_("I liked the method.")),
    "ask": lambda world: world.answered("ask", "asked", text=_("What does it cost them, and who says so?")),
    "wrong_door": _wrong_door,
    "lapsed": lambda world: {"pitch": world.pitch("lapsed")},
    "withdrawn": lambda world: {"pitch": world.pitch("withdrawn", withdrawn_at=world.now)},
    "digest": _digest,
    "door_closes": _door_closes,
    "month": _month,
    "answers_came": _answers_came,
    "undelivered": _undelivered,
    "lapsing": _lapsing,
    "holiday": _holiday,
    "tell_now": _tell_now,
    "page_up": _of_the_owner,
    "invitation": _invitation,
    "watch_confirm": _watch,
    "door_open": _watch,
    "draft": _draft,
    "draft_by_mail": _draft,
    "ready_answer": _ready_answer,
    "find": _find,
    "book_exported": lambda world: {"secret": {"what": "book.json", "people": 12}} | _of_the_owner(world),
    "data_copy": _data_copy,
    "account_goes": _account_goes,
    "domain_code": _domain_code,
    "assist_invite": _helper,
    "assistant_joined": _joined,
    "handoff": _handoff,
    "supplied": _handoff,
    "account": lambda world: {
        "page": None,
        "secret": {"template": "account/email/login_code", "code": "482915"},
        **_of_the_owner(world),
    },
    "sign_in": _notice("portal/signed_in", clock="Europe/Lisbon"),
    "sign_in_changed": _notice("mfa/email/webauthn_added"),
    "codes_low": _notice("portal/codes_low", left=2),
    "address_changes": _notice(
        "account/email/email_changed", from_email="maya@page.invalid", to_email="me@page.invalid"
    ),
    "reminder": _reminder,
    "note": _note,
    "webhook_fails": _webhook_fails,
    "offer": _offer,
    "agreed": _agreed,
    "declined_offer": _declined,
    "alarm": lambda world: {"page": None, "secret": {"what": str(Stop.BOUNCES)}, **_of_the_owner(world)},
}
