"""The owner's reading hour, in a sentence."""

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from pitches.models import Page
from portal import clock
from portal.templatetags.portal import at, when


def begun(page: Page) -> datetime | None:
    """The latest reading hour of the owner's day that has begun."""
    today = page.local_date(clock.now())
    hours = page.hours_from(datetime.combine(today, time(), page.zone))
    passed = None
    for hour in hours:
        if hour > clock.now():
            break
        passed = hour
    return passed if passed and page.local_date(passed) == today else None


def following(page: Page) -> datetime | None:
    """The next reading hour."""
    return page.next_hour(clock.now() + timedelta(minutes=1))


def sentence(page: Page, *, waiting: int) -> str:
    """Is it the hour? "Your hour started at 09:00.", or when it is, and that the pitches there are can wait."""
    started, ahead = begun(page), following(page)
    if started:
        return _("Your hour started at %(time)s.") % {"time": at(started, page.zone)}
    if ahead and waiting:
        return _("Your hour is %(moment)s. They can wait.") % {"moment": when(ahead, page.zone)}
    if ahead:
        return _("Your hour is %(moment)s.") % {"moment": when(ahead, page.zone)}
    return _("You have set no reading hour, so you can read whenever you like.")
