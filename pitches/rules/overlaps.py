"""Where two exceptions are meant for the same pitch and say different things: which of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from pitches.models import Rule
from pitches.rules.keeping import COLUMNS
from pitches.rules.usual import distance


@dataclass(frozen=True)
class Overlap:
    """For pitches that both are meant for, the nearer exception counts in these columns."""

    nearer: Rule
    farther: Rule
    columns: tuple[str, ...]


def overlaps(exceptions: Sequence[Rule]) -> list[Overlap]:
    """Every pair of exceptions that contradict each other somewhere."""
    found = []
    for pair in combinations(sorted(exceptions, key=distance), 2):
        nearer, farther = pair
        columns = tuple(name for name in COLUMNS if _differ(getattr(nearer, name), getattr(farther, name)))
        if columns and _meet(nearer, farther):
            found.append(Overlap(nearer, farther, columns))
    return found


def _differ(one: object, other: object) -> bool:
    return one not in ("", None) and other not in ("", None) and one != other


def _meet(one: Rule, other: Rule) -> bool:
    """Is there a pitch that both are meant for?"""
    doors, agencies = {one.door_id, other.door_id} - {None}, {one.agency_id, other.agency_id} - {None}
    standings = {one.standing, other.standing} - {""}
    return max(len(doors), len(agencies), len(standings)) <= 1
