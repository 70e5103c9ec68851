"""A note to the sender of a pitch that got a yes, from its page at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import review
from pitches.forms.thread import WriteForm
from pitches.models import Page, Role
from pitches.web import access, desk
from pitches.web.owned import helped
from pitches.web.redirects import see


@helped(Role.ASSISTANT)
@require_POST
def write(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """Write to its sender. Pressed twice it is one note."""
    found = access.own_pitch(request, code)
    form = WriteForm(request.POST, auto_id="write_%s")
    if not form.is_valid():
        return desk.with_note(request, found, form)
    try:
        review.write(found, form.cleaned_data["text"], by=access.signed_in(request))
    except review.NotWritten as refused:
        form.add_error("text", str(refused))
        return desk.with_note(request, found, form)
    messages.success(request, _("Your note goes out to %(name)s now.") % {"name": found.name})
    return see("desk:pitch", found.code)
