"""Assistants: the owner's list of them, and the page on which somebody agrees to help."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pitches.forms.assistants import AssistantForm
from pitches.handoffs import assistants as helpers
from pitches.models import Page
from pitches.web import access, cards
from pitches.web.owned import owned
from pitches.web.redirects import see


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def assistants(request: HttpRequest, page: Page) -> HttpResponse:
    """Who helps, who was asked, and the form to ask somebody else."""
    if request.method != "POST":
        return _shown(request, page, AssistantForm())
    form = AssistantForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, form)
    try:
        found = helpers.invite(page, by=access.signed_in(request), **form.cleaned_data)
    except helpers.NotInvited as refused:
        form.refuse(refused)
        return _shown(request, page, form)
    words = _("One email goes to %(email)s. If none goes, the list says so.")
    messages.success(request, words % {"email": found.email})
    return see("desk:assistants")


def _shown(request: HttpRequest, page: Page, form: AssistantForm) -> HttpResponse:
    rows = list(access.assistants_of(page))
    unmailed = helpers.unmailed(rows)
    for one in rows:
        cards.wear(one, state=helpers.state_of(one), unmailed=one.pk in unmailed)
    context = {"page": page, "form": form, "rows": rows, "full": len(rows) >= helpers.MOST}
    return render(request, "desk/assistants.html", context, status=422 if form.errors else 200)


@owned
@require_POST
def remove(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """They help no more; what is open is the owner's again."""
    found = access.own_assistant(page, pk)
    helpers.leave(found)
    words = _("%(name)s gets no more mail. What was theirs to take and is still open is yours again.")
    messages.success(request, words % {"name": found.name})
    return see("desk:assistants")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assist(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: agree, say no, or stop later. Looking changes nothing."""
    found = access.assistant_by_token(token)
    if request.method == "POST":
        if "leave" in request.POST:
            helpers.leave(found)
        elif "agree" in request.POST:
            helpers.agree(found)
        return see("public:assist", token)
    context = {"helper": found, "page": found.page, "state": helpers.state_of(found)}
    return render(request, "public/assist.html", context | {"life": helpers.ASKED_LIFE.days})
