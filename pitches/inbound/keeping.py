"""How long mail that came in is kept."""

from datetime import timedelta

from pitches.models import Letter, LetterEnd
from portal import clock

RAW_KEPT = timedelta(days=7)
ROW_KEPT = timedelta(days=90)


def forget() -> int:
    """Empty what is a week old and was read, and delete what is 90 days old. Returns how many rows."""
    now = clock.now()
    read = Letter.objects.filter(raw__isnull=False, came_at__lt=now - RAW_KEPT).exclude(end=LetterEnd.WAITING)
    emptied = read.update(raw=None, sender="")
    return emptied + Letter.objects.filter(came_at__lt=now - ROW_KEPT).delete()[0]
