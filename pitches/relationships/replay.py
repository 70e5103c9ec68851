"""The replay: a standing from dated evidence, and nothing else. Asks no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pitches.models import LADDER, Evidence, EvidenceKind, Standing
from pitches.models.relationship import HANDS
from pitches.relationships.weights import WINDOW, earned


@dataclass
class Level:
    """What the replay finds for one person or agency at one door, or page-wide."""

    rung: Standing = Standing.STRANGER
    by_hand: bool = False
    blocked: bool = False
    paused_until: datetime | None = None
    fades_at: datetime | None = None
    counted: list[Evidence] = field(default_factory=list)

    def as_fields(self) -> dict[str, object]:
        """The fields of a Relationship."""
        names = ("rung", "by_hand", "blocked", "paused_until", "fades_at")
        return {name: getattr(self, name) for name in names}


def replay(rows: Iterable[Evidence], door_id: int | None, at: datetime) -> Level:
    """The level at one door (page-wide: None) at a moment, from rows in the order of time.

    The owner's hand sets the rung: what came before is behind it, what comes after may lift above it, and nothing
    counted ever falls below it. A hand at this very door is stronger than a page-wide one. Where one person has
    several mailboxes, the block or the pause of one of them holds for all.
    """
    level, own_hand = Level(), False
    holds: dict[int | None, tuple[bool, datetime | None]] = {}
    for row in spoken(rows):
        own = row.door_id == door_id
        if row.kind not in HANDS:
            if own or (row.door_id is None and row.kind == EvidenceKind.INTRODUCED):
                level.counted.append(row)
            continue
        if own:
            until = row.until if row.standing == Standing.PAUSED else None
            holds[row.sender_id] = (row.standing == Standing.BLOCKED, until)
        if row.standing in LADDER and (own or (row.door_id is None and not own_hand)):
            level.rung, level.by_hand, own_hand = Standing(row.standing), True, own_hand or own
            level.counted = []
    level.blocked = any(blocked for blocked, _until in holds.values())
    level.paused_until = max((until for _blocked, until in holds.values() if until), default=None)
    return _lifted(level, at)


def spoken(rows: Iterable[Evidence]) -> list[Evidence]:
    """Without what the owner took back: each such row takes back the last word before it, at the same place."""
    kept: list[Evidence] = []
    for row in rows:
        if row.kind != EvidenceKind.TAKEN_BACK:
            kept.append(row)
        elif last := last_word(kept, row):
            kept = [one for one in kept if one is not last]
    return kept


def last_word(rows: Sequence[Evidence], like: Evidence) -> Evidence | None:
    """What the owner's hand set last at the same door, or everywhere, for the same mailbox or agency."""
    place = (like.door_id, like.sender_id, like.agency_id)
    words = (row for row in reversed(rows) if row.kind in HANDS)
    return next((row for row in words if (row.door_id, row.sender_id, row.agency_id) == place), None)


def _lifted(level: Level, at: datetime) -> Level:
    """With what counts at this moment, and the moment at which the oldest of it counts no more."""
    level.counted = [row for row in level.counted if row.at > at - WINDOW]
    rung = earned(EvidenceKind(row.kind) for row in level.counted)
    level.rung = max(level.rung, rung, key=LADDER.index)
    level.fades_at = min((row.at + WINDOW for row in level.counted), default=None)
    return level
