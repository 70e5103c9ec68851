"""Replies: words that are ready for a yes, a question and a no; the usual ones, and the owner's."""

from pitches.replies.keeping import MOST, Changed, TooMany, add, hide, keep, move, remove, restore, stamp
from pitches.replies.listing import Ready, find, own, ready_of, typed
from pitches.replies.places import filled, known, problem
from pitches.replies.saying import Gone, Said, language_of, pick, say, usual
from pitches.replies.usual import KINDS, OWN_FITS, TEXTS, USUAL, fits

__all__ = [
    "KINDS",
    "MOST",
    "OWN_FITS",
    "TEXTS",
    "USUAL",
    "Changed",
    "Gone",
    "Ready",
    "Said",
    "TooMany",
    "add",
    "filled",
    "find",
    "fits",
    "hide",
    "keep",
    "known",
    "language_of",
    "move",
    "own",
    "pick",
    "problem",
    "ready_of",
    "remove",
    "restore",
    "say",
    "stamp",
    "typed",
    "usual",
]
