"""The stage of a story: the page with its doors and senders, the virtual clock, and the mails that were sent."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core import mail

from pitches import doors, due, intake, relationships, tasks
from pitches.models import Door, Page, Pitch, Sender, Standing
from portal import clock
from portal.models import User

DURATION = re.compile(r"^(\d+)(d|h|m|s)$")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
ROUNDS = 200  # more rounds of work than any story needs; past that something goes in circles


def moment(text: Any) -> datetime:
    """An absolute time of a story."""
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def duration(text: Any) -> timedelta:
    """`3d`, `2h`, `20m`."""
    hit = DURATION.match(str(text))
    if not hit:
        message = f"{text!r} is no duration such as 3d, 2h or 20m"
        raise ValueError(message)
    return timedelta(**{UNITS[hit[2]]: int(hit[1])})


def local(text: Any, zone: ZoneInfo) -> datetime:
    """A local date and time of the page."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=zone)


def build(story: Mapping[str, Any]) -> tuple[Page, dict[str, Sender]]:
    """Put up the page, hang the doors, and set the standings by the owner's hand."""
    page = _page(story["page"])
    for position, spec in enumerate(story["doors"]):
        _door(page, spec, position)
    senders = {spec["id"]: _sender(page, spec) for spec in story["senders"] if spec.get("standing")}
    return page, senders


def _page(spec: Mapping[str, Any]) -> Page:
    email = f"{spec['handle']}@{spec['handle']}.example"
    owner = User.objects.filter(email=email).first() or User.objects.create_user(email, name=spec["name"])
    plain = ("cards", "newcomer_share", "lapse_days", "promise_days", "tell_me_now", "sensitive")
    fields = {name: spec[name] for name in plain if name in spec}
    page = doors.begin(owner, handle=spec["handle"], name=spec["name"], **fields)
    doors.keep_hours(page, list(spec.get("reading", [])), spec.get("timezone", "UTC"))
    page.published_at = clock.now()
    page.save(update_fields=["published_at"])
    return page


def _door(page: Page, spec: Mapping[str, Any], position: int) -> Door:
    fields = {name: spec[name] for name in ("slug", "name", "state", "reason", "places_per_week") if name in spec}
    fields |= {name: list(spec[name]) for name in ("tiers", "asks") if name in spec}
    fields |= {name: local(spec[name], page.zone) for name in ("opens_at", "until") if name in spec}
    fields |= {"questions": [dict(question) for question in spec["questions"]]} if "questions" in spec else {}
    if "floor" in spec:
        fields |= {"floor_amount": spec["floor"]["amount"], "floor_currency": spec["floor"]["currency"]}
    # A story's senders may ask for anything; what a door offers is its own matter.
    return doors.hang(page, position=position, may_ask=["write", "reply", "quote", "slot", "try"], **fields)


def _sender(page: Page, spec: Mapping[str, Any]) -> Sender:
    sender = intake.sender_of(spec["email"], name=spec["name"], company=spec.get("company", ""))
    Sender.objects.filter(pk=sender.pk, proven_at=None).update(proven_at=clock.now())  # they met before
    for slug, standing in spec["standing"].items():
        door = None if slug == "*" else page.doors.get(slug=slug)
        relationships.set_by_hand(page, sender, Standing(standing), by=page.owner, door=door, note="from before")
    return sender


def settle() -> None:
    """Let the timetable and the workers do all that there is to do now."""
    for _round in range(ROUNDS):
        if not tasks.tick() + tasks.sweep():
            return
    message = "The work does not come to an end."
    raise RuntimeError(message)


def travel(to: datetime) -> None:
    """Move the clock to a moment; what is due on the way happens at its own time."""
    while (on_the_way := due.next_moment(clock.now())) and on_the_way <= to:
        clock.move_to(on_the_way)
        settle()
    clock.move_to(to)
    settle()


def sent_to(address: str) -> int:
    """How many mails went to an address so far."""
    return sum(address.lower() in (to.lower() for to in message.to) for message in mail.outbox)


def newest_code(address: str) -> str:
    """The six digits in the newest mail to an address."""
    for message in reversed(mail.outbox):
        if address.lower() in (to.lower() for to in message.to):
            hit = re.search(r"\b(\d{3})\s?(\d{3})\b", f"{message.subject}\n{message.body}")
            if hit:
                return hit[1] + hit[2]
    return ""


def stored(page: Page) -> int:
    """How many pitches are stored."""
    return Pitch.objects.filter(page=page).count()
