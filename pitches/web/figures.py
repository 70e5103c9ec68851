"""What came from somebody, counted: pitches, yes, and by which way they came."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.models import CHANNELS, Came, PitchState

BAR = 100  # units of the drawn bar


@dataclass
class Ways:
    """How often somebody came by a door of their own accord, and how often by a window: after a message elsewhere."""

    doors: int = 0
    windows: dict[str, int] = field(default_factory=dict)

    def add(self, came: str, count: int) -> None:
        """Count pitches that came in one way."""
        if came in CHANNELS:
            self.windows[came] = self.windows.get(came, 0) + count
        else:
            self.doors += count

    @property
    def by_window(self) -> int:
        """All windows together."""
        return sum(self.windows.values())

    @property
    def bar(self) -> int:
        """How much of the bar the doors take, of 100."""
        return round(BAR * self.doors / max(1, self.doors + self.by_window))

    @property
    def words(self) -> str:
        """The same in a sentence."""
        kinds = ", ".join(_counted(one, self.windows[one]) for one in CHANNELS if one in self.windows)
        words = {"doors": self.doors, "windows": self.by_window, "kinds": kinds}
        if not kinds:
            return _("%(doors)s came by a door, none by a window.") % words
        return _("%(doors)s came by a door, %(windows)s by a window: %(kinds)s.") % words


def _counted(channel: Came, count: int) -> str:
    return {
        Came.MESSAGE: ngettext("%(count)s message", "%(count)s messages", count),
        Came.MENTION: ngettext("%(count)s mention", "%(count)s mentions", count),
        Came.MAIL: ngettext("%(count)s mail", "%(count)s mails", count),
        Came.COMMENT: ngettext("%(count)s comment", "%(count)s comments", count),
    }[channel] % {"count": count}


@dataclass
class Figures:
    """How many pitches, how many of them with a yes, and their ways."""

    pitches: int = 0
    yes: int = 0
    ways: Ways = field(default_factory=Ways)

    def add(self, row: Any) -> None:
        """Count a line of access.figures_of()."""
        self.pitches += row["count"]
        self.yes += row["count"] if row["state"] == PitchState.ACCEPTED else 0
        self.ways.add(row["came_from"], row["count"])

    @property
    def words(self) -> str:
        """A yes to how many of how many."""
        if not self.pitches:
            return ""
        said = ngettext("yes to %(yes)s of %(count)s pitch", "yes to %(yes)s of %(count)s pitches", self.pitches)
        if not self.yes:
            said = ngettext("%(count)s pitch, no yes yet", "%(count)s pitches, no yes yet", self.pitches)
        return said % {"yes": self.yes, "count": self.pitches}
