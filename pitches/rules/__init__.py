"""Rules: how somebody is received, by their standing, and by what the owner decided for a door or an agency."""

from pitches.rules.keeping import (
    COLUMNS,
    OF_PAGE,
    Merged,
    Taken,
    add,
    cells_of,
    drop,
    dropped,
    merge,
    noted,
    plain,
    put_back,
    write,
)
from pitches.rules.overlaps import Overlap, overlaps
from pitches.rules.usual import USUAL, Terms, distance, kind, nearest, needs_key, of, of_pages, terms

__all__ = [
    "COLUMNS",
    "OF_PAGE",
    "USUAL",
    "Merged",
    "Overlap",
    "Taken",
    "Terms",
    "add",
    "cells_of",
    "distance",
    "drop",
    "dropped",
    "kind",
    "merge",
    "nearest",
    "needs_key",
    "noted",
    "of",
    "of_pages",
    "overlaps",
    "plain",
    "put_back",
    "terms",
    "write",
]
