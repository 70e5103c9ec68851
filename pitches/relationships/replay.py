"""The replay: a standing from dated evidence, and nothing else. Asks no database."""

from collections.abc import Iterable
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
    counted ever falls below it. A hand at this very door is stronger than a page-wide one.
    """
    level, own_hand = Level(), False
    for row in rows:
        own = row.door_id == door_id
        if row.kind not in HANDS:
            if own or (row.door_id is None and row.kind == EvidenceKind.INTRODUCED):
                level.counted.append(row)
            continue
        if own:
            level.blocked = row.standing == Standing.BLOCKED
            level.paused_until = row.until if row.standing == Standing.PAUSED else None
        if row.standing in LADDER and (own or (row.door_id is None and not own_hand)):
            level.rung, level.by_hand, own_hand = Standing(row.standing), True, own_hand or own
            level.counted = []
    return _lifted(level, at)


def _lifted(level: Level, at: datetime) -> Level:
    """With what counts at this moment, and the moment at which the oldest of it counts no more."""
    level.counted = [row for row in level.counted if row.at > at - WINDOW]
    rung = earned(EvidenceKind(row.kind) for row in level.counted)
    level.rung = max(level.rung, rung, key=LADDER.index)
    level.fades_at = min((row.at + WINDOW for row in level.counted), default=None)
    return level
