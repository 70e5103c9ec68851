"""Standing: what a page thinks of a sender, per door, as the replay of dated evidence. The owner's hand wins."""

from pitches.relationships.evidence import (
    OUTCOMES,
    TEACHES,
    fade,
    history,
    learn,
    note_once,
    note_outcome,
    rebuild,
    recompute,
)
from pitches.relationships.hands import SIDEWAYS, SaidSince, aside, changes_by_hand, lift, set_by_hand, take_back
from pitches.relationships.persons import lock, mailboxes
from pitches.relationships.replay import Level, replay, spoken
from pitches.relationships.standing import blocks, paused_until, standing_of, standings, standings_anywhere
from pitches.relationships.weights import WEIGHTS, WINDOW, earned

__all__ = [
    "OUTCOMES",
    "SIDEWAYS",
    "TEACHES",
    "WEIGHTS",
    "WINDOW",
    "Level",
    "SaidSince",
    "aside",
    "blocks",
    "changes_by_hand",
    "earned",
    "fade",
    "history",
    "learn",
    "lift",
    "lock",
    "mailboxes",
    "note_once",
    "note_outcome",
    "paused_until",
    "rebuild",
    "recompute",
    "replay",
    "set_by_hand",
    "spoken",
    "standing_of",
    "standings",
    "standings_anywhere",
    "take_back",
]
