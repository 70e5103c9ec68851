"""Evidence: what is learned of a sender, or said by the owner's hand; and the replay of it, kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from pitches.models import (
    Agency,
    Answer,
    AnswerKind,
    Door,
    Event,
    Evidence,
    EvidenceKind,
    Page,
    Pitch,
    Reason,
    Relationship,
    Sender,
    Standing,
)
from pitches.relationships.replay import replay
from portal import clock
from portal.models import User

# What an answer is evidence of, once it has gone out.
TEACHES = {
    (AnswerKind.YES, ""): EvidenceKind.ACCEPTED,
    (AnswerKind.NO, Reason.NOT_MY_TOPIC): EvidenceKind.OFF_TOPIC,
}
# What can become of a yes: it came, or came late, or the promise of an embargo was broken.
OUTCOMES = (EvidenceKind.DELIVERED, EvidenceKind.LATE, EvidenceKind.EMBARGO_BROKEN)
CHANGES_SHOWN = 10


def set_by_hand(
    page: Page,
    who: Sender | Agency,
    standing: Standing,
    *,
    by: User | None,
    door: Door | None = None,
    until: datetime | None = None,
    note: str = "",
) -> Evidence:
    """The owner says how they stand with a sender or a whole agency, at one door or at all. A pause needs its end."""
    if standing == Standing.PAUSED and until is None:
        message = "A pause needs a date."
        raise ValueError(message)
    return _add(page, who, door, kind=EvidenceKind.BY_HAND, standing=standing, until=until, by=by, note=note)


def learn(event: Event) -> None:
    """Reaction to an answer that went out: it becomes evidence, for its door only."""
    pitch = event.pitch
    assert pitch is not None and pitch.sender is not None  # noqa: PT018 (answers exist for proven pitches only)
    answer = pitch.answers.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").first()
    kind = TEACHES.get((AnswerKind(answer.kind), answer.reason)) if answer else None
    if answer and kind:
        note_once(pitch, kind, by=answer.by)


def note_once(pitch: Pitch, kind: EvidenceKind, *, by: User | None, note: str = "") -> Evidence | None:
    """What a pitch is evidence of, at its door. The same kind is written down once for each pitch; None if it was."""
    assert pitch.sender is not None
    if Evidence.objects.filter(pitch=pitch, kind=kind).exists():
        return None
    return _add(pitch.page, pitch.sender, pitch.door, kind=kind, pitch=pitch, by=by, note=note)


@transaction.atomic
def note_outcome(pitch: Pitch, kind: EvidenceKind, *, by: User | None) -> Evidence | None:
    """What became of a yes that went out: one of OUTCOMES, once for each pitch. None if there is no such yes, or it is
    noted already.

    A delivery under an embargo is also a promise that was kept.
    """
    if kind not in OUTCOMES:
        raise ValueError(kind)
    agreed = pitch.answers.filter(kind=AnswerKind.YES, sent_at__isnull=False).exists()
    Pitch.objects.select_for_update(no_key=True).get(pk=pitch.pk)
    if not agreed or Evidence.objects.filter(pitch=pitch, kind__in=OUTCOMES).exists():
        return None
    if kind != EvidenceKind.EMBARGO_BROKEN and "news" in pitch.groups:
        note_once(pitch, EvidenceKind.EMBARGO_KEPT, by=by)
    return note_once(pitch, kind, by=by)


@transaction.atomic
def _add(page: Page, who: Sender | Agency, door: Door | None, **facts: Any) -> Evidence:
    # The evidence of one is written by one hand at a time, so that no replay misses a row.
    type(who).objects.select_for_update().get(pk=who.pk)
    evidence = Evidence.objects.create(page=page, door=door, at=clock.now(), **_named(who), **facts)
    recompute(page, who)
    return evidence


def _named(who: Sender | Agency) -> dict[str, Any]:
    return {"agency": who} if isinstance(who, Agency) else {"sender": who}


def recompute(page: Page, who: Sender | Agency) -> int:
    """Replay all evidence of one, and keep the result per door and page-wide. Returns how many levels changed."""
    rows = Evidence.objects.filter(page=page, **_named(who)).select_related("door")
    evidence = list(rows.exclude(vouch__revoked_at__isnull=False))
    stored = {row.door_id: row for row in Relationship.objects.filter(page=page, **_named(who))}
    changed = 0
    for door in {None} | {row.door for row in rows}:
        fields = replay(evidence, door.pk if door else None, clock.now()).as_fields()
        row = stored.get(door.pk if door else None)
        if row is None or any(getattr(row, name) != value for name, value in fields.items()):
            Relationship.objects.update_or_create(page=page, door=door, **_named(who), defaults=fields)
            changed += 1
    return changed


def fade(row: Relationship) -> None:
    """Some evidence has become too old to count."""
    who = row.sender or row.agency
    assert who is not None
    with transaction.atomic():
        type(who).objects.select_for_update().get(pk=who.pk)
        recompute(row.page, who)


def rebuild() -> Iterator[int]:
    """Replay everybody's evidence anew; for each person or agency at a page, how many levels were not as stored."""
    pairs = Evidence.objects.order_by().values_list("page", "sender", "agency").distinct()
    for page, sender, agency in list(pairs):
        who = Sender.objects.get(pk=sender) if sender else Agency.objects.get(pk=agency)
        with transaction.atomic():
            type(who).objects.select_for_update().get(pk=who.pk)
            yield recompute(Page.objects.get(pk=page), who)


def changes_by_hand(page: Page, sender: Sender) -> list[Evidence]:
    """The last ten standings that the owner set for a sender or the whole agency, the newest first."""
    whose = Q(sender=sender) | Q(agency=sender.agency_id, agency__isnull=False)
    rows = Evidence.objects.filter(whose, page=page, kind=EvidenceKind.BY_HAND)
    return list(rows.select_related("door", "agency").order_by("-at", "-pk")[:CHANGES_SHOWN])


def history(page: Page, sender: Sender) -> dict[str, int]:
    """How often a page answered a sender, by answer; only what went out."""
    sent = Answer.objects.filter(pitch__page=page, pitch__sender=sender, sent_at__isnull=False)
    return {kind: sum(1 for answer in sent if answer.kind == kind) for kind in AnswerKind.values}
