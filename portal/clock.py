"""The one place that says what time it is for everything a person sees.

A story travels this clock; leases and codes go by the clock of the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, in UTC."""
    return _frozen or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Inside the block the clock stands at `moment`; `move_to` moves it."""
    global _frozen  # noqa: PLW0603 (one clock, on purpose)
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before


def move_to(moment: datetime) -> None:
    """Move a standing clock forward. It never goes back, and a running clock cannot be moved."""
    global _frozen  # noqa: PLW0603
    if _frozen is None:
        message = "Only a standing clock can be moved."
        raise RuntimeError(message)
    _frozen = max(_frozen, moment)
