"""Standing: what a page thinks of a sender, per door, as the replay of dated evidence. The owner's hand wins."""

from pitches.relationships.evidence import (
    OUTCOMES,
    changes_by_hand,
    fade,
    history,
    learn,
    note_once,
    note_outcome,
    rebuild,
    recompute,
    set_by_hand,
)
from pitches.relationships.replay import Level, replay
from pitches.relationships.standing import blocks, paused_until, standing_of, standings, standings_anywhere
from pitches.relationships.weights import WEIGHTS, WINDOW, earned

__all__ = [
    "OUTCOMES",
    "WEIGHTS",
    "WINDOW",
    "Level",
    "blocks",
    "changes_by_hand",
    "earned",
    "fade",
    "history",
    "learn",
    "note_once",
    "note_outcome",
    "paused_until",
    "rebuild",
    "recompute",
    "replay",
    "set_by_hand",
    "standing_of",
    "standings",
    "standings_anywhere",
]
