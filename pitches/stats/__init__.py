"""Numbers that flatter nobody: what a page did with its pitches, counted in the database. Nothing here writes.

The public page, the desk and a mail may ask the same questions. What is in quarantine or was never proven is left out
everywhere, and an answer counts when it has gone out. Each question is one to four queries, however long the past is.
"""

from pitches.stats.doors import Outcome, OutcomesOfDoor, outcomes
from pitches.stats.expecting import ENOUGH, WINDOW, Expectation, expectation
from pitches.stats.kit import Channel, Kit, kit
from pitches.stats.minutes import AgencyTime, Reading, reading
from pitches.stats.noes import No, Noes, noes
from pitches.stats.span import Span
from pitches.stats.waits import WaitOfWeek, waits

__all__ = [
    "ENOUGH",
    "WINDOW",
    "AgencyTime",
    "Channel",
    "Expectation",
    "Kit",
    "No",
    "Noes",
    "Outcome",
    "OutcomesOfDoor",
    "Reading",
    "Span",
    "WaitOfWeek",
    "expectation",
    "kit",
    "noes",
    "outcomes",
    "reading",
    "waits",
]
