"""Watching: somebody waits for a door without a pitch, and gets exactly one mail when it opens. Then we forget them.

An opening tells watchers in waves, the oldest first, and never more than may knock: whoever is told finds a place.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from pitches import lifecycle, mailboxes, opening
from pitches.models import Attempt, Door, Event, Fact, Message, MessageState, Sender, Watch
from portal import clock, domains, tokens

ASKED_LIFE = timedelta(days=7)  # how long a link to confirm works
WAVE = timedelta(days=1)  # between two waves of one opening
AT_ONCE = 500  # watchers told in one transaction, where nothing else bounds a wave
SOON = timedelta(minutes=1)  # then the rest of them
UNDO = timedelta(days=1)  # how long a watch that was stopped can be taken up again
KEPT = timedelta(days=90)  # how long a link still says what became of it
SETTLED = (MessageState.DONE, MessageState.UNKNOWN, MessageState.DEAD)


# ── to ask, to confirm, to stop ──────────────────────────────────────────────
@transaction.atomic
def ask(door: Door, email: str, sender: Sender | None = None, *, browser: str = "") -> None:
    """Somebody wants to know when a door opens. `sender`: whoever proved this very mailbox on this device.

    Whoever asks once more, by the same `browser`, gets the mail once more if the mailbox still takes one.
    """
    seed = tokens.seed()
    fresh = {
        "email": email,
        "seed": seed,
        "token_hash": tokens.digest(tokens.link_token("watch", seed)),
        "browser": browser,
        "asked_at": clock.now(),
    }
    watch, new = Watch.objects.get_or_create(door=door, mailbox=domains.mailbox(email), defaults=fresh)
    if watch.confirmed_at and not watch.stopped_at:
        return
    if not new:
        again = {"email": email, "asked_at": clock.now(), "confirmed_at": None, "stopped_at": None}
        Watch.objects.filter(pk=watch.pk).update(**again)
    if sender and sender.mailbox == domains.mailbox(email):
        confirm(watch)
    pressed_again = not new and bool(browser) and tokens.same(browser, watch.browser)
    note = f"{watch.pk} again" if pressed_again else str(watch.pk)
    lifecycle.record(Fact.WATCH_ASKED, door.page, door=door, note=note)


def asked_with(watch: Watch) -> QuerySet[Watch]:
    """What the same mailbox asked for and has not confirmed, at any door: one mail a day is enough for all of it."""
    asked = Watch.objects.filter(mailbox=watch.mailbox, confirmed_at=None, stopped_at=None, told_at=None)
    return asked.exclude(mailbox="").filter(asked_at__gt=clock.now() - ASKED_LIFE).select_related("door__page")


def confirm(watch: Watch) -> None:
    """The mailbox agreed. At a door that is open by now it was told on the spot. Doing it again changes nothing."""
    with transaction.atomic():
        # A wave waits here, so that nobody comes between "it is shut" and "I wait".
        door = Door.objects.select_for_update(of=("self",), no_key=True).select_related("page").get(pk=watch.door_id)
        waiting = asked_with(watch).filter(pk=watch.pk)
        if _is_open(door):
            agreed = waiting.update(confirmed_at=clock.now(), **_forgotten())
        else:
            agreed = waiting.update(confirmed_at=clock.now())
        if agreed:
            mailboxes.proved(watch.email)


def stop(watch: Watch) -> None:
    """No mail. It can be taken up again for a day, then the address is forgotten."""
    Watch.objects.filter(pk=watch.pk, told_at=None, stopped_at=None).update(stopped_at=clock.now())


def take_up(watch: Watch) -> None:
    """Wait on, after all."""
    stopped = Watch.objects.filter(pk=watch.pk, stopped_at__gt=clock.now() - UNDO, confirmed_at__isnull=False)
    stopped.exclude(mailbox="").update(stopped_at=None)


def state_of(watch: Watch) -> str:
    """What became of a watch: asked, expired, waiting, told, stopped (can be taken up again) or over."""
    if watch.told_at:
        return "told"
    if watch.stopped_at:
        return "stopped" if watch.mailbox and watch.confirmed_at and _young(watch.stopped_at, UNDO) else "over"
    if watch.confirmed_at:
        return "waiting"
    return "asked" if watch.mailbox and _young(watch.asked_at, ASKED_LIFE) else "expired"


def _young(moment: datetime, life: timedelta) -> bool:
    return moment > clock.now() - life


# ── waves ────────────────────────────────────────────────────────────────────
def wave(door: Door) -> list[Watch]:
    """Take the watchers who are told now, each with the address that is being forgotten. None while a door is shut.

    Part of the caller's transaction, which has to put their mails. If more wait, the door remembers when they are due.
    """
    door = Door.objects.select_for_update(of=("self",), no_key=True).select_related("page").get(pk=door.pk)
    if not _is_open(door):
        Door.objects.filter(pk=door.pk).update(next_wave_at=None)
        return []
    _wait_again(door.pk)
    waiting, now = door.watches.waiting(), clock.now()
    room = _room(door, now)
    told = list(waiting.select_for_update()[: AT_ONCE if room is None else room])
    pause = SOON if room is None else WAVE
    door.watches.filter(pk__in=[watch.pk for watch in told]).update(**_forgotten())
    Door.objects.filter(pk=door.pk).update(next_wave_at=now + pause if waiting.exists() else None)
    return told


def can_be_told(door: Door) -> bool:
    """Would whoever comes now find the door open?"""
    return _is_open(door) and not door.page.hidden_at


def _is_open(door: Door) -> bool:
    return door.taken_down_at is None and opening.of(door).is_open


def _forgotten() -> dict[str, object]:
    return {"told_at": clock.now(), "email": "", "mailbox": ""}


def _room(door: Door, now: datetime) -> int | None:
    """How many may be told now: as many as may knock, less those who were told within a day. None: everybody."""
    if door.page.hidden_at or not door.page.published_at:
        return 0
    bounds = [left for left in (opening.places_left(door, now), _share(door)) if left is not None]
    told = door.watches.filter(told_at__gt=now - WAVE).count()
    return max(0, min(bounds) - told) if bounds else None


def _share(door: Door) -> int | None:
    """After a door was shut for want of dates: the places that one session keeps for newcomers."""
    last = Event.objects.filter(door=door, what=Fact.DOOR_CLOSED).order_by("-pk").first()
    return max(1, door.page.newcomer_cards) if last and last.note == "promise" else None


# ── to forget ────────────────────────────────────────────────────────────────
def forget() -> int:
    """Addresses that have served their purpose. Returns how many watches and mails were changed."""
    now = clock.now()
    for door_id in set(_unsent().values_list("watch__door", flat=True)):
        _wait_again(door_id)
        Door.objects.hung().filter(pk=door_id).update(next_wave_at=now)  # it may be open again by now
    kept = Watch.objects.exclude(mailbox="", email="")
    blank = {"email": "", "mailbox": ""}
    over = kept.filter(stopped_at__lt=now - UNDO).update(**blank)
    over += kept.filter(confirmed_at=None, asked_at__lt=now - ASKED_LIFE).update(**blank)
    over += _forget_mails(Message.objects.filter(kind="door_open"))
    over += _forget_mails(Message.objects.filter(kind="watch_confirm", created_at__lt=now - ASKED_LIFE))
    Watch.objects.filter(mailbox="", asked_at__lt=now - KEPT).exclude(told_at__gt=now - KEPT).delete()
    return over


def _forget_mails(mails: QuerySet[Message]) -> int:
    """Whom they went to, and what a mail server said of that address."""
    settled = mails.filter(state__in=SETTLED).exclude(to="")
    Attempt.objects.filter(message__in=settled).update(detail="")
    return settled.update(to="", error="")


def _unsent() -> QuerySet[Message]:
    return Message.objects.filter(kind="door_open", state=MessageState.OBSOLETE).exclude(to="")


def _wait_again(door_id: int | None) -> None:
    """Whose mail was not sent because the door had closed waits on, in their old place."""
    for mail in _unsent().filter(watch__door=door_id).select_related("watch"):
        if mail.watch is None:
            continue
        with transaction.atomic():
            asked_again = Watch.objects.filter(door=mail.watch.door_id, mailbox=domains.mailbox(mail.to))
            if mail.watch.stopped_at is None and not asked_again.exists():
                waits = {"told_at": None, "email": mail.to, "mailbox": domains.mailbox(mail.to)}
                Watch.objects.filter(pk=mail.watch.pk).update(**waits)
            mail.delete()
