"""The sender gives what is still needed after a yes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pitches.forms.plan import SupplyForm
from pitches.handoffs import late
from pitches.web import access, agency
from pitches.web.redirects import see


@never_cache
@require_POST
def supply(request: HttpRequest, token: str) -> HttpResponse:
    """Give it, or correct it; pressing twice changes nothing."""
    pitch = access.proven_pitch(token)
    handoff = late.asked(pitch)
    if handoff is None or not late.takes(handoff, pitch):
        return _over(request, token)
    form = SupplyForm(request.POST, questions=handoff.questions, given=handoff.given)
    if not form.is_valid():
        return agency.with_supply(request, pitch, form)
    try:
        late.supply(pitch, form.answers())
    except late.NotTaken as refused:
        if refused.why == "enough":
            messages.error(request, _("This was corrected often enough. Say the rest in a note, or answer the email."))
            return see("agency:status", token)
        if refused.why != "same":
            return _over(request, token)
    messages.success(request, _("It is with %(name)s.") % {"name": pitch.page.first_name})
    return see("agency:status", token)


def _over(request: HttpRequest, token: str) -> HttpResponse:
    messages.error(request, _("Nothing is needed any more, so this was not sent."))
    return see("agency:status", token)
