"""A webhook that fails five times in a row is told to its owner: once for each spell, at the next hour."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from pitches import doors, hooks, lifecycle
from pitches.handoffs import plans
from pitches.hooks import spells
from pitches.models import Event, Fact, Message, Page, Plan, Preference, Standing
from pitches.notify import failing, render, stop
from portal import clock
from tests.factories import CallFactory, HandoffFactory, PitchFactory
from tests.senders import work

pytestmark = pytest.mark.django_db
URL = "https://hooks.page.example/secret"


@pytest.fixture
def call():
    """Something that a webhook was to be told."""
    pitch = PitchFactory(accepted=True, standing="known")
    HandoffFactory(pitch=pitch, standing="known")
    plans.keep(pitch.page, Standing.KNOWN, webhook=URL)
    return CallFactory(pitch=pitch, page=pitch.page, url=URL, state="dead")


def fail(call, times):
    for _number in range(times):
        spells.fails(call)


def told():
    return list(Message.objects.filter(kind="webhook_fails"))


def hour(call):
    """The reading hour begins."""
    lifecycle.record(Fact.HOUR_BEGAN, Page.objects.get(pk=call.page_id))
    work()


def test_the_fifth_failure_in_a_row_is_told_and_no_other(call):
    fail(call, 4)
    hour(call)
    assert told() == []
    fail(call, 1)
    hour(call)
    (message,) = told()
    fail(call, 20)
    hour(call)
    assert told() == [message]
    assert Event.objects.filter(what=Fact.HOOK_FAILS).count() == 1


def test_it_waits_for_the_next_reading_hour(call, mailoutbox):
    fail(call, 5)
    work()
    assert told() == []
    hour(call)
    (message,) = told()
    owner = call.page.owner
    assert (message.to, message.user, message.state) == (owner.email, owner, "done")
    assert len(mailoutbox) == 1


def test_it_waits_for_the_end_of_quiet_time(call):
    doors.keep_settings(call.page, by=None, quiet_from=time(8), quiet_to=time(11))
    fail(call, 5)
    with clock.standing_at(datetime(2031, 4, 4, 9, tzinfo=call.page.zone)):
        hour(call)
    assert told()[0].next_at == datetime(2031, 4, 4, 11, tzinfo=call.page.zone)


def test_a_holiday_has_none_and_the_first_hour_after_it_tells_it(call, mailoutbox):
    today = call.page.local_date(clock.now())
    Page.objects.update(holiday_from=today, holiday_until=today + timedelta(days=3))
    fail(call, 5)
    hour(call)
    assert told() == []
    with clock.standing_at(clock.now() + timedelta(days=4)):
        hour(call)
    assert [message.state for message in told()] == ["done"]
    assert len(mailoutbox) == 1


def test_a_holiday_that_begins_meanwhile_has_none(call):
    fail(call, 5)
    failing.webhook_fails(lifecycle.record(Fact.HOUR_BEGAN, call.page))
    today = call.page.local_date(clock.now())
    Page.objects.update(holiday_from=today, holiday_until=today)
    (message,) = told()
    assert failing.is_over(message)
    Page.objects.update(holiday_from=None, holiday_until=None)
    assert not failing.is_over(Message.objects.get(pk=message.pk))


def test_a_webhook_that_works_again_begins_another_spell(call, mailoutbox):
    fail(call, 5)
    failing.webhook_fails(lifecycle.record(Fact.HOUR_BEGAN, call.page))
    spells.works(call)
    work()
    assert (mailoutbox, told()[0].state) == ([], "obsolete")
    fail(call, 5)
    hour(call)
    assert len(told()) == 2


def test_another_address_begins_at_nought(call):
    fail(call, 4)
    plans.keep(call.page, Standing.KNOWN, webhook=URL, days=9)
    assert Plan.objects.get().failures == 4
    plans.keep(call.page, Standing.KNOWN, webhook="https://other.example/")
    assert (Plan.objects.get().failures, Plan.objects.get().failing_since) == (0, None)


def test_the_mail_names_the_host_and_when_it_began(call):
    with clock.standing_at(clock.now()):
        since = clock.now()
        fail(call, 5)
    hour(call)
    mail = render.build(told()[0])
    assert mail.subject.startswith("A webhook fails since ")
    assert Plan.objects.get().failing_since == since
    assert "hooks.page.example has not taken" in " ".join(mail.body.split())
    assert "secret" not in mail.message().as_string()


def test_real_calls_are_counted(call, settings, monkeypatch):
    monkeypatch.setattr("pitches.hooks.posting.post", lambda *_words: 500)
    for _number in range(5):
        type(call).objects.filter(pk=call.pk).update(state="pending", next_at=clock.now(), lease_until=None)
        assert hooks.call("later", next_step=lambda _handoff: "") == 1
    assert Plan.objects.get().failures == 5
    monkeypatch.setattr("pitches.hooks.posting.post", lambda *_words: 200)
    type(call).objects.filter(pk=call.pk).update(state="pending", next_at=clock.now(), lease_until=None)
    hooks.call("later", next_step=lambda _handoff: "")
    assert Plan.objects.get().failures == 0


def test_whoever_wants_none_gets_none(call):
    client = Client(enforce_csrf_checks=True)
    path = "/" + stop.link_to(call.page, "webhook_fails").split("/", 3)[3]
    for _twice in range(2):
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert "Stopped. No more emails “A webhook fails”." in answer.content.decode()
    assert Preference.objects.get().wanted is False
    assert "Stopped." in client.get(path).content.decode()
    fail(call, 5)
    hour(call)
    assert told() == []
    client.post(path, {"again": "1"})
    hour(call)
    assert len(told()) == 1
