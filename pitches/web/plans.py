"""After a yes: the four plans, and the editor of one, with a preview of what the sender will read."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pitches import hooks
from pitches.forms.plan import PlanForm
from pitches.handoffs import FOLLOW_UP_DAYS, plan_of, plans
from pitches.models import Page, Plan, Standing
from pitches.notify import preview
from pitches.web import access, plan_words
from pitches.web.owned import owned
from pitches.web.redirects import see


@dataclass(frozen=True)
class Card:
    """One standing: what happens now, and whether that is the owner's own wish."""

    standing: Standing
    sentence: str
    own: bool


@owned
@require_safe
def overview(request: HttpRequest, page: Page) -> HttpResponse:
    """One card for each standing."""
    shown = [
        Card(Standing(plan.standing), plan_words.sentence(plan), own=not plans.is_usual(plan))
        for plan in plans.plans_of(page)
    ]
    return render(request, "desk/plans.html", {"page": page, "cards": shown})


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, page: Page, standing: str) -> HttpResponse:
    """What follows a yes to one standing. A preview keeps nothing; a new key and "as usual" are other buttons."""
    if standing not in FOLLOW_UP_DAYS:
        raise Http404
    kept = plan_of(page, Standing(standing))
    kept.page = page
    if request.method != "POST":
        return _shown(request, kept, PlanForm(page=page, plan=kept))
    if "usual" in request.POST:
        plans.reset(page, Standing(standing))
        messages.success(request, _("As usual again, from the next yes on."))
        return see("desk:plans")
    if "renew" in request.POST:
        plans.renew(kept)
        messages.success(request, _("There is a new key. Give it to whatever listens at that address."))
        return see("desk:plan", standing)
    form = PlanForm(request.POST, page=page, plan=kept)
    if not form.is_valid() or "preview" in request.POST:
        return _shown(request, kept, form)
    plans.keep(page, Standing(standing), **form.said())
    messages.success(request, _("Kept. It counts from the next yes on; what you said yes to before stays as it was."))
    return see("desk:plan", standing)


def _shown(request: HttpRequest, kept: Plan, form: PlanForm) -> HttpResponse:
    page, typed = kept.page, kept
    if form.is_bound and not form.errors:
        typed = Plan(page=page, standing=kept.standing, **form.said())
    context = {
        "page": page,
        "form": form,
        "standing": Standing(kept.standing),
        "sentence": plan_words.sentence(typed),
        "own": not plans.is_usual(kept),
        "secret": hooks.secret_of(kept.seed) if kept.webhook else "",
        "preview": preview.of(typed, next(iter(access.doors_of(page)), None)),
    }
    return render(request, "desk/plan.html", context, status=422 if form.errors else 200)
