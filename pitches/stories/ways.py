"""Steps of a story about doors: to wait for one, keys, reply links, a race for the last use, sealed details."""

import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.core import mail
from django.db import connection

from pitches import embargo, intake, opening
from pitches.doors import deflecting, watching
from pitches.doors import keys as doorkeys
from pitches.models import Came, Key, Page, Pitch, ReplyLink, Sender, Watch
from pitches.stories import stage
from portal import clock, tokens

USUAL_DAYS = 30


def mailed_token(address: str, path: str) -> str:
    """The token behind a path in the newest mail to an address; empty if there is none."""
    for message in reversed(mail.outbox):
        if address.lower() in (to.lower() for to in message.to):
            hit = re.search(rf"/{path}/([\w-]+)", str(message.body))
            if hit:
                return hit[1]
    return ""


# ── to wait for a door ───────────────────────────────────────────────────────
def watch(page: Page, slug: str, email: str) -> str:
    """Ask to be told, and confirm from the mail: the newest one is for all that was asked that day.

    `waiting`; `same` when this mailbox waits already; `refused` at a door that is not shut; `unproven` without a mail.
    """
    door = page.doors.select_related("page").get(slug=slug)
    if opening.of(door).look != "shut":
        return "refused"
    waiting = Watch.objects.waiting().filter(door=door, mailbox=email.lower())
    known = waiting.exists()
    watching.ask(door, email)
    stage.settle()
    if known:
        return "same"
    if token := mailed_token(email, "watch/confirm"):
        for asked in watching.asked_with(Watch.objects.get(token_hash=tokens.digest(token))):
            watching.confirm(asked)
        stage.settle()
    return "waiting" if waiting.exists() else "unproven"


def stop_watch(page: Page, slug: str, email: str) -> None:
    """Stop waiting, with one click."""
    watching.stop(Watch.objects.get(door__page=page, door__slug=slug, mailbox=email.lower()))


# ── invitations ──────────────────────────────────────────────────────────────
def give_key(page: Page, step: Mapping[str, Any], email: str) -> Key:
    """The owner cuts a key: so many uses, so many days, for anybody or for one mailbox."""
    door = page.doors.select_related("page").get(slug=step["door"])
    until = page.local_date(clock.now()) + timedelta(days=int(step.get("days", USUAL_DAYS)))
    return doorkeys.give(door, by=page.owner, until=until, email=email, uses=int(step.get("uses", 1)))


def make_reply_link(page: Page, step: Mapping[str, Any]) -> ReplyLink:
    """The owner answers a message with a link of its own."""
    door = page.doors.select_related("page").get(slug=step["door"])
    channel = Came(step.get("channel", "message"))
    return deflecting.make(door, str(step["who"]), channel, page.local_date(clock.now()))


def race(entries: list[tuple[Pitch, Sender]]) -> list[str]:
    """Hand in all at the same moment, each on a connection of its own. What became of each, sorted."""
    start = threading.Barrier(len(entries))

    def knock(entry: tuple[Pitch, Sender]) -> str:
        connection.ensure_connection()
        start.wait(timeout=30)
        try:
            intake.hand_in(*entry)
        except intake.Refused as refused:
            return f"refused, {refused.why}"
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(len(entries)) as pool:
        return sorted(pool.map(knock, entries))


# ── sealed details ───────────────────────────────────────────────────────────
def sealed_as_seen(pitch: Pitch) -> str:
    """`sealed`, `shown` or `gone`: what the owner has of the details now."""
    row = embargo.of(pitch)
    if row is None or not row.sealed:
        return "gone"
    return "shown" if embargo.reveal(pitch, row) else "sealed"
