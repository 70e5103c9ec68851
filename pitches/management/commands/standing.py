"""Is every standing what its evidence says? Replays all of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pitches import relationships


class Command(BaseCommand):
    """`manage.py standing rebuild` replays all evidence, keeps the result, and fails if anything was not as stored."""

    help = "Replay all evidence and keep what it says. Exits 1 if a stored standing was another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do: there is one thing."""
        parser.add_argument("do", choices=["rebuild"])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Count who was looked at, and how many levels differed."""
        found = list(relationships.rebuild())
        said = f"{len(found)} senders and agencies looked at, {sum(found)} levels were not as stored"
        if sum(found):
            raise CommandError(said)
        self.stdout.write(said)
