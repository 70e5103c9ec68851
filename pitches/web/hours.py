"""The owner's reading hour, in a sentence."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pitches.models import Page
from portal import clock
from portal.templatetags.portal import at, when

LATE = timedelta(hours=4)  # an hour of the late evening lasts so long, past midnight


def begun(page: Page) -> datetime | None:
    """The reading hour that has begun. It lasts to the end of the owner's day, and at least LATE."""
    now = clock.now()
    midnight = datetime.combine(page.local_date(now), time(), page.zone)
    passed = None
    for hour in page.hours_from(min(midnight, now - LATE)):
        if hour > now:
            break
        passed = hour
    return passed


def today(page: Page) -> date:
    """The owner's day; an hour that goes on past midnight is still of the day on which it began."""
    return page.local_date(begun(page) or clock.now())


def another_day(page: Page) -> datetime | None:
    """The first reading hour after the owner's day."""
    tomorrow = datetime.combine(today(page) + timedelta(days=1), time(), page.zone)
    return page.next_hour(max(tomorrow, clock.now()))


def following(page: Page) -> datetime | None:
    """The next reading hour."""
    return page.next_hour(clock.now() + timedelta(minutes=1))


def whose(request: HttpRequest, page: Page) -> str:
    """By which name the page speaks of its owner: none for the owner, who is "you"."""
    return "" if page.owner_id == request.user.pk else page.first_name


def sentence(page: Page, *, waiting: int, name: str = "") -> str:
    """Is it the hour? "Your hour started at 09:00.", or when it is, and that the pitches there are can wait.

    `name`: of the owner, for who helps.
    """
    started, ahead = begun(page), following(page)
    if name:
        return _sentence_of(page, name, started, ahead)
    if started:
        return _("Your hour started at %(time)s.") % {"time": at(started, page.zone)}
    if ahead and waiting:
        return _("Your hour is %(moment)s. They can wait.") % {"moment": when(ahead, page.zone)}
    if ahead:
        return _("Your hour is %(moment)s.") % {"moment": when(ahead, page.zone)}
    return _("You have set no reading hour, so you can read whenever you like.")


def _sentence_of(page: Page, name: str, started: datetime | None, ahead: datetime | None) -> str:
    if started:
        return _("The hour of %(name)s started at %(time)s.") % {"name": name, "time": at(started, page.zone)}
    if ahead:
        return _("The hour of %(name)s is %(moment)s.") % {"name": name, "moment": when(ahead, page.zone)}
    return _("%(name)s has set no reading hour, so you can read whenever you like.") % {"name": name}
