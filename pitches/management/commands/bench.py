"""Measure it: each figure beside its reference, in the same run, on a throw-away stack."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py bench --turns 1000` or `--rehearsal 10000`: prints figures; exit code 1 if a goal was missed."""

    help = "Measure what the public page costs, and turn a door a thousand times while everybody looks."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often the door is turned; or how many pitches are rehearsed, and nothing else."""
        parser.add_argument("--turns", type=int, default=1000)
        parser.add_argument("--search", type=int, metavar="PITCHES", help="search among so many, and nothing else")
        parser.add_argument("--desk", type=int, metavar="PITCHES", help="the desk before so long a past")
        parser.add_argument("--rehearsal", type=int, metavar="PITCHES")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One run."""
        from tests.bench import desk, past, run, search  # noqa: PLC0415 (the driver lives beside the tests)

        if options["rehearsal"]:
            wrong = past.bench(self.stdout.write, options["rehearsal"])
        elif options["desk"]:
            wrong = desk.run(self.stdout.write, options["desk"])
        elif options["search"]:
            wrong = search.run(self.stdout.write, options["search"])
        else:
            wrong = run.bench(self.stdout.write, options["turns"])
        if wrong:
            raise CommandError("Missed: " + "; ".join(wrong), returncode=1)
