"""Prove it: real processes on a throw-away stack, killed while pitches are handed in."""

import random
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py chaos --pitches 1000 --kills 10`: prints figures and the seed; exit code 1 if anything was lost."""

    help = "Hand in pitches over HTTP while worker, relay, broker, beat and web are killed, then count."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many pitches, how many kills, which seed."""
        parser.add_argument("--pitches", type=int, default=1000)
        parser.add_argument("--kills", type=int, default=10)
        parser.add_argument("--seed", type=int, default=None)
        parser.add_argument("--only", nargs="+", default=None, help="whom to kill, of worker relay broker beat web")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One run."""
        from tests.chaos import run, stack  # noqa: PLC0415 (the driver lives beside the tests)
        from tests.notify import smtp_sink  # noqa: PLC0415

        seed = options["seed"] if options["seed"] is not None else random.SystemRandom().randrange(10**6)
        with smtp_sink.running() as sink, stack.standing(sink.port, options["pitches"]) as standing:
            asked = {"pitches": options["pitches"], "kills": options["kills"], "seed": seed}
            report = run.chaos(standing, sink, **asked, victims=options["only"] or run.VICTIMS)
        self.stdout.write(str(report))
        if report.wrong:
            message = f"{len(report.wrong)} wrong"
            raise CommandError(message, returncode=1)
