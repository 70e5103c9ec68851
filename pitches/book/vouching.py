"""Vouching: an owner speaks for somebody to a named colleague, who believes it or not.

A word lifts a stranger to "introduced", and nobody further; it can be taken back, and then it was never given. Whoever
it is about learns nothing of it.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from pitches import relationships
from pitches.book.called import called_at
from pitches.models import (
    LADDER,
    Agency,
    Door,
    Evidence,
    EvidenceKind,
    Page,
    Relationship,
    Sender,
    Standing,
    Vouch,
)
from pitches.relationships import many
from portal import clock
from portal.models import User

MOST, SPAN = 20, timedelta(days=30)  # words of one page to all others
SPEAKS_FROM = (Standing.KNOWN, Standing.TRUSTED)  # who was only introduced is not passed on


class NotGiven(Exception):
    """`why`: unknown, own, not_public, enough, twice, not_known."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotTaken(Exception):
    """`why`: over (revoked or answered), hand (the owner said otherwise), there (they stand so or higher)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# ── to give ──────────────────────────────────────────────────────────────────
def colleague(page: Page, handle: str) -> Page:
    """The page at exactly this handle, with or without its @. Raises NotGiven."""
    found = Page.objects.public().filter(handle=handle.strip().removeprefix("@").lower()).first()
    if found is None:
        raise NotGiven("unknown")
    if found.pk == page.pk:
        raise NotGiven("own")
    return found


def may_speak_for(page: Page, who: Sender | Agency) -> bool:
    """Does this page know or trust them? For an agency it is enough to know one of its people."""
    own = Q(agency=who) | Q(sender__agency=who) if isinstance(who, Agency) else Q(sender=who)
    if isinstance(who, Sender) and who.agency_id:
        own |= Q(agency=who.agency_id)
    rows = list(Relationship.objects.filter(own, page=page))
    held = any(row.blocked or (row.paused_until and row.paused_until > clock.now()) for row in rows if _about(row, who))
    return not held and any(row.rung in SPEAKS_FROM for row in rows)


def _about(row: Relationship, who: Sender | Agency) -> bool:
    return (row.agency_id or row.sender_id) == who.pk and bool(row.agency_id) == isinstance(who, Agency)


@transaction.atomic
def give(page: Page, who: Sender | Agency, to: Page, words: str, *, by: User) -> Vouch:
    """Speak for somebody. Whether the colleague wants to hear this page is not said. Raises NotGiven."""
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    if to.pk == page.pk:
        raise NotGiven("own")
    if not Page.objects.public().filter(pk=page.pk).exists():
        raise NotGiven("not_public")
    if not may_speak_for(page, who):
        raise NotGiven("not_known")
    mine = Vouch.objects.filter(page=page)
    if mine.filter(to=to, revoked_at=None, **many.whose(who)).exists():
        raise NotGiven("twice")
    if mine.filter(at__gt=clock.now() - SPAN).count() >= MOST:
        raise NotGiven("enough")
    return Vouch.objects.create(page=page, to=to, words=words, by=by, at=clock.now(), **many.whose(who))


def revoke(vouch: Vouch) -> bool:
    """Take a word back: whoever it lifted stands as if it had never been given. Was it still given?"""
    who = vouch.sender or vouch.agency
    assert who is not None
    with transaction.atomic():
        relationships.lock(vouch.to, who)
        done = Vouch.objects.filter(pk=vouch.pk, revoked_at=None).update(revoked_at=clock.now())
        if done and vouch.evidence.exists():
            relationships.recompute(vouch.to, who)
    return bool(done)


# ── to believe it, or not ────────────────────────────────────────────────────
def take(vouch: Vouch, door: Door | None, *, by: User) -> Evidence:
    """Let them in as introduced, at one door or at all. Raises NotTaken where that would change nothing, or speak
    against what this owner said.
    """
    page, who = vouch.to, vouch.sender or vouch.agency
    assert who is not None
    with transaction.atomic():
        relationships.lock(page, who)
        mine = Vouch.objects.filter(pk=vouch.pk, revoked_at=None, refused_at=None, taken_at=None)
        before = _levels(page, who)
        _check(before, door)
        try:
            with transaction.atomic():
                done = mine.update(taken_at=clock.now(), door=door)
        except IntegrityError as error:  # one word for each pair and door
            raise NotTaken("over") from error
        if not done:
            raise NotTaken("over")
        facts = {"kind": EvidenceKind.INTRODUCED, "vouch": vouch, "by": by, "at": clock.now()}
        row = Evidence.objects.create(page=page, door=door, **many.whose(who), **facts)
        relationships.recompute(page, who)
        _never_lower(page, who, before)
    return row


def refuse(vouch: Vouch, *, no_more: bool = False) -> bool:
    """Do not believe it; with `no_more`, hear no other word of that page. Nobody is told."""
    waiting = Vouch.objects.filter(pk=vouch.pk, revoked_at=None, refused_at=None, taken_at=None)
    return bool(waiting.update(refused_at=clock.now(), no_more=no_more))


def hear_again(page: Page, other: Page) -> int:
    """Words of this other page are shown again."""
    return Vouch.objects.filter(page=other, to=page, no_more=True).update(no_more=False)


def _check(before: dict[Door | None, Standing], door: Door | None) -> None:
    """Nobody who was blocked or put on pause is let in by a word; whoever stands higher already needs none."""
    held = (Standing.BLOCKED, Standing.PAUSED)
    if before[None] in held or before[door] in held:
        raise NotTaken("hand")
    if before[door] != Standing.STRANGER:
        raise NotTaken("there")


def _levels(page: Page, who: Sender | Agency) -> dict[Door | None, Standing]:
    """How they stand everywhere, and at each door. Raises NotTaken where the owner's hand said "new here"."""
    places: list[Door | None] = [None, *page.doors.hung()]
    if isinstance(who, Sender):
        _no_hand(page, who)
        return {door: relationships.standing_of(page, who, door) for door in places}
    _no_hand(page, who)
    somebody = Sender(canonical="", agency=who)  # one of them of whom nothing else is known
    return {door: relationships.standing_of(page, somebody, door) for door in places}


def _no_hand(page: Page, who: Sender | Agency) -> None:
    about = Q(**many.whose(who))
    if isinstance(who, Sender) and who.agency_id:
        about |= Q(agency=who.agency_id)
    if Relationship.objects.filter(about, page=page, by_hand=True, rung=LADDER[0]).exists():
        raise NotTaken("hand")


def _never_lower(page: Page, who: Sender | Agency, before: dict[Door | None, Standing]) -> None:
    """A rung of their own comes before that of their agency: where that one is higher, the word is not taken."""
    after = _levels(page, who)
    if any(LADDER.index(after[door]) < LADDER.index(was) for door, was in before.items() if was in LADDER):
        raise NotTaken("there")


# ── to read ──────────────────────────────────────────────────────────────────
def waiting(page: Page) -> "list[Vouch]":
    """What others said and this owner has not answered, the newest first."""
    return list(unanswered(page).select_related("page", "sender__agency", "agency"))


def unanswered(page: Page) -> QuerySet[Vouch]:
    """The same: nothing of those they hear no more, nothing of a page that is not public, and nothing about whoever is
    blocked or on pause here.
    """
    unheard = Vouch.objects.filter(to=page, no_more=True).values("page")
    rows = Vouch.objects.filter(to=page, revoked_at=None, refused_at=None, taken_at=None).exclude(page__in=unheard)
    return rows.filter(page__in=Page.objects.public()).exclude(_held(page))


def _held(page: Page) -> Q:
    """Words about people and agencies whom this owner wants nothing of, at any door. A plus-tag is no way around."""
    aside = Q(blocked=True) | Q(paused_until__gt=clock.now())
    rows = Relationship.objects.filter(aside, page=page, door=None)
    people = rows.filter(sender__isnull=False).values("sender__canonical")
    agencies = rows.filter(agency__isnull=False).values("agency")
    return Q(sender__canonical__in=people) | Q(sender__agency__in=agencies) | Q(agency__in=agencies)


def named(vouches: list[Vouch], page: Page) -> dict[int, str]:
    """What to call each of them before this owner: their own words where they pitched to one of the two, else the
    address. What others know of somebody is not shown to either.
    """
    people = {vouch.sender_id for vouch in vouches if vouch.sender_id}
    known = called_at({page.pk} | {vouch.page_id for vouch in vouches}, people)
    found = {}
    for vouch in vouches:
        sender = vouch.sender_id or 0
        pitch = known.get((page.pk, sender)) or known.get((vouch.page_id, sender))
        if vouch.agency:
            found[vouch.pk] = vouch.agency.domain
        elif vouch.sender:
            found[vouch.pk] = f"{pitch.name} <{vouch.sender.email}>" if pitch else vouch.sender.email
    return found
