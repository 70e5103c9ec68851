"""AFTER and react(): what follows an event follows once, wholly or not at all."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from pitches import lifecycle, reactions, tasks
from pitches.models import Event, Fact, Message, Pitch, PitchState
from portal import leases
from tests.factories import PitchFactory

pytestmark = pytest.mark.django_db


def an_event(what=Fact.NUDGED, **traits):
    pitch = PitchFactory(**(traits or {"waiting": True}))
    event = lifecycle.record(what, pitch.page, pitch)
    lease, _ = leases.claim(Event.objects.order_by("pk"), limit=1)
    return event, lease


def breaks(_event):
    raise RuntimeError("the lamp fell over")


def seconds_to_wait():
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(extract(epoch FROM lease_until - clock_timestamp())) FROM pitches_event")
        return int(cursor.fetchone()[0])


def test_every_state_and_every_fact_says_what_follows():
    assert set(reactions.AFTER) == {*PitchState.values, *Fact.values}


def test_an_event_is_reacted_to_once():
    event, lease = an_event(PitchState.ARRIVED, arrived=True)
    assert [reactions.react(event.pk, lease), reactions.react(event.pk, lease)] == [True, False]
    assert Pitch.objects.get().state == "waiting"
    assert list(Message.objects.values_list("kind", flat=True)) == ["receipt"]


def test_without_the_lease_nothing_follows():
    event, _lease = an_event(PitchState.ARRIVED, arrived=True)
    assert reactions.react(event.pk, uuid4()) is False
    assert Pitch.objects.get().state == "arrived"


def test_one_broken_reaction_undoes_the_ones_before_it(monkeypatch):
    event, lease = an_event(PitchState.ARRIVED, arrived=True)
    monkeypatch.setitem(reactions.AFTER, "arrived", (*reactions.AFTER["arrived"], breaks))
    with pytest.raises(RuntimeError):
        reactions.react(event.pk, lease)
    event.refresh_from_db()
    assert (Pitch.objects.get().state, Message.objects.count(), event.reacted_at) == ("arrived", 0, None)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(("tries", "seconds"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 600)])
def test_a_failure_waits_longer_each_time(tries, seconds):
    event, lease = an_event()
    event.attempts = tries
    reactions.failed(event, lease, RuntimeError("the lamp fell over"))
    event.refresh_from_db()
    assert seconds_to_wait() == seconds
    assert (event.dead, event.error) == (tries == 10, "RuntimeError: the lamp fell over")


def test_after_ten_tries_it_is_left_to_the_operator(monkeypatch):
    event, _lease = an_event()
    monkeypatch.setitem(reactions.AFTER, "nudged", (breaks,))
    for _ in range(12):
        Event.objects.update(lease_until=None)
        tasks.react(event.queue)
    event.refresh_from_db()
    assert (event.dead, event.reacted_at, event.attempts) == (True, None, 10)
    assert list(tasks.waiting_work()) == []


def test_a_failure_is_not_written_over_somebody_elses_lease():
    event, lease = an_event()
    Event.objects.update(lease=uuid4())
    reactions.failed(event, lease, RuntimeError("late"))
    event.refresh_from_db()
    assert (event.error, event.dead) == ("", False)


def test_what_is_mended_is_done_at_the_next_try(monkeypatch):
    pitch = PitchFactory(arrived=True)
    event = lifecycle.record(PitchState.ARRIVED, pitch.page, pitch)
    with monkeypatch.context() as broken:
        broken.setitem(reactions.AFTER, "arrived", (breaks,))
        assert tasks.react(event.queue) == 0
    assert tasks.react(event.queue) == 0  # it waits for two seconds by the database clock
    Event.objects.update(lease_until=None)
    assert tasks.react(event.queue) == 2  # itself, and the move that it made
    assert Pitch.objects.get().state == "waiting"


def test_waiting_after_a_failure_is_never_longer_than_ten_minutes():
    assert min(timedelta(seconds=2**reactions.MAX_ATTEMPTS), timedelta(seconds=600)) == timedelta(minutes=10)
