"""`manage.py up`: everything in one terminal."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.up import stack


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, worker, beat and relay; Ctrl-C stops them all."""

    help = "Start the whole stack on this machine. Ctrl-C stops it."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One choice: with the demo page, or without."""
        parser.add_argument("--empty", action="store_true", help="Do not put the demo page into an empty database.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        sys.exit(stack.run(empty=options["empty"]))
