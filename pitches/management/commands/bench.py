"""Measure it: each figure beside its reference, in the same run, on a throw-away stack."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py bench --turns 1000`: prints figures; exit code 1 if a goal was missed."""

    help = "Measure what the public page costs, and turn a door a thousand times while everybody looks."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often the door is turned."""
        parser.add_argument("--turns", type=int, default=1000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """One run."""
        from tests.bench import run  # noqa: PLC0415 (the driver lives beside the tests)

        wrong = run.bench(self.stdout.write, options["turns"])
        if wrong:
            raise CommandError("Missed: " + "; ".join(wrong), returncode=1)
