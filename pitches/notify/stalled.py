"""Work that stands still: nobody sees it from outside, because every page still answers."""

from datetime import datetime, timedelta

from pitches.notify import alarms, brake, outbox
from portal import clock

STILL = timedelta(minutes=10)


def look(oldest: datetime | None) -> bool:
    """Tell the operators, once for each hour of the clock, when something waits too long. True if it does.

    `oldest`: since when the oldest event waits, or the oldest call. What is held back on purpose does not stand still.
    """
    now = clock.now()
    mail = brake.let_through(outbox.due(now)).values_list("next_at", flat=True).first()
    since = min(filter(None, (oldest, mail)), default=now)
    if now - since < STILL:
        return False
    alarms.tell("stalled", once=f"{now:%Y-%m-%dT%H}", minutes=str(int((now - since).total_seconds() // 60)))
    return True
