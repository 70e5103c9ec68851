"""The dates of one pitch as a calendar file, for its owner and for whoever holds its link."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pitches import dates as dated
from pitches.models import Page, Pitch, Role
from pitches.web import access, kept_files
from pitches.web.owned import helped
from portal import links


@helped(Role.READER)
@require_safe
def desk_dates(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """All dates of a pitch, for its owner."""
    pitch = access.own_pitch(request, code)
    where = links.absolute(reverse("desk:pitch", args=[pitch.code]))
    return _file(request, pitch, dated.written(pitch, dated.of_owner(pitch), where))


@never_cache
@require_safe
def dates(request: HttpRequest, token: str) -> HttpResponse:
    """What both know, for whoever holds the link. The file itself does not hold it."""
    pitch = access.proven_pitch(token)
    return _file(request, pitch, dated.of_sender(pitch))


def _file(request: HttpRequest, pitch: Pitch, body: bytes) -> HttpResponse:
    response = kept_files.respond(request, body, "text/calendar")
    assert isinstance(response, HttpResponse)
    response["Content-Disposition"] = f'attachment; filename="{pitch.code}.ics"'
    return response
