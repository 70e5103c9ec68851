"""Prove it: while strangers come by the hundred thousand, a friend is in their lane and a code leaves at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py flood --strangers 100000 --trusted 60`: both waits, idle and in the flood; 1 if too long."""

    help = "Let pitches of strangers wait to be screened and routed, and time trusted pitches and sign-in codes."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many strangers wait, and how many friends and sign-ins come meanwhile."""
        parser.add_argument("--strangers", type=int, default=100_000)
        parser.add_argument("--trusted", type=int, default=60)

    def handle(self, *_args: Any, **options: Any) -> None:
        """One run."""
        from tests.chaos import stack  # noqa: PLC0415 (the driver lives beside the tests)
        from tests.flood import run  # noqa: PLC0415
        from tests.notify import smtp_sink  # noqa: PLC0415

        asked = {"strangers": options["strangers"], "trusted": options["trusted"], "say": self.stdout.write}
        with smtp_sink.running() as sink, stack.standing(sink.port, 1) as standing:
            report = run.flood(standing, sink, **asked)
        self.stdout.write(str(report))
        if report.wrong:
            raise CommandError(f"{len(report.wrong)} wrong", returncode=1)
