"""Evidence: what is learned of a sender, or said by the owner's hand; and the replay of it, kept."""

from collections.abc import Iterator
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
)
from pitches.relationships.persons import lock, mailboxes
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


def learn(event: Event) -> None:
    """Reaction to an answer that went out: it becomes evidence, for its door only."""
    pitch = event.pitch
    assert pitch is not None and pitch.sender is not None  # noqa: PT018 (answers exist for proven pitches only)
    answer = pitch.answers.gone().first()
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
    lock(page, who)
    evidence = Evidence.objects.create(page=page, door=door, at=clock.now(), **whose(who), **facts)
    recompute(page, who)
    return evidence


def whose(who: Sender | Agency) -> dict[str, Any]:
    """The fields that name one mailbox or one agency."""
    return {"agency": who} if isinstance(who, Agency) else {"sender": who}


def recompute(page: Page, who: Sender | Agency) -> int:
    """Replay all evidence of one person, or of an agency, and keep the result per mailbox, per door and page-wide.
    Returns how many levels changed.
    """
    found = mailboxes(page, who)
    theirs = Q(agency=who) if isinstance(who, Agency) else Q(sender__in=[one.pk for one in found])
    rows = list(Evidence.objects.filter(theirs, page=page).select_related("door", "vouch"))
    good = [row for row in rows if row.vouch is None or row.vouch.revoked_at is None]
    doors = {row.door_id: row.door for row in rows} | ({None: None} if rows else {})
    fields = {pk: replay(good, pk, clock.now()).as_fields() for pk in doors}
    stored = {
        (row.sender_id or row.agency_id, row.door_id): row for row in Relationship.objects.filter(theirs, page=page)
    }
    changed = 0
    for one in found:
        for pk, door in doors.items():
            row = stored.pop((one.pk, pk), None)
            if row is None or any(getattr(row, name) != value for name, value in fields[pk].items()):
                Relationship.objects.update_or_create(page=page, door=door, **whose(one), defaults=fields[pk])
                changed += 1
    gone = Relationship.objects.filter(pk__in=[row.pk for row in stored.values()])  # of whom it was split from
    return changed + (gone.delete()[0] if stored else 0)


def fade(row: Relationship) -> None:
    """Some evidence has become too old to count."""
    who = row.sender or row.agency
    assert who is not None
    with transaction.atomic():
        lock(row.page, who)
        recompute(row.page, who)


def rebuild() -> Iterator[int]:
    """Replay everybody's evidence anew; for each person or agency at a page, how many levels were not as stored."""
    levels = Relationship.objects.order_by().values_list("page", "sender", "agency")
    pairs = Evidence.objects.order_by().values_list("page", "sender", "agency").union(levels)
    for page, sender, agency in list(pairs):
        who = Sender.objects.get(pk=sender) if sender else Agency.objects.get(pk=agency)
        street = Page.objects.get(pk=page)
        with transaction.atomic():
            lock(street, who)
            yield recompute(street, who)


def history(page: Page, sender: Sender) -> dict[str, int]:
    """How often a page answered a sender, by answer; only what went out."""
    sent = Answer.objects.filter(pitch__page=page, pitch__sender=sender, sent_at__isnull=False)
    return {kind: sum(1 for answer in sent if answer.kind == kind) for kind in AnswerKind.values}
