"""Assistants: the owner's list of them, and the page on which somebody agrees to help."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pitches import helping
from pitches.forms.assistants import AssistantForm, RoleForm
from pitches.handoffs import assistants as helpers
from pitches.handoffs import roles
from pitches.models import Page, Role
from pitches.web import access, cards, coming_going
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
    context = {"page": page, "form": form, "rows": rows, "full": len(rows) >= helpers.MOST, "roles": Role.choices[:-1]}
    context |= coming_going.steps(page, request.GET.get("before", ""))
    return render(request, "desk/assistants.html", context, status=422 if form.errors else 200)


@owned
@require_POST
def remove(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """They help no more; what is open is the owner's again."""
    found = access.own_assistant(page, pk)
    helpers.leave(found, by=access.signed_in(request))
    if found.role == Role.MAIL:
        words = _("%(name)s gets no more mail. What was theirs to take and is still open is yours again.")
    else:
        words = _("%(name)s is out, also where the desk is open. What was theirs and is still open is yours again.")
    messages.success(request, words % {"name": found.name})
    _say_what_is_held(request, helping.in_the_house(found))
    return see("desk:assistants")


def _say_what_is_held(request: HttpRequest, held: int) -> None:
    """What they answered and has not gone out goes out, unless the owner undoes it."""
    if not held:
        return
    words = ngettext(
        '{count} answer of theirs is still in the house. <a href="{url}">Look at what goes out</a>',
        '{count} answers of theirs are still in the house. <a href="{url}">Look at what goes out</a>',
        held,
    )
    messages.info(request, format_html(words, count=held, url=reverse("desk:outgoing")))


@owned
@require_POST
def role(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Let somebody do more or less. It holds at once."""
    found, form = access.own_assistant(page, pk), RoleForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose what they may do. Nothing was changed."))
    elif roles.change(found, Role(form.cleaned_data["role"]), by=access.signed_in(request)):
        messages.success(request, _now(Role(found.role)) % {"name": found.name})
    return see("desk:assistants")


def _now(role: Role) -> str:
    """What somebody may do from now on, as whole sentences, with a place for their name."""
    return {
        Role.MAIL: _(
            "It holds at once: %(name)s takes what was accepted, by mail. We send no mail about it, so tell them"
            " yourself."
        ),
        Role.READER: _("It holds at once: %(name)s may look. We send no mail about it, so tell them yourself."),
        Role.SCREENER: _(
            "It holds at once: %(name)s may sort, not answer. We send no mail about it, so tell them yourself."
        ),
        Role.ASSISTANT: _("It holds at once: %(name)s may answer. We send no mail about it, so tell them yourself."),
    }[role]


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
    context = {"helper": found, "page": found.page, "state": helpers.state_of(found), "offered": roles.offered(found)}
    context |= {"life": helpers.ASKED_LIFE.days, "sits": access.sits_with(request, found), "token": token}
    return render(request, "public/assist.html", context)
