"""The product as real processes: killed in the middle, without a broker, without a database."""

import contextlib
import http.client
import os
import time

import psycopg
import pytest

from tests.chaos import clients, run, stack
from tests.flood import run as rising
from tests.notify import smtp_sink

PITCHES, KILLS = 40, 3
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 1_000_000))
pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def sink():
    with smtp_sink.running() as running:
        yield running


@pytest.fixture(scope="module")
def standing(sink):
    with stack.standing(sink.port, PITCHES, lease=12) as running:
        yield running


@contextlib.contextmanager
def without(standing, *names):
    """Some processes are dead in the block, and back after it whatever happens."""
    for name in names:
        standing.kill(name)
    try:
        yield
    finally:
        standing.start(*names)


def test_one_run_with_a_real_worker_and_broker_killed_in_the_middle(standing, sink):
    report = run.chaos(standing, sink, pitches=PITCHES, kills=KILLS, seed=SEED)
    assert report.wrong == [], str(report)
    assert (report.figures["acked"], sum(report.figures["kills"].values())) == (PITCHES, KILLS), str(report)


def test_without_a_broker_a_pitch_is_taken_at_once_and_read_when_it_is_back(standing, sink):
    post, browser = clients.Post(sink), clients.Browser(standing.port)
    browser.form("/@chaos/door")
    with without(standing, "broker"):
        check, csrf = clients.write(browser, PITCHES + 1)
        assert (browser.retries, browser.slowest < 5) == (0, True)
        assert run.Rows(standing).left() > 0
    code = post.code_for(clients.address(PITCHES + 1))
    browser.send(check, {"csrfmiddlewaretoken": csrf, "code": code}, "/p/")
    assert run.drain(standing, 1) is not None
    assert standing.manage("doctor")[0] == 0


def test_a_friend_and_a_code_pass_by_while_strangers_wait(standing, sink):
    """A small run of what `make flood` does in full."""
    report = rising.flood(standing, sink, strangers=250, trusted=6, pause=0.1)
    assert report.left > 0, str(report)
    for idle, flood in ((report.idle.lanes, report.flood.lanes), (report.idle.codes, report.flood.codes)):
        assert max(flood) < rising.LONGEST + 4 * max(idle), str(report)  # other tests are at work on this machine


def test_without_a_broker_for_ever_one_sweep_does_all_the_work(standing):
    rows = run.Rows(standing)
    assert run.drain(standing, 1) is not None  # a row in the hands of a killed worker is free only after its lease
    with without(standing, "broker", "worker", "relay", "beat"):
        clients.write(clients.Browser(standing.port), PITCHES + 2)
        assert rows.left() > 0
        code, said = standing.manage("sweep", "--once")
        assert (code, rows.left()) == (0, 0), said


@contextlib.contextmanager
def no_database(sockets):
    """Every connection ends and no new one is possible, as while PostgreSQL is stopped."""
    gate = sockets / ".s.PGSQL.5432"
    with psycopg.connect(host=str(sockets), user="halfdoor", dbname="postgres", autocommit=True) as line:
        gate.rename(gate.with_suffix(".away"))
        line.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'halfdoor'")
        try:
            yield
        finally:
            gate.with_suffix(".away").rename(gate)


def test_without_a_database_the_answer_is_an_honest_503(standing):
    line = http.client.HTTPConnection("127.0.0.1", standing.port, timeout=20)
    with no_database(standing.sockets):
        for _ in range(3):
            line.request("GET", "/@chaos/door")
            response = line.getresponse()
            assert (response.status, response.headers["Retry-After"] is not None) == (503, True)
            assert "Traceback" not in response.read().decode()
    line.close()
    assert standing.wait_until(lambda: standing.answers() == 200, 20)
