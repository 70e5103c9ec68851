"""The dates of one pitch as a calendar file: the agreed day and the end of an embargo; the day to follow up, for the
owner only. Each date keeps its name, and its number rises when it changes, so that a calendar moves what it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar

from pitches import embargo, offers
from pitches.models import Fact, Page, Pitch, PitchState, Role
from pitches.web import access, calendars
from pitches.web.owned import helped
from portal import links

ENDED = (PitchState.WITHDRAWN, PitchState.LAPSED, PitchState.DECLINED)


@dataclass(frozen=True)
class Dated:
    """One date of a pitch. `turn` counts its changes."""

    kind: str
    title: str
    at: date
    turn: int = 0
    gone: bool = False


@helped(Role.READER)
@require_safe
def desk_dates(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """All dates of a pitch, for its owner."""
    pitch = access.own_pitch(request, code)
    found = [*_follow_up(pitch), *_both(pitch, by_owner=True)]
    return _file(request, pitch, found, reverse("desk:pitch", args=[pitch.code]))


@never_cache
@require_safe
def dates(request: HttpRequest, token: str) -> HttpResponse:
    """What both know, for whoever holds the link. The file itself does not hold it."""
    pitch = access.proven_pitch(token)
    return _file(request, pitch, list(_both(pitch, by_owner=False)), reverse("public:page", args=[pitch.page.handle]))


def _file(request: HttpRequest, pitch: Pitch, found: list[Dated], where: str) -> HttpResponse:
    calendar = Calendar.new(prodid="-//Halfdoor//Dates//EN", uid=calendars.name_for("dates", pitch.pk))
    for one in found:
        name = calendars.name_for(one.kind, pitch.pk)
        entry = calendars.entry(name, one.title, one.at, sequence=one.turn, cancelled=one.gone)
        assert pitch.handed_in_at is not None
        entry.stamp, entry.url = pitch.handed_in_at, links.absolute(where)
        calendar.add_component(entry)
    response = calendars.respond(request, calendar.to_ical(), "text/calendar")
    assert isinstance(response, HttpResponse)
    response["Content-Disposition"] = f'attachment; filename="{pitch.code}.ics"'
    return response


def _both(pitch: Pitch, *, by_owner: bool) -> Iterator[Dated]:
    """What both may know: a sender never learns from it what has not gone out."""
    talks = offers.as_seen(pitch, by_owner=by_owner)
    agreed = talks.agreement.offer if talks.agreement else None
    if agreed and agreed.day:
        words = {"deliverables": agreed.deliverables, "name": pitch.name if by_owner else pitch.page.first_name}
        yield Dated("agreed", _("Agreed with %(name)s: %(deliverables)s") % words, agreed.day)
    row = embargo.of(pitch)
    if row:
        title = _("The embargo lifts: %(line)s") % {"line": pitch.line}
        taken = pitch.events.filter(Q(what=PitchState.WITHDRAWN) | Q(was=PitchState.WITHDRAWN)).count()
        told = pitch.told_state
        turn = pitch.version + taken + (told in (PitchState.LAPSED, PitchState.DECLINED))
        yield Dated("embargo", title, row.lifts_at, turn, told in ENDED)


def _follow_up(pitch: Pitch) -> Iterator[Dated]:
    """The owner's own note. On the agreed day there is no second entry."""
    handoff = access.handoff_of(pitch)
    if handoff is None:
        return
    changes = pitch.events.filter(what__in=(Fact.OUTCOME, Fact.AGREED)).count()
    over = handoff.done_at is not None or pitch.state != PitchState.ACCEPTED
    title = _("Follow up with %(name)s: %(line)s") % {"name": pitch.name, "line": pitch.line}
    same = handoff.follow_up_on == handoff.due_on
    yield Dated("follow_up", title, handoff.follow_up_on, 2 * changes + over, over or same)
