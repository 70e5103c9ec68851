"""A copy of all that an account may see: asked for with a press, made part by part, fetched for a week."""

from pitches.copies.asking import ask, download, forget, may_ask_again, newest
from pitches.copies.making import LIFE, QUEUE, make_next, waiting

__all__ = ["LIFE", "QUEUE", "ask", "download", "forget", "make_next", "may_ask_again", "newest", "waiting"]
