"""From rows to rings, on a real database and a real broker."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.db import connection, transaction

from portal import relay
from portal.celery import QUEUES, app

pytestmark = pytest.mark.django_db(transaction=True)


class Stopped(Exception):
    """The test is over."""


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The throw-away Valkey, with nothing rung yet."""
    line = redis.Redis(unix_socket_path=urlsplit(os.environ["BROKER_URL"]).path)
    line.delete(*(f"halfdoor:{queue}" for queue in QUEUES))
    yield line
    line.close()


@pytest.fixture
def start() -> Iterator[Callable[..., relay.Relay]]:
    """Run a relay beside the test."""
    threads: list[threading.Thread] = []
    stop = threading.Event()

    def begin(work: Callable[[], list[relay.Ring]] = list) -> relay.Relay:
        def until_stopped() -> list[relay.Ring]:
            if stop.is_set():
                raise Stopped
            return work()

        one = relay.Relay(relay.Bell(app), until_stopped)

        def run() -> None:
            with suppress(Stopped):
                one.run()
            connection.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        wait_for(lambda: listeners() == 1)
        return one

    yield begin
    stop.set()
    for thread in threads:
        thread.join(timeout=10)


def listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN halfdoor' AND state = 'idle'")
        return cursor.fetchone()[0]


def wait_for(check: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def rung(broker: redis.Redis, queue: str) -> list[tuple[str, list[str]]]:
    found = []
    for raw in broker.lrange(f"halfdoor:{queue}", 0, -1):
        headers = json.loads(raw)["headers"]
        found.append((headers["task"], headers["argsrepr"]))
    return found


def test_a_ring_reaches_the_queue_at_once(broker, start):
    start()
    relay.ring("react", "now")
    wait_for(lambda: rung(broker, "now") == [("pitches.tasks.react", "['now']")], seconds=0.9)


def test_equal_rings_become_one(broker, start):
    start()
    with transaction.atomic():
        for _ in range(20):
            relay.ring("deliver", "codes")
            relay.ring("react", "codes")
    wait_for(lambda: len(rung(broker, "codes")) == 2)
    time.sleep(0.1)
    assert len(rung(broker, "codes")) == 2


def test_what_is_rolled_back_is_not_rung(broker, start):
    start()
    with transaction.atomic():
        relay.ring("react", "soon")
        transaction.set_rollback(True)
    time.sleep(0.2)
    assert rung(broker, "soon") == []


def test_the_sweep_rings_for_what_no_ring_announced_but_not_every_second(broker, start):
    start(lambda: [("react", "later")])
    wait_for(lambda: bool(rung(broker, "later")))
    time.sleep(2.2)
    assert rung(broker, "later") == [("pitches.tasks.react", "['later']")]


def test_a_lost_connection_is_made_again(broker, start, caplog):
    start()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN halfdoor'")
    wait_for(lambda: "The database is back." in caplog.messages)
    relay.ring("react", "now")
    wait_for(lambda: len(rung(broker, "now")) == 1)


def test_a_dead_broker_is_said_once_and_nothing_is_forgotten(caplog):
    dead = Celery(broker="redis+socket:///nowhere/valkey.sock")
    bell = relay.Bell(dead)
    with caplog.at_level(logging.WARNING):
        began = time.monotonic()
        for _ in range(5):
            bell.swing([("react", "now"), ("react", "soon")])
        assert time.monotonic() - began < 3
    assert bell.unrung == {("react", "now"), ("react", "soon")}
    assert len(caplog.records) == 1


def test_a_broker_that_is_back_hears_what_it_missed(broker):
    bell = relay.Bell(app)
    bell.unrung = {("react", "now")}
    bell.away = True
    bell.swing([])
    assert rung(broker, "now") == [("pitches.tasks.react", "['now']")]
    assert (bell.unrung, bell.away, bell.rang_lately(("react", "now"))) == (set(), False, True)


@pytest.mark.parametrize("payload", ["", "react", "react:", ":now", "react:no w", "a;b:now"])
def test_nonsense_is_not_rung(payload):
    assert relay.parse(payload) is None
