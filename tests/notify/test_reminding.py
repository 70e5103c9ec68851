"""A question closes in a week: one reminder, unless it was answered or its sender wants none."""

from datetime import timedelta

import pytest
from django.test import Client

from pitches import intake, lifecycle, reactions
from pitches.models import Event, Fact, Message
from pitches.notify import delivery, reminding, stop
from portal import clock
from tests.factories import AnswerFactory, PitchFactory
from tests.senders import work

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture
def asked():
    """A question that has just gone out, with thirty days to answer it."""
    pitch = PitchFactory(asked=True, lapses_at=clock.now() + MONTH)
    AnswerFactory(pitch=pitch, kind="ask", text="What does it cost them?")
    lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch)
    work()
    return pitch


def sent(mailoutbox):
    return [mail.subject for mail in mailoutbox if mail.subject.startswith("Reminder")]


def at(days):
    """What is due so many days later."""
    with clock.standing_at(clock.now() + timedelta(days=days)):
        work()


def test_a_reminder_goes_out_a_week_before_the_question_closes_and_once(asked, mailoutbox):
    row = Message.objects.get(kind="reminder")
    assert row.next_at == asked.lapses_at - timedelta(days=7)
    at(22.9)
    assert sent(mailoutbox) == []
    at(23.1)
    at(26)
    (subject,) = sent(mailoutbox)
    assert subject.startswith("Reminder: Maya’s question closes on ")


def test_who_answered_is_not_reminded(asked, mailoutbox):
    intake.reply(asked, "Nothing.")
    at(24)
    assert sent(mailoutbox) == []


def test_what_was_asked_after_an_answer_is_another_question(asked, mailoutbox):
    AnswerFactory(pitch=asked, kind="ask", text="And who pays?")
    at(24)
    assert sent(mailoutbox) == []


def test_a_question_that_closes_within_the_week_has_no_reminder():
    pitch = PitchFactory(asked=True, lapses_at=clock.now() + timedelta(days=6))
    AnswerFactory(pitch=pitch, kind="ask")
    reminding.reminder(lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch))
    assert not Message.objects.filter(kind="reminder").exists()


@pytest.mark.parametrize("kind", ["yes", "no"])
def test_an_answer_that_asks_nothing_has_no_reminder(kind):
    pitch = PitchFactory(accepted=True, lapses_at=clock.now() + MONTH)
    AnswerFactory(pitch=pitch, kind=kind, reason="covered" if kind == "no" else "")
    reminding.reminder(lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch))
    assert not Message.objects.filter(kind="reminder").exists()


def test_one_click_stops_the_reminders_of_one_pitch_and_nothing_else(asked, mailoutbox):
    client = Client(enforce_csrf_checks=True)
    path = "/" + stop.link_for(asked).split("/", 3)[3]
    assert "Stop the reminders of this pitch?" in client.get(path).content.decode()
    for _twice in range(2):
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Stopped. No more reminders of this pitch." in answer.content.decode()
    asked.refresh_from_db()
    assert not asked.reminders
    at(24)
    assert sent(mailoutbox) == []
    assert "You are reminded again." in client.post(path, {"again": "1"}).content.decode()


def test_a_reminder_that_stands_in_the_outbox_is_over_when_the_question_is():
    pitch = PitchFactory(asked=True, lapses_at=clock.now() + timedelta(minutes=1))
    given = AnswerFactory(pitch=pitch, kind="ask")
    message = Message(kind="reminder", pitch=pitch, answer=given)
    assert not reminding.is_over(message)
    with clock.standing_at(pitch.lapses_at):
        assert reminding.is_over(message)


def test_what_happens_twice_is_told_once(asked):
    event = Event.objects.filter(what=Fact.ANSWER_SENT).latest("pk")
    for reaction in reactions.AFTER[event.what]:
        reaction(event)
    assert Message.objects.filter(kind="reminder").count() == 1
    assert delivery.deliver("later") == 0
