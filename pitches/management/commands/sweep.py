"""Do the work without a broker: what the worker and the timetable would do, in this process."""

import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from pitches import tasks

PAUSE = 1.0  # seconds between looks when there is nothing to do


class Command(BaseCommand):
    """`manage.py sweep` goes on until it is stopped; with `--once` it ends when nothing is left to do."""

    help = "Do all work that waits in the database. Stands in for worker, beat and relay when the broker is gone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or for ever."""
        parser.add_argument("--once", action="store_true", help="end when nothing is left to do")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep until there is nothing left, then end or wait."""
        if options["once"]:
            self.stdout.write(f"{self._all()} done")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        while True:
            try:
                self._all()
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer ({str(error).strip()}).")
                connection.close()
            time.sleep(PAUSE)

    def _all(self) -> int:
        done = 0
        while found := tasks.tick() + tasks.sweep():
            done += found
        return done + tasks.tidy()
