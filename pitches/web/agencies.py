"""One agency as the owner sees it: its people, how they stand, what they handed in, and by which way they come."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from pitches.models import CHANNELS, Agency, Came, Page, Pitch, Relationship, Sender, Standing
from pitches.web import access, cards
from pitches.web.owned import owned
from portal import clock

SHOWN = 50  # pitches in the list
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


@owned
@require_safe
def agency(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Everything about one agency that happened at this page. Of what it does elsewhere nobody learns here."""
    found = access.own_agency(page, pk)
    here = access.pitches_of(page).filter(sender__agency=found)
    pitches = list(here.for_desk().order_by("-handed_in_at", "-pk")[: SHOWN + 1])
    people = list(access.people_of(found, page))
    ways = {one.pk: Ways() for one in people}
    whole = Ways()
    for sender, came, count in here.values_list("sender", "came_from").annotate(Count("pk")).order_by():
        whole.add(came, count)
        ways[sender].add(came, count)
    stands = _standings(people, access.relationships_of(page, people))
    context = {
        "page": page,
        "agency": found,
        "name": _name(found, pitches),
        "people": [cards.wear(one, ways=ways[one.pk], stands=stands[one.pk]) for one in people],
        "ways": whole,
        "pitches": pitches[:SHOWN],
        "more": len(pitches) > SHOWN,
    }
    return render(request, "desk/agency.html", context)


def _name(found: Agency, pitches: list[Pitch]) -> str:
    """As its people wrote it here, the newest first; the domain if they never did."""
    return next((pitch.company for pitch in pitches if pitch.company), found.domain)


@dataclass(frozen=True)
class Stand:
    """How somebody stands: at one door, or everywhere."""

    standing: Standing
    where: str


def _standings(people: list[Sender], rows: Iterable[Relationship]) -> dict[int, list[Stand]]:
    """How each of them stands, everywhere first. A block or a pause holds for every plus-tag of an address."""
    found: dict[int, list[Stand]] = {one.pk: [] for one in people}
    ordered = sorted(rows, key=lambda row: (row.door is not None, row.door.position if row.door else 0))
    for one in people:
        for row in ordered:
            standing = _standing(row, own=row.sender_id in (one.pk, None))
            theirs = row.sender is None or row.sender.canonical == one.canonical
            if theirs and standing:
                found[one.pk].append(Stand(standing, row.door.name if row.door else _("every door")))
        stranger = [Stand(Standing.STRANGER, _("every door"))]
        found[one.pk] = [stand for stand in found[one.pk] if stand.standing != Standing.STRANGER] or stranger
    return found


def _standing(row: Relationship, *, own: bool) -> Standing | None:
    if row.blocked:
        return Standing.BLOCKED
    if row.paused_until and row.paused_until > clock.now():
        return Standing.PAUSED
    return Standing(row.rung) if own else None
