"""`manage.py inbound`: where a mail server hands over one mail."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pitches.inbound import taking
from pitches.models import CameBy

# Of sysexits.h: the mail server keeps the mail and tries again.
EX_TEMPFAIL = 75
DAEMON = "mailer-daemon"  # how Postfix writes that a mail came from nobody


class Command(BaseCommand):
    """Read one mail from the standard input. Exit code 75 when it could not be kept."""

    help = "Take in one mail from the standard input, for the pipe of a mail server."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The envelope, which the mail itself does not tell."""
        parser.add_argument("--to", default="", help="to whom the envelope is addressed")
        parser.add_argument("--sender", default=None, help="from whom it says it is; empty: from nobody")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Keep it, or say that it must come again."""
        if not settings.INBOUND_DOMAIN:
            self._again("INBOUND_DOMAIN is not set.")
        sender = options["sender"]
        sender = "" if sender is not None and sender.lower() == DAEMON else sender
        try:
            raw = sys.stdin.buffer.read(taking.HUGE + 1)
            while sys.stdin.buffer.read(
                taking.HUGE
            ):  # to the end: the mail server takes a pipe that breaks for an error
                pass
            taking.take(raw, came_by=CameBy.PIPE, to=options["to"], sender=sender)
        except Exception as error:  # noqa: BLE001 (whatever it is, the mail must not be lost)
            self._again(f"Not taken in ({type(error).__name__}).")

    def _again(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(EX_TEMPFAIL)
