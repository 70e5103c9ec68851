"""Standing: what a page thinks of a sender, per door, as the replay of dated evidence. The owner's hand wins."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from pitches.models import (
    LADDER,
    Answer,
    AnswerKind,
    Door,
    Event,
    Evidence,
    EvidenceKind,
    Page,
    Reason,
    Relationship,
    Sender,
    Standing,
)
from portal import clock, domains
from portal.models import User

# What an answer is evidence of, once it has gone out.
TEACHES = {
    (AnswerKind.YES, ""): EvidenceKind.ACCEPTED,
    (AnswerKind.NO, Reason.NOT_MY_TOPIC): EvidenceKind.OFF_TOPIC,
}
# How far a piece of evidence lifts a sender who stands lower.
LIFTS = {EvidenceKind.ACCEPTED: Standing.KNOWN}


def standing_of(page: Page, sender: Sender | None, door: Door | None, *, at: datetime | None = None) -> Standing:
    """The standing of a proven sender at a door now. Blocked beats paused, both beat the ladder, on either level.

    A plus-tag is no way around a block or a pause; the ladder is the address's own.
    """
    if sender is None:
        return Standing.STRANGER
    rows = Relationship.objects.filter(page=page, sender__canonical=sender.canonical)
    return _stands(rows, sender, door, at or clock.now())


def _stands(rows: Iterable[Relationship], sender: Sender, door: Door | None, moment: datetime) -> Standing:
    """The standing that follows from all rows of a sender's address, with and without plus-tags."""
    here = [row for row in rows if row.door_id in (None, door.pk if door else None)]
    if any(row.blocked for row in here):
        return Standing.BLOCKED
    if any(row.paused_until and row.paused_until > moment for row in here):
        return Standing.PAUSED
    own = {row.door_id: row for row in here if row.sender_id == sender.pk}
    level = own.get(door.pk if door else None) or own.get(None)
    return Standing(level.rung) if level else Standing.STRANGER


def standings(page: Page, senders: Iterable[Sender], doors: Iterable[Door]) -> dict[tuple[int, int], Standing]:
    """How some senders stand at some doors of a page, by (sender, door). One question for all of them."""
    people, now = list(senders), clock.now()
    canonical = {sender.canonical for sender in people}
    rows = Relationship.objects.filter(page=page, sender__canonical__in=canonical).select_related("sender")
    of: dict[str, list[Relationship]] = {name: [] for name in canonical}
    for row in rows:
        of[row.sender.canonical].append(row)
    return {
        (sender.pk, door.pk): _stands(of[sender.canonical], sender, door, now) for door in doors for sender in people
    }


def blocks(page: Page, email: str, door: Door) -> bool:
    """Has the owner blocked this address, at this door or at all?"""
    rows = Relationship.objects.filter(page=page, sender__canonical=domains.canonical(email), blocked=True)
    return any(row.door_id in (None, door.pk) for row in rows)


def paused_until(page: Page, sender: Sender, door: Door) -> datetime | None:
    """The end of the pause that holds for this door."""
    rows = Relationship.objects.filter(page=page, sender__canonical=sender.canonical).exclude(paused_until=None)
    ends = [row.paused_until for row in rows if row.door_id in (None, door.pk) and row.paused_until]
    return max(ends, default=None)


def set_by_hand(
    page: Page,
    sender: Sender,
    standing: Standing,
    *,
    by: User | None,
    door: Door | None = None,
    until: datetime | None = None,
    note: str = "",
) -> Evidence:
    """The owner says how they stand with a sender, at one door or at all. A pause needs its end."""
    if standing == Standing.PAUSED and until is None:
        message = "A pause needs a date."
        raise ValueError(message)
    return _add(
        page,
        sender,
        door,
        kind=EvidenceKind.BY_HAND,
        standing=standing,
        until=until,
        by=by,
        note=note,
    )


def learn(event: Event) -> None:
    """Reaction to an answer that went out: it becomes evidence, for its door only."""
    pitch = event.pitch
    assert pitch is not None and pitch.sender is not None  # noqa: PT018 (answers exist for proven pitches only)
    answer = pitch.answers.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").first()
    kind = TEACHES.get((AnswerKind(answer.kind), answer.reason)) if answer else None
    if answer and kind and not Evidence.objects.filter(pitch=pitch, kind=kind).exists():
        _add(event.page, pitch.sender, pitch.door, kind=kind, pitch=pitch, by=answer.by)


@transaction.atomic
def _add(page: Page, sender: Sender, door: Door | None, **facts: object) -> Evidence:
    # One sender's evidence is written by one hand at a time, so that no replay misses a row.
    Sender.objects.select_for_update().get(pk=sender.pk)
    evidence = Evidence.objects.create(page=page, sender=sender, door=door, at=clock.now(), **facts)
    recompute(page, sender)
    return evidence


def recompute(page: Page, sender: Sender) -> None:
    """Replay all evidence of a sender and keep the result per door and page-wide."""
    evidence = list(Evidence.objects.filter(page=page, sender=sender).select_related("door"))
    for door in {None} | {row.door for row in evidence}:
        Relationship.objects.update_or_create(
            page=page,
            sender=sender,
            door=door,
            defaults=replay(evidence, door.pk if door else None),
        )


def replay(evidence: Iterable[Evidence], door_id: int | None) -> dict[str, object]:
    """The relationship at one door (or page-wide: None) from rows in time order."""
    rung, blocked, pause, own_hand = Standing.STRANGER, False, None, False
    for row in evidence:
        own = row.door_id == door_id
        if row.kind == EvidenceKind.BY_HAND:
            ladder = row.standing in LADDER
            if own:
                blocked = row.standing == Standing.BLOCKED
                pause = row.until if row.standing == Standing.PAUSED else None
            if ladder and (own or (row.door_id is None and not own_hand)):
                rung, own_hand = Standing(row.standing), own_hand or own
        elif own and row.kind in LIFTS:
            rung = max(rung, LIFTS[EvidenceKind(row.kind)], key=LADDER.index)
    return {"rung": rung, "blocked": blocked, "paused_until": pause}


def changes_by_hand(page: Page, sender: Sender) -> list[Evidence]:
    """The last ten standings that the owner set for a sender, the newest first."""
    rows = Evidence.objects.filter(page=page, sender=sender, kind=EvidenceKind.BY_HAND)
    return list(rows.select_related("door").order_by("-at", "-pk")[:10])


def history(page: Page, sender: Sender) -> dict[str, int]:
    """How often a page answered a sender, by answer; only what went out."""
    sent = Answer.objects.filter(pitch__page=page, pitch__sender=sender, sent_at__isnull=False)
    return {kind: sum(1 for answer in sent if answer.kind == kind) for kind in AnswerKind.values}
