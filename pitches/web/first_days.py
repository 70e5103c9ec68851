"""First days and empty days: what stands where the list would be, and the example that waits on an unused ledge.

The example is no row: it is written anew for each look, counted nowhere, and what is answered to it is only shown.
"""

from typing import Any

from django.contrib import messages
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches import doors, replies, review
from pitches.forms.decision import AnswerForm
from pitches.models import AnswerKind, Door, Lane, Page, Pitch, PitchState, Standing
from pitches.notify import as_read
from pitches.web import access, cards, lanes, letter
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import clock
from portal.templatetags.portal import ago, day


# ── an empty ledge ───────────────────────────────────────────────────────────
def empty(request: HttpRequest, page: Page, counts: dict[str, int]) -> dict[str, Any]:
    """What an empty ledge says: the example, as long as no pitch came; else what lies elsewhere. At most one query."""
    if not any(counts.values()) and page.example_over_at is None and page.owner_id == request.user.pk:
        return {"example": example(page)}
    return {"elsewhere": [(name, words) for name, words in _elsewhere(page, counts) if counts[name]]}


def _elsewhere(page: Page, counts: dict[str, int]) -> list[tuple[str, str]]:
    later = counts["later"]
    back = access.pitches_of(page).filter(state=PitchState.LATER).aggregate(at=Min("back_at"))["at"] if later else None
    put_off = ngettext(
        "One is put off and comes back by %(day)s at the latest.",
        "%(count)s are put off. The next comes back by %(day)s at the latest.",
        later,
    )
    asked = ngettext("One waits for an answer from them.", "%(count)s wait for an answer from them.", counts["asked"])
    held = ngettext("One is held aside.", "%(count)s are held aside.", counts["held"])
    sealed_off = ngettext("One is in quarantine.", "%(count)s are in quarantine.", counts["quarantine"])
    return [
        ("later", put_off % {"count": lanes.counted("later", later), "day": day(back, page.zone)}),
        ("asked", asked % {"count": lanes.counted("asked", counts["asked"])}),
        ("held", held % {"count": lanes.counted("held", counts["held"])}),
        ("quarantine", sealed_off % {"count": lanes.counted("quarantine", counts["quarantine"])}),
    ]


# ── the example ──────────────────────────────────────────────────────────────
def example(page: Page) -> Pitch:
    """A pitch that was never handed in, dressed for the letter, at the first door there is. One query."""
    pitch = Pitch(
        page=page,
        door=next(iter(access.doors_of(page)), None) or Door(page=page, name=_("Your door")),
        name="Elif Kaya",
        company="Mosaic Research",
        email="elif@mosaic.example",
        line=_("Survey: why 1,200 people mute brands on purpose"),
        why=_(
            "Your readers asked what makes people turn away. 1,200 answered in four countries; the questionnaire and "
            "the numbers are open to whoever wants to check them."
        ),
        link="https://mosaic.example/mute",
        link_host="mosaic.example",
        ask="write",
        payer="client",
        language=get_language() or "en",
        standing=Standing.STRANGER,
        lane=Lane.FIRST_KNOCK,
        state=PitchState.WAITING,
        handed_in_at=clock.now(),
    )
    return cards.wear(letter.dress(pitch), age=ago(pitch.handed_in_at), signs=[_("Example")])


def _over(page: Page) -> bool:
    """Is the example gone? It goes when the first pitch comes, or when it is sent away."""
    return page.example_over_at is not None or access.pitches_of(page).exists()


@owned
@require_safe
def try_out(request: HttpRequest, page: Page) -> HttpResponse:
    """The example as it would stand in a session, with its four answers."""
    return redirect("desk:inbox") if _over(page) else _show(request, page)


def _show(request: HttpRequest, page: Page, *, status: int = 200, **more: Any) -> HttpResponse:
    context = cards.panels(page) | {"page": page, "pitch": example(page), "other_doors": []}
    return render(request, "desk/example.html", context | more, status=status)


@owned
@require_POST
def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """What its sender would read of an answer. Nothing is stored and nothing goes out."""
    if _over(page):
        messages.info(request, _("The example is gone: a pitch has come, or you sent it away."))
        return see("desk:inbox")
    form = AnswerForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, page, wrong=form, problem=form.problem, status=422)
    try:
        return _show(request, page, **_as_read(page, form.decision()))
    except review.BadAnswer as bad:
        return _show(request, page, wrong=form, problem=str(bad), status=422)


def _as_read(page: Page, said: dict[str, Any]) -> dict[str, Any]:
    """What comes of such an answer. Raises BadAnswer."""
    if said["kind"] == AnswerKind.WRONG_DOOR:
        raise review.BadAnswer(_("The example is at the right door. Try another answer."))
    named = {name: said[name] for name in ("kind", "reason", "text", "until", "reply")}
    given = review.as_if(example(page), **named)
    if given.kind == AnswerKind.LATER:
        return {"put_off": given.until}
    ready = replies.pick(page, said["kind"], said["reason"], said["reply"])
    return {"seen": as_read.read(given, ready), "told": cards.told(given)}


@owned
@require_POST
def away(request: HttpRequest, page: Page) -> HttpResponse:
    """Send the example away, for good."""
    doors.send_example_away(page)
    messages.success(request, _("The example is gone."))
    return see("desk:inbox")
