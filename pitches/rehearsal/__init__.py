"""Rehearsal: a rule, a figure or a door is changed, and what happened is played again. Nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from pitches.models import Page
from pitches.rehearsal import history
from pitches.rehearsal.play import play, scripts
from pitches.rehearsal.proposal import OF_DOOR, OF_PAGE, OF_RULE, Proposal, RuleChange
from pitches.rehearsal.result import Difference, Figures, Part, Rehearsal, Yes
from portal import clock

WINDOW = timedelta(days=90)

__all__ = [
    "OF_DOOR",
    "OF_PAGE",
    "OF_RULE",
    "WINDOW",
    "Difference",
    "Figures",
    "Part",
    "Proposal",
    "Rehearsal",
    "RuleChange",
    "Yes",
    "rehearse",
]


def rehearse(page: Page, proposal: Proposal, *, end: datetime | None = None, window: timedelta = WINDOW) -> Rehearsal:
    """Play the last 90 days with a proposal, beside the same days as they were. Reads rows, and cannot write any."""
    end = end or clock.now()
    with _reading_only():
        found = history.read(page, end - window, end)
    told = scripts(found)
    then = play(found, told, Proposal())
    now = play(found, told, proposal, then.let_in) if not proposal.empty else then
    return Rehearsal(found, proposal, then, now)


@contextmanager
def _reading_only() -> Iterator[None]:
    """A transaction in which PostgreSQL refuses every write; all questions are about the same moment."""
    level = "" if connection.in_atomic_block else "ISOLATION LEVEL REPEATABLE READ, "  # not within another
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION {level}READ ONLY")
        yield
        transaction.set_rollback(True)  # within another transaction, that one may write again
