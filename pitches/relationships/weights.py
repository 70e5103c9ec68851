"""WEIGHTS: what a piece of evidence is worth at its door, and from where on somebody is known or trusted.

The shape follows HackerOne's signal: a report that was merely informative costs nothing, one that does not apply costs
half of what a junk one does, and all of it counts for 365 days. Our figures are smaller, because one off-topic pitch
after a yes is to change nothing, and a second one without another yes is.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from pitches.models import EvidenceKind, Standing

WINDOW = timedelta(days=365)  # older evidence counts no more; the owner's hand does not fade

K = EvidenceKind
WEIGHTS: dict[EvidenceKind, tuple[int, str]] = {
    K.ACCEPTED: (2, "The idea was good for the readers."),
    K.DELIVERED: (2, "What was agreed came, and came in time."),
    K.EMBARGO_KEPT: (1, "A promise between the two was kept."),
    K.INTRODUCED: (0, "Somebody spoke for them. It opens the second lane, and is no deed of their own."),
    K.BOUNCED: (0, "A mailbox may be full. It is shown, and counts for nothing."),
    K.OFF_TOPIC: (-1, "Even a good agency is sometimes off-topic; twice without a yes is a habit."),
    K.NAGGED: (-1, "It cost attention, and changed nothing."),
    K.LATE: (-1, "It came, and the date did not hold."),
    K.EMBARGO_BROKEN: (-10, "Somebody who was trusted with a date was harmed."),
    K.SCAM: (-10, "The followers would have paid for it."),
}
HARMFUL = frozenset({K.EMBARGO_BROKEN, K.SCAM})  # within the window nothing is earned beside these

KNOWN_FROM = 1  # points, and at least one yes
TRUSTED_FROM = 10  # points, and at least so many deliveries:
DELIVERIES = 3


def earned(kinds: Iterable[EvidenceKind]) -> Standing:
    """The rung that evidence of one door earns, the owner's hand aside."""
    found = Counter(kinds)
    points = sum(WEIGHTS[kind][0] * number for kind, number in found.items())
    if HARMFUL & found.keys():
        return Standing.STRANGER
    if found[K.DELIVERED] >= DELIVERIES and points >= TRUSTED_FROM:
        return Standing.TRUSTED
    if found[K.ACCEPTED] and points >= KNOWN_FROM:
        return Standing.KNOWN
    return Standing.INTRODUCED if found[K.INTRODUCED] else Standing.STRANGER
