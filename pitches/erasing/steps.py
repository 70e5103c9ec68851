"""STEPS: what is erased, in this order. Each does a part at a time, and says whether there is more of it."""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Max

from pitches import doors, lifecycle, review
from pitches.book import vouching
from pitches.erasing import elsewhere
from pitches.models import (
    Answer,
    AnswerKind,
    Contact,
    Erasure,
    Event,
    Evidence,
    FindableWord,
    Lane,
    Letter,
    Message,
    MessageState,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Relationship,
    Vouch,
)
from pitches.notify import content
from portal import clock, sessions
from portal.models import User

KEPT_FOR_SENDERS = content.END_KEPT  # how long whoever was told no may keep a copy of their text
PATIENCE = timedelta(days=3)  # a mail server that is down for longer holds up nothing
AT_ONCE, ROWS = 100, 5000
# Mails with words for a sender: they go with their pitch, so they have to be out before.
WORDS = (AnswerKind.YES, AnswerKind.NO, AnswerKind.ASK, AnswerKind.WRONG_DOOR, "lapsed", "note", "offer", "agreed")
IN_FLIGHT = (PitchState.WAITING, PitchState.HELD, PitchState.QUARANTINE, PitchState.ASKED)


class Found(Enum):
    """What a step found: more of the same, something to wait for, or nothing any more."""

    MORE = auto()
    LATER = auto()
    NOTHING = auto()


def _page_of(user: User) -> Page | None:
    return Page.objects.filter(owner=user).first()


def shut(erasure: Erasure, user: User) -> Found:
    """Nobody signs in any more, nobody sits at the desk, and what was said goes out."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions.end(user)
    page = _page_of(user)
    if page:
        doors.hide(page, by=user, hidden=True)
        page.assistants.filter(left_at=None).update(left_at=clock.now())
        states = Pitch.objects.filter(page=page).exclude(state=PitchState.UNPROVEN).values_list("state")
        erasure.counts = {"pitches": dict(states.annotate(number=Count("pk")).order_by("state"))}
        for given in Answer.objects.held().filter(pitch__page=page).select_related("pitch__page", "by"):
            review.let_go(given)
    return Found.NOTHING


def answer(_erasure: Erasure, user: User) -> Found:
    """Who still waits is told no. What was put off comes back first: from there it may end."""
    page, now = _page_of(user), clock.now()
    if page is None:
        return Found.NOTHING
    for states, to, changes in (
        ((PitchState.LATER,), PitchState.WAITING, lifecycle.UNSAID),
        (IN_FLIGHT, PitchState.LAPSED, {"told_until": now, "lapses_at": now}),
    ):
        some = list(Pitch.objects.filter(page=page, state__in=states).select_related("page", "door")[:AT_ONCE])
        if some:
            lifecycle.move_many(page, some, to, **changes)
            return Found.MORE
    _tell_of_quarantine(page)
    return Found.NOTHING


def _tell_of_quarantine(page: Page) -> None:
    """What ended there before is told now, not on the day that everybody was promised: by then nothing is left."""
    now = clock.now()
    silent = Pitch.objects.filter(page=page, state=PitchState.LAPSED, lane=Lane.QUARANTINE)
    silent.exclude(told_until__lte=now).update(told_until=now)
    mails = Message.objects.filter(page=page, kind="lapsed", state=MessageState.PENDING, next_at__gt=now)
    mails.update(next_at=now, created_at=now)  # from created_at the mail counts how long a copy can be kept


def told(erasure: Erasure, user: User) -> Found:
    """Wait until the mails to them have gone, and they had time to keep a copy. Where nobody waited, for nothing."""
    page, now, begun = _page_of(user), clock.now(), erasure.begun_at
    assert begun is not None
    if page is None or now >= begun + PATIENCE:
        return Found.NOTHING
    if Pitch.objects.filter(page=page, state__in=(*IN_FLIGHT, PitchState.LATER)).exists():
        erasure.step = "answer"  # one that had just been handed in
        return Found.MORE
    unreacted = Event.objects.filter(page=page, reacted_at=None, dead=False)
    mails = Message.objects.filter(page=page, kind__in=WORDS)
    if unreacted.exists() or mails.filter(state__in=(MessageState.PENDING, MessageState.SENDING)).exists():
        return Found.LATER
    last = mails.filter(kind="lapsed").aggregate(at=Max("created_at"))["at"]
    return Found.LATER if last and now < last + KEPT_FOR_SENDERS else Found.NOTHING


def pitches(_erasure: Erasure, user: User) -> Found:
    """What was received, with all that hangs on it."""
    some = list(Pitch.objects.filter(page__owner=user).values_list("pk", flat=True)[:AT_ONCE])
    Pitch.objects.filter(pk__in=some).delete()
    return Found.MORE if some else Found.NOTHING


def vouches(_erasure: Erasure, user: User) -> Found:
    """Words for others are taken back: whoever was lifted by one stands as if it had never been given."""
    some = Vouch.objects.filter(page__owner=user, revoked_at=None).select_related("sender", "agency", "to")[:AT_ONCE]
    for one in some:
        vouching.revoke(one)
    return Found.MORE if some else Found.NOTHING


HANGS_ON_PAGE: tuple[Any, ...] = (Event, Message, Letter, ReadingSession, Evidence, Contact, Relationship, FindableWord)


def page(_erasure: Erasure, user: User) -> Found:
    """The page, after what there may be very much of. Its short addresses rest."""
    found = _page_of(user)
    if found is None:
        return Found.NOTHING
    for model in HANGS_ON_PAGE:
        some = list(model.objects.filter(page=found).values_list("pk", flat=True)[:ROWS])
        if some:
            model.objects.filter(pk__in=some).delete()
            return Found.MORE
    found.delete()
    return Found.NOTHING


def others(_erasure: Erasure, user: User) -> Found:
    """What rests about the account with others, by the addresses that it proved."""
    proven = EmailAddress.objects.filter(user=user, verified=True)
    elsewhere.forget(user, list(proven.values_list("email", flat=True)))
    return Found.NOTHING


def account(_erasure: Erasure, user: User) -> Found:
    """The account itself, with its ways in, its choices and its copies."""
    sessions.end(user)
    user.delete()
    return Found.NOTHING


STEPS: dict[str, Callable[[Erasure, User], Found]] = {
    "shut": shut,
    "answer": answer,
    "told": told,
    "pitches": pitches,
    "vouches": vouches,
    "page": page,
    "others": others,
    "account": account,
}


def after(step: str) -> str:
    """The name of the next step; nothing after the last."""
    names = [*STEPS, ""]
    return names[names.index(step) + 1]
