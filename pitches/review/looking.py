"""Looking: who has which card of a session open, what comes next for each of them, and how long each card took.

A look is a soft lock: whoever reads too gets another card, and is told. Afterwards it rests, as a bookmark: it still
says where somebody stopped, and locks nothing. A look that rests has its last sign before its beginning.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Func

from pitches.models import Look, Pitch, ReadingSession, Spent
from pitches.models.pitch import ON_THE_LEDGE
from portal import clock
from portal.models import User

ALIVE = timedelta(minutes=2)  # without a sign for so long, a card is free for others
AT_MOST = 120  # seconds a card; a pitch is read in some 20, so what is longer was a telephone or a walk


@dataclass(frozen=True)
class Hand:
    """What somebody has at hand in a session; `also`: who else has that card open now."""

    session: ReadingSession
    card: Pitch | None  # None after the last
    place: int  # how many cards come before it
    waiting: Collection[int] = ()  # the cards of the session that still wait for an answer
    also: Look | None = None
    opened: bool = False  # by them: the card stays theirs, whoever else reads it

    @property
    def elsewhere(self) -> bool:
        """Only cards are left that others have open, and nobody asked to read along."""
        return self.also is not None and not self.opened


def rests(look: Look) -> bool:
    """Is it only a bookmark?"""
    return look.touched_at < look.since


def lives(look: Look) -> bool:
    """Does somebody have the card open now?"""
    return not rests(look) and clock.now() - look.touched_at < ALIVE


def at_hand(session: ReadingSession, by: User | None = None, *, along: bool = False) -> Hand:
    """The card that somebody has open while it waits; else the next that nobody else has open; else the next at all.

    `along`: for who only reads along, the card that is open. Three queries.
    """
    looks = list(session.looks.order_by("-touched_at"))
    mine = next((look for look in looks if by and look.by_id == by.pk), None)
    others = {look.pitch_id: look for look in reversed(looks) if look is not mine and lives(look)}
    waiting = _waiting(session)
    key = _chosen(session, mine, others, waiting, along=along)
    cards = Pitch.objects.select_related("door", "sender__agency", "reply_link")
    card = cards.filter(pk=key).first() if key else None
    if card is None:
        return Hand(session, None, len(session.cards))
    card.page = session.page  # known, and the widest of what would be joined
    opened = along or bool(mine and mine.pitch_id == key and not rests(mine))
    return Hand(session, card, session.cards.index(card.pk), waiting, others.get(card.pk), opened)


def _waiting(session: ReadingSession) -> set[int]:
    cards = ReadingSession.objects.filter(pk=session.pk).values(card=Func("cards", function="unnest"))
    return set(Pitch.objects.filter(pk__in=cards, state__in=ON_THE_LEDGE).values_list("pk", flat=True))


def _chosen(
    session: ReadingSession, mine: Look | None, others: Collection[int], waiting: Collection[int], *, along: bool
) -> int | None:
    if along:
        return next((key for key in [*reversed(list(others)), *session.cards] if key in waiting), None)
    if mine and mine.pitch_id in waiting and (not rests(mine) or mine.pitch_id not in others):
        return mine.pitch_id
    ahead = [key for key in _from(session.cards, mine) if key in waiting]
    return next((key for key in ahead if key not in others), ahead[0] if ahead else None)


def _from(cards: list[int], mine: Look | None) -> list[int]:
    """The cards in the order of somebody who stands at one of them: what follows it, then what was passed over."""
    at = cards.index(mine.pitch_id) if mine and mine.pitch_id in cards else -1
    return cards[at + 1 :] + cards[: at + 1]


def beside(session: ReadingSession, by: User, *, back: bool) -> int | None:
    """The next or the previous card that waits and that nobody else has open; None if there is no other."""
    hand, looks = at_hand(session, by), session.looks.exclude(by=by)
    taken = {look.pitch_id for look in looks if lives(look)}
    cards, at = session.cards, hand.place
    ahead = cards[at + 1 :] + cards[:at] if not back else [*reversed(cards[:at]), *reversed(cards[at + 1 :])]
    return next((key for key in ahead if key in hand.waiting and key not in taken), None)


def turn_to(session: ReadingSession, pitch: Pitch, *, by: User) -> None:
    """Somebody has this card open from now on. What they had open before is written to the time ledger."""
    now = clock.now()
    with transaction.atomic():
        look = session.looks.select_for_update().filter(by=by).first()
        if look is None:  # two windows of one person may come here at once
            row = Look(session=session, by=by, pitch=pitch, since=now, touched_at=now)
            Look.objects.bulk_create([row], ignore_conflicts=True)
            return
        if look.pitch_id == pitch.pk and not rests(look):
            look.touched_at = now
        else:
            _write_down(look, now)
            look.pitch, look.since, look.touched_at = pitch, now, now
        look.save()


def sign(session: ReadingSession, pitch: Pitch, *, by: User) -> bool:
    """Somebody still has this card open. True if they have just come to it; another card of theirs stays theirs."""
    awake = session.looks.filter(by=by, touched_at__gte=F("since"))
    if awake.filter(pitch=pitch).update(touched_at=clock.now()) or awake.exists():
        return False
    turn_to(session, pitch, by=by)
    return True


def rest(session: ReadingSession, *, by: User | None) -> None:
    """Somebody stops here, after a press of theirs. Without a name: everybody, by their last sign."""
    with transaction.atomic():
        looks = session.looks.select_for_update().order_by("pk")
        for look in looks.filter(by=by) if by else looks:
            lay_aside(look, clock.now() if by or lives(look) else look.touched_at)


def lay_aside(look: Look, until: datetime) -> None:
    """Turn a look into a bookmark. Its time is written once: what rests has none."""
    if not rests(look):
        _write_down(look, until)
        look.since = clock.now()
        look.touched_at = look.since - ALIVE
        look.save()


def _write_down(look: Look, until: datetime) -> None:
    """The time ledger. Capped, because a window that stays open is not read; nothing, if nobody was seen there."""
    if rests(look) or (until == look.since and not lives(look)):
        return
    seconds = min(max(0, round((until - look.since).total_seconds())), AT_MOST)
    session, by, pitch = look.session_id, look.by_id, look.pitch_id
    Spent.objects.create(pitch_id=pitch, session_id=session, by_id=by, seconds=seconds, at=clock.now())


def any_left(session: ReadingSession) -> bool:
    """Does a card of the session still wait for an answer?"""
    return bool(_waiting(session))


def others(session: ReadingSession, *, by: User | None) -> list[Look]:
    """Who else reads in this session now."""
    looks = session.looks.select_related("by").order_by("pk")
    return [look for look in looks if lives(look) and (by is None or look.by_id != by.pk)]
