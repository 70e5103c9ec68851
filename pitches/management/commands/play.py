"""Play a story: a page, doors, senders and steps on a virtual clock, with what must be true after each."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from pitches.models import Page
from pitches.stories import player, script, stage
from pitches.stories.theatre import throwaway_database
from portal import clock


class Command(BaseCommand):
    """`manage.py play STORY.yaml`: prints a line per step, `ok` or `WRONG`, and exits 1 if anything is wrong."""

    help = "Play a story in a database of its own and say whether it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The story, and whether to keep what it leaves."""
        parser.add_argument("story", type=Path, help="a story in YAML, see docs/stories.md")
        parser.add_argument("--keep", action="store_true", help="play it in the current database and keep the rows")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, build the stage, play, report."""
        try:
            story = script.read(options["story"])
        except script.BadStory as error:
            message = f"{options['story']}, {error}"
            raise CommandError(message) from error
        with ExitStack() as stack:
            if options["keep"]:
                self._check_empty()
            else:
                stack.enter_context(throwaway_database())
            stack.enter_context(
                override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", MAIL_MARK="")
            )
            stack.enter_context(clock.standing_at(stage.moment(story["clock"])))
            wrong = self._play(story)
        if wrong:
            message = f"{wrong} wrong"
            raise CommandError(message, returncode=1)

    def _check_empty(self) -> None:
        """A story moves the clock for everything that is in the database, so it must be alone there."""
        other = Page.objects.first()
        if other or settings.PRODUCTION:
            message = (
                f"--keep needs a database without pages; here is {other or 'production'}. Try: manage.py up --empty"
            )
            raise CommandError(message)

    def _play(self, story: dict[str, Any]) -> int:
        wrong = 0
        for line in player.Player(story).play():
            wrong += bool(line.wrongs)
            self.stdout.write((self.style.ERROR if line.wrongs else self.style.SUCCESS)(str(line)))
        return wrong
