"""24: the owner said when they are away. It confirms what they did themself, so it comes at once."""

from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse

from pitches.models import Event, Message
from pitches.notify import outbox
from portal import clock, links


def holiday(event: Event) -> None:
    """24: to a change of the page. Once for each holiday, and none for one that is over or was taken back."""
    page = event.page
    if "holiday_" not in event.note or not page.holiday_until or page.holiday_until < page.local_date(event.at):
        return
    dedupe = f"holiday:{page.pk}:{page.holiday_from}:{page.holiday_until}"
    outbox.put("holiday", page.owner.email, dedupe=dedupe, page=page, queue="soon")


def is_over(message: Message) -> bool:
    """Were the days changed since, or have they passed?"""
    page = message.page
    if page is None or not page.holiday_until or page.holiday_until < page.local_date(clock.now()):
        return True
    return not message.dedupe.endswith(f":{page.holiday_from}:{page.holiday_until}")


def words(message: Message) -> dict[str, Any]:
    """From when until when, the first hour after it, and the way to change it."""
    page = message.page
    assert page is not None
    assert page.holiday_until is not None
    back = datetime.combine(page.holiday_until + timedelta(days=1), time(), page.zone)
    return {
        "begun": page.away_on(page.local_date(clock.now())),
        "back": page.next_hour(back),
        "hours_link": links.absolute(reverse("desk:hours")),
    }
