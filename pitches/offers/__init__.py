"""Offers: after a yes, one counter-proposal each way, and the terms that both agreed on, frozen word for word."""

from pitches.offers.making import agree, decline, make, undo
from pitches.offers.talks import Talks, as_seen, waiting_for
from pitches.offers.words import deal_of, digest, label_of, terms

__all__ = [
    "Talks",
    "agree",
    "as_seen",
    "deal_of",
    "decline",
    "digest",
    "label_of",
    "make",
    "terms",
    "undo",
    "waiting_for",
]
