"""A form that stood open too long comes back as it was, with a fresh token. Nothing of it was taken."""

from django.http import Http404, HttpRequest, HttpResponse

from pitches.forms import half
from pitches.web import access, public, ways
from portal import errors
from portal.errors import Gone

FORMS = frozenset({"public:pitch", "public:keep_draft", "public:try"})
FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")  # as Django begins its reasons


def again(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form of a door with all that was typed; for any other form, and for what another site sent, a page."""
    asked = request.resolver_match
    if asked is None or asked.view_name not in FORMS or reason.startswith(FROM_ELSEWHERE):
        return errors.csrf_failure(request, reason)
    try:
        door = access.public_door(**asked.kwargs)
    except (Http404, Gone):
        return errors.csrf_failure(request, reason)
    head = half.HalfForm(request.POST)
    head.is_valid()
    typed = half.typed(request.POST, door, ways.of(request))
    form = half.form_of(door, typed, head.cleaned_data.get("form_key"))
    return public.with_form(request, door, form, tried={"stale": True}, status=403)
