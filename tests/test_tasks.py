"""Celery's doors: rows are claimed in batches, each succeeds or fails alone, and no message carries business data."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.core import mail

from pitches import lifecycle, reactions, tasks
from pitches.models import Event, Fact, Message, Pitch
from portal import clock, leases
from portal.celery import QUEUES
from tests.factories import MessageFactory, PitchFactory
from tests.senders import hand_in, work, write

pytestmark = pytest.mark.django_db


def facts(count, queue="later"):
    pitch = PitchFactory(waiting=True)
    for _ in range(count):
        lifecycle.record(Fact.NUDGED, pitch.page, pitch)
    Event.objects.update(queue=queue)


@pytest.fixture
def patient(monkeypatch):
    """However slow this machine is."""
    for queue in QUEUES:
        monkeypatch.setitem(tasks.TURN, queue, 60)


def test_one_ring_empties_a_queue_however_long_it_is(patient):
    facts(tasks.BATCH + 5)
    assert tasks.react("later") == tasks.BATCH + 5
    assert Event.objects.filter(reacted_at=None).count() == 0


def test_a_ring_is_for_its_own_queue():
    facts(2)
    assert (tasks.react("now"), tasks.deliver("now")) == (0, 0)


def test_a_ring_too_many_does_nothing():
    facts(1)
    assert [tasks.react("later"), tasks.react("later")] == [1, 0]


def test_one_bad_row_stops_no_other(monkeypatch):
    facts(3)
    bad = Event.objects.order_by("pk")[1].pk

    def breaks(event):
        if event.pk == bad:
            raise RuntimeError("ink on the page")

    monkeypatch.setitem(reactions.AFTER, "nudged", (breaks,))
    assert tasks.react("later") == 2
    assert list(Event.objects.filter(reacted_at=None).values_list("pk", "error")) == [
        (bad, "RuntimeError: ink on the page")
    ]


def test_a_long_queue_is_handed_on_before_the_lease_ends(monkeypatch):
    monkeypatch.setitem(tasks.TURN, "later", 0)
    facts(1)
    assert tasks.react("later") == 0
    assert list(tasks.waiting_work()) == [("react", "later")]


def test_every_queue_has_a_turn_that_ends_well_inside_a_lease():
    assert set(tasks.TURN) == set(QUEUES)
    assert timedelta(seconds=max(tasks.TURN.values())) * 2 <= leases.LEASE


def test_one_ring_sends_all_that_is_due_and_nothing_early(patient):
    MessageFactory.create_batch(25)
    MessageFactory(next_at=clock.now() + timedelta(minutes=5))
    assert tasks.deliver("later") == 25
    assert len(mail.outbox) == 25
    assert tasks.deliver("later") == 0


def test_a_sweep_does_what_waits_in_every_queue():
    for queue in QUEUES:
        MessageFactory(queue=queue)
        facts(1)
        Event.objects.filter(reacted_at=None, queue="later").update(queue=queue)
    assert tasks.sweep() == 8
    assert (tasks.sweep(), list(tasks.waiting_work())) == (0, [])


def test_the_relay_sees_what_waits_and_not_what_is_held():
    assert list(tasks.waiting_work()) == []
    facts(1, queue="soon")
    MessageFactory(queue="codes")
    MessageFactory(queue="now", next_at=clock.now() + timedelta(minutes=1))
    assert sorted(tasks.waiting_work()) == [("deliver", "codes"), ("react", "soon")]
    leases.claim(Event.objects.order_by("pk"), limit=1)
    assert list(tasks.waiting_work()) == [("deliver", "codes")]


def test_a_pitch_goes_all_the_way_without_a_broker():
    pitch = hand_in(PitchFactory().door)
    work()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.lane) == ("waiting", "first_knock")
    assert list(Message.objects.filter(pitch=pitch).values_list("kind", "state")) == [("receipt", "done")]


def test_tick_does_what_is_due():
    with clock.standing_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        PitchFactory(waiting=True, door__page__reading=[])
        clock.move_to(clock.now() + timedelta(days=21))
        assert (tasks.tick(), Pitch.objects.get().state) == (1, "lapsed")


def test_tidy_forgets_what_was_never_proven():
    with clock.standing_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        write(PitchFactory(waiting=True).door)
        clock.move_to(clock.now() + timedelta(days=31))
        assert (tasks.tidy(), Pitch.objects.count()) == (1, 1)


def test_the_timetable_rings_tasks_that_exist_into_queues_that_are_drained():
    schedule = current_app.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(current_app.tasks)
    assert {entry["options"]["queue"] for entry in schedule.values()} <= set(QUEUES)
    assert all("expires" in entry["options"] and "args" not in entry for entry in schedule.values())
