"""Whoever knocks too often, too fast, or fills what nobody sees: told so at the form, with all that was typed.

No puzzle and never a false success. Each answer says what helps, and pressing the button again is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pitches.models import Page
from portal import limits, seen, sums

PRESSING = 3  # a sum is asked for from a third of the limit of a network on
ONE_FIELD = ("watch", "introduce")  # which a browser fills in by itself, as fast as any machine
TRAP = "homepage"  # the name of the field that stays empty; templates/components/fence.html
Show = Callable[[], HttpResponse]


@dataclass(frozen=True)
class Sum:
    """What components/fence.html shows while many knock: the sum, and until when it is asked for."""

    puzzle: str
    until: datetime


def too_often(request: HttpRequest, form: Form, what: str, show: Show) -> HttpResponse | None:
    """429 with the form as it was typed, if this network tried too often. Counts the try."""
    tries, until = limits.tries(request, what)
    setattr(request, "tries", tries)  # noqa: B010 (sum_first() asks for it, too)
    if not limits.above(tries, what):
        return None
    form.add_error(None, limits.sentence(until))
    return limits.later(show(), until)


def stopped(request: HttpRequest, form: Form, what: str, show: Show) -> HttpResponse | None:
    """The same; and 422 for what only a machine does."""
    if response := too_often(request, form, what, show):
        return response
    if request.POST.get(TRAP):
        words = _("A field that nobody sees was filled, perhaps by your browser. It is empty again: press once more.")
    elif what not in ONE_FIELD and seen.too_fast(request):
        words = _("That was quicker than anybody types. Your text is still here: press again in a moment.")
    else:
        return None
    form.add_error(None, words)
    return _refused(show())


def sum_first(
    request: HttpRequest, form: Form, key: UUID, page: Page, show: Show, *, what: str = "pitch"
) -> HttpResponse | None:
    """422 with a sum for the browser, while many knock from this network or at this page. Counts the knock.

    Those who knock for something else than a pitch (`what`) are counted apart: no flood of theirs is felt at a door.
    """
    knocks, until = limits.count("knock", str(page.pk) if what == "pitch" else f"{what}:{page.pk}")
    crowded = limits.above(knocks, "knock") or limits.above(PRESSING * getattr(request, "tries", 0), what)
    if not crowded or sums.done(request.POST.get("sum", ""), str(key)):
        return None
    form.add_error(None, _("Many people knock just now, so your browser does a short sum. Then press again."))
    setattr(request, "sum", Sum(sums.ask(str(key)), until))  # noqa: B010 (for the template)
    return _refused(show())


def _refused(response: HttpResponse) -> HttpResponse:
    response.status_code = 422
    return response
