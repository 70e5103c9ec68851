"""Sensitive products at the desk: closed unless the owner opens them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pitches import doors
from pitches.forms.sensitive import SensitiveForm
from pitches.models import Page
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import see


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def sensitive(request: HttpRequest, page: Page) -> HttpResponse:
    """What every door of the page takes, and what it refuses before it reaches the ledge."""
    form = SensitiveForm(request.POST if request.method == "POST" else None, page=page)
    if form.is_valid():
        doors.keep_sensitive(page, by=access.signed_in(request), opened=form.cleaned_data["sensitive"])
        messages.success(request, _("Kept. It counts for pitches that are written from now on."))
        return see("desk:sensitive")
    return render(request, "desk/sensitive.html", {"page": page, "form": form}, status=422 if form.errors else 200)
