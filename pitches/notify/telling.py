"""17: the one mail between reading hours, where the owner wants it: somebody trusted, whose last day comes before."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pitches import relationships
from pitches.models import Event, Message, Page, Pitch, PitchState, Standing
from pitches.notify import outbox, stop
from portal import clock, links
from portal.templatetags.portal import day


def tell_now(event: Event) -> None:
    """17: to a hand-in and to a change. Once for each pitch, after a holiday; after quiet time if that is in time."""
    pitch, page, now = event.pitch, event.page, clock.now()
    if pitch is None or not page.tell_me_now or not _trusted(pitch) or pitch.state != PitchState.WAITING:
        return
    last = pitch.last_day
    if last is None or last < page.local_date(now) or _waits_for_the_hour(page, last):
        return
    at = _moment(page, now, last)
    if at is None:
        return
    outbox.put(
        "tell_now",
        page.owner.email,
        dedupe=f"tell_now:{pitch.pk}",
        user=page.owner,
        pitch=pitch,
        queue="now",
        not_before=at,
    )


def _waits_for_the_hour(page: Page, last: date) -> bool:
    """Does an hour begin in time?"""
    hour = page.next_hour(clock.now())
    return hour is not None and page.local_date(hour) <= last


def _moment(page: Page, now: datetime, last: date) -> datetime | None:
    """After a holiday, and after quiet time if that is in time. None if the day is over by then."""
    if page.holiday_until and page.away_on(page.local_date(now)):
        now = datetime.combine(page.holiday_until + timedelta(days=1), time(), page.zone)
    later = page.after_quiet(now)
    at = later if page.local_date(later) <= last else now
    today = page.local_date(at)
    return None if today > last or page.away_on(today) else at


def until(message: Message) -> datetime | None:
    """When it may go: after quiet time, if that is in time."""
    pitch, page = message.pitch, message.page
    return _moment(page, clock.now(), pitch.last_day) if pitch and page and pitch.last_day else None


def _trusted(pitch: Pitch) -> bool:
    """Was its sender trusted when it was handed in, and is so still?"""
    now = relationships.standing_of(pitch.page, pitch.sender, pitch.door)
    return pitch.standing == Standing.TRUSTED == now


def is_over(message: Message) -> bool:
    """Was it answered or taken back, is its day over or an hour in time, is it a holiday, or is no such mail wanted?"""
    pitch, page = message.pitch, message.page
    if pitch is None or page is None or not page.tell_me_now or pitch.state != PitchState.WAITING:
        return True
    today = page.local_date(clock.now())
    if page.away_on(today) or not _trusted(pitch):
        return True
    return pitch.last_day is None or pitch.last_day < today or _waits_for_the_hour(page, pitch.last_day)


def words(message: Message) -> dict[str, Any]:
    """What the mail says: who, where, until when, and the way to the pitch at the desk."""
    pitch, page = message.pitch, message.page
    assert pitch is not None
    assert page is not None
    today = pitch.last_day == page.local_date(clock.now())
    named = {"line": pitch.subject, "day": day(pitch.last_day)}
    last = _("Last useful day today: %(line)s") if today else _("Last useful day %(day)s: %(line)s")
    return {
        "pitch": pitch,
        "line": " ".join(pitch.line.split()),
        "said": last % named,
        "today": today,
        "hour": page.next_hour(clock.now()),
        "pitch_link": links.absolute(reverse("desk:pitch", args=[pitch.code])),
        "stop_link": stop.link_to(page, "tell_now"),
        "mail_link": links.absolute(reverse("desk:mail")),
    }
