"""Celery's doors: rows are claimed in batches, each succeeds or fails alone, and no message carries business data."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core import mail

from pitches import lifecycle, reactions, tasks
from pitches.models import Event, Fact, Message, Pitch
from pitches.notify import delivery
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


class Hand:
    """A clock that only the test moves."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def hand(monkeypatch):
    moved = Hand()
    monkeypatch.setattr(tasks, "time", moved)
    return moved


def test_between_two_rows_of_strangers_what_is_more_urgent_comes_in(monkeypatch, hand):
    order = []

    def notes(event):
        order.append(event.queue)
        hand.now += tasks.LOOK_UP
        if len(order) == 2:
            for queue in ("soon", "codes", "now"):
                lifecycle.record(Fact.NUDGED, event.page, event.pitch)
                Event.objects.filter(pk=Event.objects.latest("pk").pk).update(queue=queue)

    monkeypatch.setitem(reactions.AFTER, "nudged", (notes,))
    facts(4)
    assert tasks.react("later") == 7
    assert order == ["later", "later", "codes", "now", "soon", "later", "later"]


def test_a_code_is_sent_between_two_mails_to_strangers(monkeypatch, hand):
    MessageFactory.create_batch(3)
    taken = []

    def slow(message, lease, connection):
        taken.append(message.queue)
        hand.now += tasks.LOOK_UP
        Message.objects.filter(pk=message.pk).update(state="done")
        if len(taken) == 1:
            MessageFactory(queue="codes")

    monkeypatch.setattr(delivery, "_deliver_one", slow)
    assert tasks.deliver("later") == 4
    assert taken == ["later", "codes", "later", "later"]


def test_the_last_row_of_a_turn_is_not_the_last_of_a_batch_and_the_rest_is_given_back(monkeypatch, hand):
    monkeypatch.setitem(reactions.AFTER, "nudged", (lambda _event: setattr(hand, "now", hand.now + 0.6),))
    facts(5)
    assert tasks.react("later") == 2
    left = Event.objects.filter(reacted_at=None)
    assert list(left.values_list("lease_until", "attempts")) == [(None, 0)] * 3
    assert tasks.waiting_work() == [("react", "later")]


def test_nobody_looks_up_more_often_than_that(django_assert_num_queries, hand):
    turn = tasks.Turn("later")
    with django_assert_num_queries(0):
        turn.let_in()
    hand.now += tasks.LOOK_UP
    with django_assert_num_queries(1):
        turn.let_in()
        turn.let_in()
    turn = tasks.Turn("codes")
    hand.now += tasks.LOOK_UP
    with django_assert_num_queries(0):
        turn.let_in()


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


def test_a_sweep_ends_before_celery_s_limit_and_the_next_one_goes_on(monkeypatch, hand):
    done = []

    def turn(queue):
        done.append(queue)
        hand.now += max(tasks.TURN.values())
        Message.objects.filter(queue=queue).delete()
        return 1

    monkeypatch.setitem(tasks.JOBS, "deliver", turn)
    for queue in QUEUES:
        MessageFactory(queue=queue)
    assert (tasks.sweep(), done) == (3, ["codes", "now", "soon"])
    assert hand.now < settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert (tasks.sweep(), done[-1]) == (1, "later")


def test_celery_s_limit_is_no_fault_of_an_event(monkeypatch):
    facts(1)

    def too_long(_event):
        raise SoftTimeLimitExceeded

    monkeypatch.setitem(reactions.AFTER, "nudged", (too_long,))
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.react("later")
    assert list(Event.objects.values_list("error", "dead", "reacted_at")) == [("", False, None)]


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
