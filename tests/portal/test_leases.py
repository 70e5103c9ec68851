"""Claims: who takes rows, for how long, and by whose clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.db.models.functions import Now

from pitches.models import Message
from portal import clock, leases
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db


def rows():
    return Message.objects.order_by("pk")


def end_the_leases(seconds=1):
    Message.objects.update(lease_until=Now() - timedelta(seconds=seconds))


def test_a_claim_takes_the_first_free_rows_and_counts_the_try():
    keys = [message.pk for message in MessageFactory.create_batch(3)]
    lease, taken = leases.claim(rows(), limit=2)
    assert [message.pk for message in taken] == keys[:2]
    assert {(message.lease, message.attempts) for message in taken} == {(lease, 1)}
    assert list(rows().values_list("attempts", flat=True)) == [1, 1, 0]


def test_what_is_held_is_not_taken_again():
    MessageFactory.create_batch(3)
    taken = [len(leases.claim(rows(), limit=2)[1]) for _ in range(3)]
    assert taken == [2, 1, 0]


def test_a_lease_that_has_ended_gives_the_row_back_to_another_lease():
    MessageFactory()
    first, _ = leases.claim(rows(), limit=1)
    end_the_leases()
    second, taken = leases.claim(rows(), limit=1)
    assert first != second
    assert [(message.lease, message.attempts) for message in taken] == [(second, 2)]


def test_a_lease_lasts_thirty_seconds_by_the_clock_of_the_database():
    MessageFactory()
    with clock.standing_at(datetime(2001, 1, 1, tzinfo=UTC)):
        leases.claim(rows(), limit=1)
    left = Message.objects.annotate(left=F("lease_until") - Now()).get().left
    assert timedelta(seconds=25) < left <= timedelta(seconds=30)


def test_a_clock_that_is_wrong_here_frees_no_row():
    MessageFactory()
    leases.claim(rows(), limit=1)
    with clock.standing_at(datetime(2099, 1, 1, tzinfo=UTC)):
        assert leases.claim(rows(), limit=1)[1] == []


def test_a_claim_may_change_the_rows_in_the_same_breath():
    MessageFactory()
    _, taken = leases.claim(rows(), limit=1, state="sending")
    assert [message.state for message in taken] == ["sending"]


def test_the_order_and_the_filter_of_the_caller_hold():
    old, new = MessageFactory(queue="now"), MessageFactory(queue="now")
    MessageFactory(queue="later")
    _, taken = leases.claim(Message.objects.filter(queue="now").order_by("-pk"), limit=1)
    assert [message.pk for message in taken] == [new.pk]
    assert Message.objects.get(pk=old.pk).lease is None


def test_nothing_to_take_is_an_empty_list():
    lease, taken = leases.claim(rows(), limit=5)
    assert (taken, lease != uuid4()) == ([], True)


def test_free_means_unheld_or_left_behind():
    never, held, ended = MessageFactory.create_batch(3)
    Message.objects.filter(pk=held.pk).update(lease_until=Now() + timedelta(seconds=30))
    Message.objects.filter(pk=ended.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert list(rows().filter(leases.free()).values_list("pk", flat=True)) == [never.pk, ended.pk]
