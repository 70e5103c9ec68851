"""The one mail between reading hours: for whom, when, once, and when it is not needed any more."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail

from pitches import doors, lifecycle, relationships
from pitches.models import Event, Fact, Message, MessageState, Page, Pitch, PitchState, Standing
from pitches.notify import catalogue, delivery, stop, telling
from portal import clock
from tests.factories import PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)  # Lisbon, in winter; the next hour is Friday 09:00
THURSDAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def _wednesday():
    with clock.standing_at(WEDNESDAY):
        yield


def left(page=None, **fields):
    """A pitch that was just routed, and what follows."""
    page = page or PageFactory(tell_me_now=True)
    usual = {"door__page": page, "waiting": True, "standing": "trusted", "last_day": THURSDAY}
    pitch = PitchFactory(**usual | fields)
    relationships.set_by_hand(page, pitch.sender, Standing(pitch.standing), by=None)
    telling.tell_now(Event.objects.create(page=page, pitch=pitch, what=PitchState.ARRIVED, queue="now", at=clock.now()))
    return pitch


def test_the_owner_is_told_at_once_and_once():
    pitch = left()
    telling.tell_now(lifecycle.record(Fact.CHANGED, pitch.page, pitch))
    message = Message.objects.get(kind="tell_now")
    assert (message.to, message.queue, message.next_at) == (pitch.page.owner.email, "now", WEDNESDAY)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"last_day": date(2026, 3, 4)}, True),
        ({"last_day": date(2026, 3, 6)}, False),  # the day of the hour
        ({"last_day": date(2026, 3, 3)}, False),  # over before it came
        ({"last_day": None}, False),
        ({"standing": "known"}, False),
        ({"standing": "known", "lane": "trusted", "given_lane": "trusted"}, False),
        ({"state": "held", "lane": "held"}, False),
        ({"state": "quarantine", "lane": "quarantine"}, False),
        ({"state": "arrived", "lane": ""}, False),
    ],
)
def test_only_somebody_trusted_whose_day_comes_before_the_hour(fields, told):
    left(**fields)
    assert Message.objects.filter(kind="tell_now").exists() is told


@pytest.mark.parametrize("since", ["blocked", "paused", "known"])
def test_nothing_rings_for_somebody_who_is_not_trusted_any_more(since):
    pitch = left(last_day=None)
    until = WEDNESDAY + timedelta(days=9) if since == "paused" else None
    Pitch.objects.update(last_day=THURSDAY)
    pitch.refresh_from_db()
    telling.tell_now(lifecycle.record(Fact.CHANGED, pitch.page, pitch))
    message = Message.objects.get(kind="tell_now")
    assert not telling.is_over(message)
    relationships.set_by_hand(pitch.page, pitch.sender, Standing(since), by=None, until=until)
    assert telling.is_over(message)
    Message.objects.all().delete()
    telling.tell_now(lifecycle.record(Fact.CHANGED, pitch.page, pitch))
    assert not Message.objects.exists()


def test_the_date_is_that_of_the_owner():
    """Half past ten in the evening UTC is Thursday in Athens: Wednesday is over there."""
    left(PageFactory(tell_me_now=True, timezone="Europe/Athens"), last_day=date(2026, 3, 4))
    assert not Message.objects.exists()


def test_nobody_is_told_who_did_not_ask_for_it():
    assert Page().tell_me_now is False
    left(PageFactory())
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("until", "last_day", "at"),
    [
        (time(7), THURSDAY, datetime(2026, 3, 5, 7, tzinfo=UTC)),
        (time(7), date(2026, 3, 4), WEDNESDAY),  # the quiet time would end a day too late
    ],
)
def test_quiet_time_counts_unless_the_day_would_pass(until, last_day, at):
    left(PageFactory(tell_me_now=True, quiet_from=time(22), quiet_to=until), last_day=last_day)
    assert Message.objects.get().next_at == at


@pytest.mark.parametrize(
    ("last_day", "at"),
    [
        (date(2026, 3, 10), datetime(2026, 3, 9, tzinfo=UTC)),  # the hour after the holiday is Friday the 13th
        (date(2026, 3, 8), None),  # in the holiday
    ],
)
def test_in_a_holiday_nobody_is_told_and_after_it_what_still_matters(last_day, at):
    away = {"holiday_from": date(2026, 3, 4), "holiday_until": date(2026, 3, 8)}
    left(PageFactory(tell_me_now=True, reading=["FRI 09:00"], **away), last_day=last_day)
    assert list(Message.objects.filter(kind="tell_now").values_list("next_at", flat=True)) == ([at] if at else [])


def test_quiet_time_does_not_end_in_a_holiday():
    away = {"holiday_from": THURSDAY, "holiday_until": date(2026, 3, 8)}
    quiet = {"quiet_from": time(22), "quiet_to": time(7)}
    left(PageFactory(tell_me_now=True, **away, **quiet), last_day=date(2026, 3, 7))
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda pitch: Page.objects.filter(pk=pitch.page_id).update(
            holiday_from=date(2026, 3, 4), holiday_until=THURSDAY
        ),
        lambda pitch: Pitch.objects.filter(pk=pitch.pk).update(state="accepted"),
        lambda pitch: Pitch.objects.filter(pk=pitch.pk).update(state="withdrawn"),
        lambda pitch: Pitch.objects.filter(pk=pitch.pk).update(last_day=date(2026, 3, 3)),
        lambda pitch: doors.keep_settings(pitch.page, tell_me_now=False),
        lambda pitch: doors.keep_settings(pitch.page, reading=["THU 09:00"]),
    ],
)
def test_what_is_not_needed_any_more_is_not_sent(change):
    change(left())
    message = Message.objects.get(kind="tell_now")
    assert catalogue.no_longer_needed(message) == MessageState.OBSOLETE


def test_what_is_needed_is_sent_and_says_when_and_how_to_stop_it(client):
    pitch = left(line="Figures until tomorrow", language="de")
    delivery.deliver("now")
    (sent,) = mail.outbox
    assert sent.subject == "Last useful day Thursday 5 March: Figures until tomorrow"
    assert f"/desk/pitch/{pitch.code}" in sent.body
    assert "Your next hour is Friday 6 March, 09:00, after that day." in " ".join(sent.body.split())
    assert pitch.token not in sent.body + sent.alternatives[0][0]  # the sender's own link
    path = "/" + stop.link_to(pitch.page, "tell_now").split("/", 3)[3]
    assert path in sent.extra_headers["List-Unsubscribe"]
    assert "Stop the emails about last useful days?" in client.get(path).content.decode()
    assert Page.objects.get(pk=pitch.page_id).tell_me_now
    client.post(path)
    now = Page.objects.get(pk=pitch.page_id)
    assert (now.tell_me_now, now.digest) == (False, True)
    client.post(path, {"again": "1"})
    assert Page.objects.get(pk=pitch.page_id).tell_me_now


def test_the_subject_says_today_on_the_day():
    left(line="Figures until today", last_day=date(2026, 3, 4))
    delivery.deliver("now")
    assert mail.outbox[0].subject == "Last useful day today: Figures until today"


def test_a_link_of_the_digest_does_not_stop_this_one(client):
    page = PageFactory(tell_me_now=True)
    client.post("/" + stop.link_to(page).split("/", 3)[3])
    page.refresh_from_db()
    assert (page.tell_me_now, page.digest) == (True, False)


def test_without_a_reading_hour_no_hour_comes_before_the_day():
    left(PageFactory(tell_me_now=True, reading=[]), last_day=THURSDAY + timedelta(days=30))
    delivery.deliver("now")
    assert "You have no reading hour before that day." in " ".join(mail.outbox[0].body.split())
