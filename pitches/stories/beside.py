"""Steps of a story with somebody beside the owner: they sit down, answer, answer at once with the owner, and go."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.db.models.functions import Now

from pitches import lifecycle, reactions, review
from pitches.handoffs import assistants, roles
from pitches.models import Event, Message, Page, Pitch, Role
from pitches.notify import delivery
from pitches.stories import handing_off, stage
from pitches.stories.report import Outcome
from portal import clock
from portal.models import User

VERBS = ("help", "leave", "crash")
# Where the work ends: while an answer is let go, before what follows it is done, before its mail is sent.
ENDS: dict[str, tuple[Any, str]] = {
    "timetable": (lifecycle, "record"),
    "reactions": (reactions, "react"),
    "mail": (delivery, "_deliver_one"),
}


class Killed(BaseException):
    """The process is gone: nobody catches this on the way."""


def act(step: Mapping[str, Any], page: Page) -> Outcome:
    """Somebody sits down beside the owner, or is removed; or the work breaks off."""
    if step["do"] == "crash":
        return Outcome(facts={"result": _crash(step)})
    helper = handing_off.assistant(page)
    if step["do"] == "leave":
        assistants.leave(helper, by=page.owner)
    else:
        roles.change(helper, Role(step.get("role", Role.ASSISTANT)), by=page.owner)
        _account(helper.email)
    return Outcome()


def who(page: Page, name: str) -> User:
    """Who presses: `owner`, or `assistant`, also when they help no more."""
    return page.owner if name == "owner" else _account(handing_off.address_of(page))


def _account(email: str) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def said_by(pitch: Pitch) -> str:
    """Who gave the answer that stands, `owner` or a name; once it went out, only if its mail says so."""
    given = pitch.answers.filter(undone_at=None).latest("pk")
    sent = [str(one.body) for one in mail.outbox if pitch.email in one.to]
    if given.said_by and given.sent_at and given.said_by not in sent[-1]:
        return "owner"
    return given.said_by or "owner"


def race(pitch: Pitch, answers: Mapping[str, Mapping[str, Any]]) -> Outcome:
    """Each answers the same pitch at the same moment. One is taken, and it is the one that stands."""
    start = threading.Barrier(len(answers))
    hands = {name: (who(pitch.page, name), Pitch.objects.select_related("page").get(pk=pitch.pk)) for name in answers}

    def press(name: str) -> tuple[str, str]:
        by, own = hands[name]
        connection.ensure_connection()
        start.wait(timeout=30)
        try:
            review.answer(own, by=by, **answers[name])
        except lifecycle.AlreadyMoved:
            return "refused, answered", name
        finally:
            connection.close()
        return "answered", name

    with ThreadPoolExecutor(len(answers)) as pool:
        found = sorted(pool.map(press, answers))
    stands = [hands[name][0].pk for result, name in found if result == "answered"]
    kept = list(pitch.answers.filter(undone_at=None).values_list("by", flat=True))
    wrongs = [] if kept == stands else [f"answered by {stands}, and the answers that stand are of {kept}"]
    return Outcome(pitch, {"results": [result for result, _name in found]}, wrongs)


# ── a worker that dies ───────────────────────────────────────────────────────
def _crash(step: Mapping[str, Any]) -> str:
    """Time goes on until the work breaks off at the named place. Another worker goes on, once the lease is over."""
    to = clock.now() + stage.duration(step["for"])
    result = "nothing broke off"
    try:
        with _deadly(*ENDS[step["in"]]):
            stage.travel(to)
    except Killed:
        result = "broke off"
    for rows in (Event.objects, Message.objects):
        rows.filter(lease_until__gt=Now()).update(lease_until=Now())
    stage.settle()
    stage.travel(to)
    return result


@contextmanager
def _deadly(place: Any, name: str) -> Iterator[None]:
    """Whoever comes to this function dies there."""
    real = getattr(place, name)

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    setattr(place, name, die)
    try:
        yield
    finally:
        setattr(place, name, real)
