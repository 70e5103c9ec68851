"""Collect all texts, keep the catalogues of the languages in step with them, say what is missing."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import words


class Command(BaseCommand):
    """`manage.py words`, and then translate what it names."""

    help = "Collect the texts of the code and the templates into locale/, and say what is not translated."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What else it does."""
        parser.add_argument("--check", action="store_true", help="change nothing; 1 if a language is not complete")
        parser.add_argument("--compile", action="store_true", help="only make what Django reads (.mo)")
        parser.add_argument("--add", metavar="LANGUAGE", help="begin another language, such as fr or pt_BR")
        parser.add_argument(
            "--missing", metavar="LANGUAGE", help="print what is not translated, as a .po to be filled in"
        )
        parser.add_argument(
            "--fill", nargs=2, metavar=("LANGUAGE", "FILE"), help="take what was filled in into the catalogue"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the one thing that is asked for."""
        if options["compile"]:
            self.stdout.write(f"Made: {', '.join(words.compile_all()) or 'nothing, all is as new as its texts'}")
        elif options["missing"]:
            self.stdout.write(words.written(options["missing"], words.missing(options["missing"])).decode())
        elif options["fill"]:
            language, file = options["fill"]
            self.stdout.write(f"{language}: {words.fill(language, Path(file))} taken")
            self._report(words.texts())
        elif options["check"]:
            if self._report(words.texts()):
                raise CommandError("Not every language is complete.")
        else:
            wanted = words.texts()
            for language in [*words.languages(), *filter(None, [options["add"]])]:
                words.keep(language, words.merged(language, wanted))
            self._report(wanted)

    def _report(self, wanted: Catalog) -> int:
        """Each language with what is wrong in it; how much that is in all."""
        wrong = 0
        for language in words.languages():
            found = list(words.problems(language, wanted))
            self.stdout.write(f"{language}: {len(wanted)} texts, {len(found)} to be looked at")
            self.stdout.writelines(f"{line}\n" for line in found)
            wrong += len(found)
        return wrong
