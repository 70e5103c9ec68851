"""Work that stands still is told to the operators, at most once an hour; a site where nothing happens says nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now

from pitches import lifecycle, tasks
from pitches.models import Fact, Message, Stop
from pitches.notify import brake, delivery
from portal import clock
from tests.factories import CallFactory, DoorFactory, MessageFactory

pytestmark = pytest.mark.django_db
OPERATOR = "post@operator.example"
NOON = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
TEN = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _somebody_runs_it(settings):
    settings.OPERATORS = [OPERATOR]
    with clock.standing_at(NOON):
        yield


def alarms() -> int:
    return Message.objects.filter(kind="alarm").count()


def event() -> None:
    lifecycle.record(Fact.NUDGED, DoorFactory().page)


def mail() -> None:
    MessageFactory(next_at=clock.now())


def call() -> None:
    CallFactory(next_at=clock.now())


@pytest.mark.parametrize("put", [event, mail, call])
def test_what_waits_ten_minutes_is_told(put):
    put()
    clock.move_to(NOON + TEN - timedelta(seconds=1))
    assert (tasks.alarm(), alarms()) == (False, 0)
    clock.move_to(NOON + TEN)
    assert (tasks.alarm(), alarms()) == (True, 1)


def test_it_is_told_once_an_hour_and_says_since_when(sink):
    event()
    for minutes in (10, 11, 54):  # 12:15, 12:16, 12:59
        clock.move_to(NOON + timedelta(minutes=minutes))
        tasks.alarm()
    assert alarms() == 1
    clock.move_to(NOON + timedelta(minutes=55))
    tasks.alarm()
    assert alarms() == 2
    delivery.deliver("codes")
    assert [letter["Subject"] for letter in sink.mails] == [
        "Work has stood still for 10 minutes",
        "Work has stood still for 55 minutes",
    ]
    said = sink.mails[0].get_payload(0).get_payload(decode=True).decode()
    assert "/operator/mail/log" in said


def test_where_nothing_happens_nothing_is_said():
    MessageFactory(next_at=NOON + timedelta(days=1))
    for state in ("done", "dead", "obsolete", "unknown", "withheld"):
        MessageFactory(state=state, next_at=NOON - timedelta(days=1))
    clock.move_to(NOON + timedelta(hours=3))
    assert (tasks.alarm(), alarms()) == (False, 0)


@pytest.mark.parametrize(("why", "kind"), [(Stop.BY_HAND, "code"), (Stop.RESTORED, "code"), (Stop.BOUNCES, "receipt")])
def test_what_is_held_back_on_purpose_does_not_stand_still(why, kind):
    MessageFactory(kind=kind)
    brake.stop(why)
    Message.objects.filter(kind="alarm").delete()
    clock.move_to(NOON + TEN)
    assert (tasks.alarm(), alarms()) == (False, 0)


def test_a_code_that_may_go_and_does_not_stands_still():
    MessageFactory(kind="code")
    brake.stop(Stop.BOUNCES)
    Message.objects.filter(kind="alarm").delete()
    clock.move_to(NOON + TEN)
    assert (tasks.alarm(), alarms()) == (True, 1)


def test_a_mail_that_waits_for_its_next_try_does_not_stand_still():
    MessageFactory(next_at=NOON + TEN, attempts=4, lease_until=Now() - timedelta(hours=1))
    clock.move_to(NOON + TEN)
    assert tasks.alarm() is False
