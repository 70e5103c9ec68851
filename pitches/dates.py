"""The dates of one pitch for a calendar: the agreed day and the end of an embargo; the day to follow up, for the owner
only. Each date keeps its name, and its number rises when it changes, so that a calendar moves what it has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar

from pitches import embargo, offers
from pitches.models import Fact, Handoff, Pitch, PitchState
from portal import calendars, links

ENDED = (PitchState.WITHDRAWN, PitchState.LAPSED, PitchState.DECLINED)


@dataclass(frozen=True)
class Dated:
    """One date of a pitch. `turn` counts its changes, `said_at` is when the last one was made."""

    kind: str
    title: str
    at: date
    said_at: datetime | None
    turn: int = 0
    gone: bool = False


def of_both(pitch: Pitch, *, by_owner: bool) -> Iterator[Dated]:
    """What both may know: a sender never learns from it what has not gone out."""
    yield from _agreed(pitch, by_owner=by_owner)
    row = embargo.of(pitch)
    if row:
        title = _("The embargo lifts: %(line)s") % {"line": pitch.line}
        taken = pitch.events.filter(Q(what=PitchState.WITHDRAWN) | Q(was=PitchState.WITHDRAWN)).count()
        told = pitch.told_state
        turn = pitch.version + taken + (told in (PitchState.LAPSED, PitchState.DECLINED))
        yield Dated("embargo", title, row.lifts_at, pitch.handed_in_at, turn, told in ENDED)


def _agreed(pitch: Pitch, *, by_owner: bool) -> Iterator[Dated]:
    """The agreed day. The terms change no more; they fall with the yes that they stand on."""
    kept = offers.as_seen(pitch, by_owner=by_owner).agreement
    if kept and kept.offer.day:
        words = {"deliverables": kept.offer.deliverables, "name": pitch.name if by_owner else pitch.page.first_name}
        title, off = _("Agreed with %(name)s: %(deliverables)s") % words, pitch.told_state != PitchState.ACCEPTED
        yield Dated("agreed", title, kept.offer.day, kept.at, int(off), off)


def of_owner(pitch: Pitch) -> Iterator[Dated]:
    """The same, after the owner's own note to follow up. On the agreed day that is no second entry."""
    handoff = Handoff.objects.filter(pitch=pitch).first()
    if handoff and pitch.state == PitchState.ACCEPTED:
        changes = pitch.events.filter(what__in=(Fact.OUTCOME, Fact.AGREED)).order_by("at")
        moments = [pitch.handed_in_at, *changes.values_list("at", flat=True)]
        title = _("Follow up with %(name)s: %(line)s") % {"name": pitch.name, "line": pitch.line}
        same, turn = handoff.follow_up_on == handoff.due_on, 2 * (len(moments) - 1) + (handoff.done_at is not None)
        over = same or handoff.done_at is not None
        yield Dated("follow_up", title, handoff.follow_up_on, moments[-1], turn, over)
    yield from of_both(pitch, by_owner=True)


def of_sender(pitch: Pitch) -> bytes:
    """The calendar file of whoever handed it in: by their link, and in the mail. It does not hold that link."""
    where = links.absolute(reverse("public:page", args=[pitch.page.handle]))
    return written(pitch, of_both(pitch, by_owner=False), where)


def written(pitch: Pitch, found: Iterable[Dated], where: str) -> bytes:
    """The calendar file. `where`: the page that it leads back to."""
    calendar = Calendar.new(prodid="-//Halfdoor//Dates//EN", uid=calendars.name_for("dates", pitch.pk))
    calendar.add("METHOD", "PUBLISH")  # whoever opens it is invited to nothing
    for one in found:
        name = calendars.name_for(one.kind, pitch.pk)
        entry = calendars.entry(name, one.title, one.at, sequence=one.turn, cancelled=one.gone)
        entry.stamp, entry.url = one.said_at, where
        calendar.add_component(entry)
    return calendar.to_ical()
