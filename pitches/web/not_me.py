"""This was not me: whoever holds the mailed link wants no such mail any more. Looking changes nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pitches import mailboxes
from pitches.web import access
from pitches.web.redirects import see
from portal import limits


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """One button: never again; and after it one that takes it back."""
    box = access.mailbox(token)
    if request.method != "POST":
        return render(request, "public/not_me.html", {"never": box.never_at})
    if until := limits.over(request, "not_me"):
        said = {"never": box.never_at, "wait": limits.sentence(until, kept=False)}
        return limits.later(render(request, "public/not_me.html", said), until)
    never = "again" not in request.POST
    mailboxes.refuse(box, never=never)
    if not never:
        messages.success(request, _("We may email you again."))
    return see("public:not_me", token)
