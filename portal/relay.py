"""Rings: how a row in PostgreSQL wakes a worker without the web request talking to the broker.

`ring` sends a NOTIFY inside the transaction; the relay process hears it after the commit and puts a
message without business data on the Celery queue. A ring that is lost costs a second: the relay sweeps.
"""

import logging
import time
from collections.abc import Callable, Iterable

import psycopg
from celery import Celery
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

CHANNEL = "halfdoor"
GATHER = 0.02  # seconds in which equal rings become one
SWEEP = 1.0  # seconds between looks at what waits
PATIENCE = 5.0  # seconds before the sweep rings again for the same work
BROKER_TIMEOUT = 1.0  # seconds; the relay never hangs on a broker

Ring = tuple[str, str]
log = logging.getLogger(__name__)


def ring(job: str, queue: str) -> None:
    """Say that `queue` has work of this kind: `react` (events) or `deliver` (mail)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{job}:{queue}"])


class Bell:
    """Rings Celery. While the broker is away it remembers what it could not ring, and says so once."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.unrung: set[Ring] = set()
        self.rung_at: dict[Ring, float] = {}
        self.away = False
        self._connect()

    def _connect(self) -> None:
        """Prepare a connection; it is opened by the first ring."""
        redis = self.app.conf.broker_url.startswith("redis")
        names = ("socket_timeout", "socket_connect_timeout") if redis else ("read_timeout", "write_timeout")
        options = self.app.conf.broker_transport_options | dict.fromkeys(names, BROKER_TIMEOUT) | {"max_retries": 0}
        self.connection = self.app.connection_for_write(connect_timeout=BROKER_TIMEOUT, transport_options=options)
        self.producer = self.app.amqp.Producer(self.connection, auto_declare=False)
        line = (*self.connection.connection_errors, *self.connection.channel_errors)
        self.troubles: tuple[type[BaseException], ...] = (BrokerError, OSError, *line)

    def swing(self, rings: Iterable[Ring]) -> None:
        """Ring for each, and for what an earlier outage left over."""
        self.unrung |= set(rings)
        for pair in sorted(self.unrung):
            if not self._one(*pair):
                return
            self.unrung.discard(pair)
            self.rung_at[pair] = time.monotonic()

    def rang_lately(self, pair: Ring) -> bool:
        """Whether this was rung so short a while ago that a worker is probably at it."""
        return time.monotonic() - self.rung_at.get(pair, -PATIENCE) < PATIENCE

    def _one(self, job: str, queue: str) -> bool:
        try:
            self.app.send_task(
                f"pitches.tasks.{job}", args=[queue], queue=queue, expires=15, retry=False, producer=self.producer
            )
        except self.troubles as error:
            if not self.away:
                log.warning("The broker does not answer (%s). Work waits in the database.", error)
            self.away = True
            self.connection.collect(socket_timeout=BROKER_TIMEOUT)
            self._connect()
            return False
        if self.away:
            log.warning("The broker is back.")
        self.away = False
        return True


class Relay:
    """Hears NOTIFY, sweeps every second, and outlives both the database and the broker."""

    def __init__(self, bell: Bell, work: Callable[[], Iterable[Ring]]) -> None:
        self.bell = bell
        self.work = work
        self.away = False

    def run(self) -> None:
        """Until the process is told to stop."""
        while True:
            try:
                self.listen()
                while True:
                    self.turn()
            except (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError) as error:
                if not self.away:
                    reason = str(error).partition("\n")[0]
                    log.warning("The database does not answer (%s). Trying again every second.", reason)
                self.away = True
                connection.close()
                time.sleep(SWEEP)

    def listen(self) -> None:
        """Connect and subscribe. The sweep asks on the same connection, always in autocommit."""
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        if self.away:
            log.warning("The database is back.")
        self.away = False

    def turn(self) -> None:
        """Hear for a second, ringing as things come; then sweep."""
        end = time.monotonic() + SWEEP
        while (left := end - time.monotonic()) > 0:
            heard = self.hear(left)
            if heard:
                heard |= self.hear(GATHER, most=None)
                self.bell.swing(heard)
        self.bell.swing(pair for pair in self.work() if not self.bell.rang_lately(pair))

    def hear(self, seconds: float, most: int | None = 1) -> set[Ring]:
        """What was said within so many seconds."""
        said = connection.connection.notifies(timeout=seconds, stop_after=most)
        return {pair for note in said if (pair := parse(note.payload))}


def parse(payload: str) -> Ring | None:
    """`react:now` as a pair; None for anything else."""
    job, colon, queue = payload.partition(":")
    return (job, queue) if colon and job.isidentifier() and queue.isidentifier() else None
