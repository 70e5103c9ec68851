"""The owner's hand: how they stand with somebody is said here, and taken back here. Every word stays written."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from pitches import helping
from pitches.models import Agency, Door, Evidence, EvidenceKind, Page, Role, Sender, Standing
from pitches.models.relationship import HANDS
from pitches.relationships.evidence import recompute, whose
from pitches.relationships.persons import lock, mailboxes
from pitches.relationships.replay import last_word, spoken
from portal import clock
from portal.models import User

CHANGES_SHOWN = 10
TWICE = timedelta(minutes=1)  # the same word within it is one button, pressed twice
SIDEWAYS = (Standing.BLOCKED, Standing.PAUSED)


class SaidSince(Exception):
    """The owner has said something else since, or took it back already."""


@transaction.atomic
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
    """The owner says how they stand with a person, in all their mailboxes, or with a whole agency, at one door or at
    all. A pause needs its end. Who presses twice says it once. Raises NotAllowed: to say it for them is to answer.
    """
    helping.voice(page, by, Role.ASSISTANT)
    if standing == Standing.PAUSED and until is None:
        message = "A pause needs a date."
        raise ValueError(message)
    word: dict[str, Any] = {"kind": EvidenceKind.BY_HAND, "standing": standing, "until": until, "by": by, "note": note}
    word |= {"page": page, "door": door, "at": clock.now()}
    found = lock(page, who)
    said = _said_just_now(found, word)
    if not said:
        said = [Evidence.objects.create(**whose(one), **word) for one in found]
        recompute(page, who)
    return next(row for row in said if (row.sender_id or row.agency_id) == who.pk)


def _said_just_now(found: list[Sender | Agency], word: dict[str, Any]) -> list[Evidence]:
    """The very same word about all mailboxes, if it is the last thing that is known of each; else nothing."""
    recent = Evidence.objects.filter(_about(found), page=word["page"], at__gt=word["at"] - TWICE)
    last = list({(row.sender_id, row.agency_id): row for row in recent.select_related("door")}.values())
    same = all(
        getattr(row, name) == word[name] for row in last for name in ("kind", "door", "standing", "until", "note")
    )
    return last if same and len(last) == len(found) and len({row.at for row in last}) == 1 else []


def take_back(evidence: Evidence, *, by: User | None) -> None:
    """Undo a word of the owner's hand: what held before it holds again. Raises SaidSince."""
    page, who = evidence.page, evidence.sender or evidence.agency
    assert who is not None
    with transaction.atomic():
        rows = _words(page, lock(page, who))
        if last_word(rows, evidence) != evidence:
            raise SaidSince
        for one in {row.sender or row.agency for row in rows if _same(row, evidence)}:
            assert one is not None
            _unsay(page, one, evidence.door, rows, at=evidence.at, by=by)
        recompute(page, who)


def aside(page: Page, who: Sender | Agency, *, door: Door | None = None) -> Evidence | None:
    """The word by which somebody is blocked or on pause at one place, in any of their mailboxes."""
    for one in mailboxes(page, who):
        last = last_word(_words(page, [one]), Evidence(door=door, **whose(one)))
        if last and last.standing in SIDEWAYS:
            return last
    return None


def lift(page: Page, who: Sender | Agency, *, by: User | None, door: Door | None = None) -> bool:
    """End a block or a pause of one place: what held before it holds again. Was there one?"""
    with transaction.atomic():
        found, lifted = lock(page, who), False
        for one in found:
            rows = _words(page, [one])
            like = Evidence(door=door, **whose(one))
            while (last := last_word(rows, like)) and last.standing in SIDEWAYS:
                _unsay(page, one, door, rows, at=last.at, by=by)
                rows, lifted = [row for row in rows if row is not last], True
        recompute(page, who)
    return lifted


def _same(row: Evidence, evidence: Evidence) -> bool:
    """The same word, about another mailbox of the same person?"""
    return (row.at, row.door_id, row.standing, row.kind) == (
        evidence.at,
        evidence.door_id,
        evidence.standing,
        evidence.kind,
    )


def _unsay(
    page: Page, who: Sender | Agency, door: Door | None, rows: list[Evidence], *, at: datetime, by: User | None
) -> None:
    last = last_word(rows, Evidence(door=door, **whose(who)))
    if last and last.at == at:
        back = EvidenceKind.TAKEN_BACK
        Evidence.objects.create(page=page, door=door, kind=back, by=by, at=clock.now(), **whose(who))


def _about(found: list[Sender | Agency]) -> Q:
    mine = Q(sender__in=[one.pk for one in found if isinstance(one, Sender)])
    return mine | Q(agency__in=[one.pk for one in found if isinstance(one, Agency)])


def _words(page: Page, found: list[Sender | Agency]) -> list[Evidence]:
    """What the owner's hand set and did not take back, the oldest first."""
    rows = Evidence.objects.filter(_about(found), page=page, kind__in=(*HANDS, EvidenceKind.TAKEN_BACK))
    return spoken(rows.select_related("door", "sender", "agency"))


def changes_by_hand(page: Page, sender: Sender) -> list[Evidence]:
    """The last ten standings that the owner set for a person or their whole agency, the newest first."""
    agency = [sender.agency] if sender.agency else []
    said: dict[tuple[object, ...], Evidence] = {}
    for row in reversed(_words(page, [*mailboxes(page, sender), *agency])):
        if row.kind == EvidenceKind.BY_HAND:
            said.setdefault((row.at, row.door_id, row.agency_id, row.standing), row)
    return list(said.values())[:CHANGES_SHOWN]
