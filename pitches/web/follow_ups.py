"""Follow-ups: what a yes leads to, by date."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from pitches import handoffs as after
from pitches.models import Page, Standing
from pitches.web import access, cards
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import clock

AT_ONCE = 50
NEXT = {
    Standing.TRUSTED: _("They have your direct contact. Agree on the day."),
    Standing.KNOWN: _("They have the next step and the dates. See whether they kept to them."),
    Standing.INTRODUCED: _("First acquaintance: they have the terms and the label to use. See what came back."),
    Standing.STRANGER: _("First acquaintance: they have the terms and the label to use. See what came back."),
}


@owned
@require_safe
def follow_ups(request: HttpRequest, page: Page) -> HttpResponse:
    """Accepted pitches whose next step is open, the most urgent first."""
    found = list(access.open_handoffs(page)[: AT_ONCE + 1])
    today = page.local_date(clock.now())
    for handoff in found:
        step = NEXT.get(Standing(handoff.standing), NEXT[Standing.STRANGER])
        cards.wear(handoff, next=step, due=handoff.follow_up_on <= today)
    context = {"page": page, "handoffs": found[:AT_ONCE], "more": len(found) > AT_ONCE}
    return render(request, "desk/follow_ups.html", context)


@owned
@require_POST
def done(_request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """The next step is taken."""
    after.followed_up(access.own_handoff(page, pk))
    return see("desk:follow_ups")
