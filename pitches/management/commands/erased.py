"""Who was erased, as keyed hashes; and to erase them again after a backup was restored."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches import erasing


class Command(BaseCommand):
    """`manage.py erased` prints the hashes; `manage.py erased --again [FILE]` erases whoever is back."""

    help = "Print who was erased, as keyed hashes; with --again erase them anew after a backup was restored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument(
            "--again",
            nargs="?",
            const=settings.ERASED_FILE,
            metavar="FILE",
            help="the file of hashes; without one that of ERASED_FILE",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        if options["again"] is None:
            for subject in erasing.journal():
                self.stdout.write(subject)
            return
        try:
            subjects = Path(options["again"]).read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            message = _("%(file)s cannot be read: %(error)s")
            raise CommandError(message % {"file": options["again"], "error": error}) from error
        found = erasing.again(subjects)
        said = ngettext("%d account goes again.", "%d accounts go again.", found)
        self.stdout.write(self.style.SUCCESS(said % found))
