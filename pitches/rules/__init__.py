"""Rules: how somebody is received, by their standing, and by what the owner decided for a door or an agency."""

from pitches.rules.usual import USUAL, Terms, kind, nearest, needs_key, of, of_pages, terms

__all__ = ["USUAL", "Terms", "kind", "nearest", "needs_key", "of", "of_pages", "terms"]
