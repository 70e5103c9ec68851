"""Put up the demo page."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pitches.demo.move_in import move_in
from portal import links


class Command(BaseCommand):
    """`manage.py demo`: the page of Maya Lind with doors, people and pitches. A second run changes nothing."""

    help = "Put up a believable demo page at /@maya. No mail is sent. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Production wants to be asked twice."""
        parser.add_argument("--yes", action="store_true", help="also where PRODUCTION is on")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Move in, and say what is there now."""
        if settings.PRODUCTION and not options["yes"]:
            message = "PRODUCTION is on, and the demo invents people and pitches. If you want them here: demo --yes"
            raise CommandError(message)
        page = move_in()
        if options["verbosity"] == 0:
            return
        if page is None:
            self.stdout.write("There is a page @maya already. Nothing was changed.")
            return
        self.stdout.write(
            f"{links.absolute('/@' + page.handle)} is up: {page.doors.count()} doors, "
            f"{page.pitches.waiting().count()} pitches on the ledge. The owner signs in as {page.owner.email}."
        )
