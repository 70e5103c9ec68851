"""What a yes led to, at the desk: who takes it, what the sender gave since, and what a webhook was told of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import hooks
from pitches.handoffs import late
from pitches.models import Call, CallState, Handoff, Page, Pitch, Role
from pitches.web import access, cards, plan_words
from pitches.web.owned import helped
from pitches.web.redirects import see

AT_ONCE = 50


def of(pitch: Pitch) -> dict[str, Any]:
    """For the page of a pitch. Nothing before a yes."""
    handoff = access.handoff_of(pitch)
    if handoff is None:
        return {}
    return {"handed": dressed(handoff), "calls": [said(one) for one in access.calls_of(pitch)]}


def dressed(handoff: Handoff) -> Handoff:
    """With what its sender gave (`answers`), still owes (`owed`), and who takes it (`taker`). Costs no query."""
    return cards.wear(
        handoff,
        answers=late.pairs(handoff),
        owed=late.missing(handoff),
        taker=handoff.assistant.name if handoff.assistant else "",
    )


def failed_calls(page: Page) -> list[Call]:
    """What a webhook was not told, for the list of what goes out."""
    return [said(one) for one in access.failed_calls(page)[:AT_ONCE]]


def said(one: Call) -> Call:
    """A call with its sentence, what went wrong, and whether "try again" makes sense."""
    failed = one.state == CallState.DEAD or (one.state == CallState.PENDING and bool(one.error))
    return cards.wear(one, words=plan_words.call(one), wrong=plan_words.why(one), again=failed)


@helped(Role.ASSISTANT)
@require_POST
def again(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Tell a webhook once more what it was not told."""
    one = access.own_call(page, pk)
    if hooks.again(one):
        messages.success(request, _("It is being told again."))
    else:
        messages.warning(request, _("This plan has no webhook any more, so nobody was told."))
    return see("desk:outgoing")
