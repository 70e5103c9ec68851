"""Mails at the desk: each person chooses for themself which of them come, for one page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pitches import helping
from pitches.forms.mail import MailForm
from pitches.models import Page, Role
from pitches.notify import wanted
from pitches.web import access, hours
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal.models import User


@helped(Role.READER)
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest, page: Page) -> HttpResponse:
    """Which mails come about this page, to whoever asks; nobody chooses for somebody else."""
    user = access.signed_in(request)
    form = MailForm(request.POST if request.method == "POST" else None, user=user, page=page)
    if form.is_valid():
        for kind, chosen in form.cleaned_data.items():
            wanted.choose(user, page, kind, wanted=chosen, by=user)
        messages.success(request, _("Kept. It holds from the next mail on."))
        return see("desk:mail")
    shown = {"page": page, "form": form, "name": hours.whose(request, page), "address": _address(user, page)}
    return render(request, "desk/mail.html", shown)


def _address(user: User, page: Page) -> str:
    """Where the mails go: to the owner's account, or to the mailbox that was asked to help."""
    row = helping.helps(user).filter(page=page).order_by("name", "pk").first() if user.pk != page.owner_id else None
    return row.email if row else user.email
