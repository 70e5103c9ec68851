"""How intake says no."""

from dataclasses import dataclass
from datetime import datetime

from pitches.models import Pitch


@dataclass
class Refused(Exception):
    """The pitch cannot be taken. `why` is a code of docs/stories.md; `until` the date that helps, if there is one."""

    why: str
    until: datetime | None = None
    number: int | None = None
    other: Pitch | None = None


@dataclass
class WrongCode(Exception):
    """The code was not taken: `wrong`, `expired` or `tries` (too many)."""

    why: str
