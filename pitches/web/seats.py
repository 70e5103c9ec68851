"""At whose desk somebody sits: the switch between desks, and to whom a pitch there is given to look after."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import helping
from pitches.models import Page, Role
from pitches.web import access, keyset
from pitches.web.owned import helped
from pitches.web.redirects import see


@login_required
@require_POST
def sit(request: HttpRequest, handle: str) -> HttpResponse:
    """Sit down at a desk: their own, or one where they help. With a pitch, go on there."""
    there = next((one for one in access.seats(request) if one.page.handle == handle.lower()), None)
    if there is None:
        raise Http404
    access.sit_down(request, there.page)
    messages.success(request, _("This is the desk of %(name)s.") % {"name": there.page.name})
    code = request.POST.get("pitch", "")
    if code and access.lies_at(there.page, code):
        return see("desk:pitch", code)
    return see("desk:inbox")


@helped(Role.SCREENER)
@require_POST
def assign(request: HttpRequest, page: Page, code: str) -> HttpResponse:
    """Give a pitch to somebody who helps, or to nobody."""
    found = access.own_pitch(request, code)
    wanted = request.POST.get("to", "")
    to = access.own_assistant(page, keyset.number(wanted)) if keyset.number(wanted) else None
    words = _("%(name)s looks after it now.") % {"name": to.name} if to else _("Nobody in particular looks after it.")
    try:
        if helping.assign(found, to, by=access.signed_in(request)):
            messages.success(request, words)
    except helping.KeeperGone as gone:
        messages.warning(request, str(gone))
    return see("desk:pitch", found.code)
