"""The reading session: one pitch at a time, four answers, nothing else.

The last answer ends the session by itself, so that "the answers go out together in 10 minutes" is true when it is read.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from pitches import doors, review
from pitches.forms.decision import AnswerForm
from pitches.lifecycle import AlreadyMoved
from pitches.models import Answer, Page, Pitch, ReadingSession, Role
from pitches.web import access, cards, conflicts, hours, odd_days
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock

SECONDS_A_PITCH = 20
SEGMENTS = 60  # of the bar, at most


@helped(Role.READER)
@require_safe
def session(request: HttpRequest, page: Page) -> HttpResponse:
    """The card that is next; before the start, what the sitting costs; after the end, what goes out when."""
    return _render(request, page, "desk/session.html")


def _render(request: HttpRequest, page: Page, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
    current = review.current_session(page)
    context = {"page": page, "session": current, "said": "", "problem": ""}
    card, place = None, 0
    if current:
        current.page = page
        card, place = review.next_card(current)
    if current and card:
        context |= _card(current, card, place)
    else:
        context |= _without_card(page, current)
    if more.get("wrong") and context.get("pitch") != more["on"]:
        more = {"conflict": more.get("conflict", "")}
    return render(request, template, context | more, status=status)


def _card(current: ReadingSession, card: Pitch, place: int) -> dict[str, Any]:
    total = len(current.cards)
    parts = min(total, SEGMENTS)
    at = place * parts // total
    return cards.panels(current.page) | {
        "pitch": cards.lay_out(card),
        "history": cards.history(card),
        "evidence": cards.evidence(card),
        "other_doors": cards.other_doors(card),
        "place": place + 1,
        "total": total,
        "left": (total - place) * SECONDS_A_PITCH,
        "meter": ["d"] * at + ["c"] + [""] * (parts - at - 1),
        "last": _last_of(current),
        "back": "session",
    }


def _last_of(sitting: ReadingSession) -> Answer | None:
    """The answer of this sitting that undo takes back, in words."""
    last = review.last_answer(sitting.page)
    if last is None or last.session_id != sitting.pk:
        return None
    return cards.wear(last, words=cards.told(last))


def _without_card(page: Page, current: ReadingSession | None) -> dict[str, Any]:
    """The start page, or the end of a sitting whose answers are still in the house."""
    waiting = access.pitches_of(page).waiting().count()
    context: dict[str, Any] = {"waiting": min(waiting, page.cards), "beyond": max(0, waiting - page.cards)}
    context |= {"left": context["waiting"] * SECONDS_A_PITCH, "hour": hours.sentence(page, waiting=context["waiting"])}
    context |= {"next_hour": hours.following(page), "started": hours.begun(page)}
    held = access.held_answers(page).filter(session__isnull=False).select_related("session__page")
    given = held.filter(session=current).first() if current else held.order_by("-session_id").first()
    sitting = current or (given.session if given else None)
    if sitting is None:
        return context
    read = sitting.answers.filter(undone_at=None).count()
    out_at = given.goes_out_at if given else None
    context |= {"goes_out_at": out_at, "wait": (out_at - clock.now()).total_seconds() if out_at else 0}
    return context | {"done": sitting, "read": read, "last": _last_of(sitting)}


@helped(Role.SCREENER)
@require_POST
def start(request: HttpRequest, page: Page) -> HttpResponse:
    """Begin, or go on with what is open. With nothing on the ledge there is nothing to begin."""
    if review.current_session(page) or access.pitches_of(page).waiting().exists():
        odd_days.lift(request, page)
        review.show_next(review.open_session(page, by=access.signed_in(request)))
    return see("desk:session")


@helped(Role.SCREENER)
@require_POST
def answer(request: HttpRequest, page: Page, pk: int, code: str) -> HttpResponse:
    """Answer a card and show the next. The same answer twice is a network that tried twice."""
    sitting, found = access.own_session(page, pk), access.own_pitch(request, code)
    form = AnswerForm(request.POST, page=page)
    if not form.is_valid():
        return _refused(request, page, found, form, form.problem)
    decision = form.decision()
    try:
        given = review.answer(found, by=access.signed_in(request), session=sitting, version=form.seen, **decision)
        said = cards.told(given).rstrip(".?")
    except review.BadAnswer as bad:
        return _refused(request, page, found, form, str(bad))
    except review.ChangedSince:
        return _changed(request, page, found, form)
    except AlreadyMoved:
        said = "" if conflicts.same(found, decision) else conflicts.sentence(found)
        if said and not request.headers.get("HX-Request"):
            messages.warning(request, said)
        _go_on(request, sitting)
        return _next(request, page, said, conflict=said)
    more = _go_on(request, sitting)
    sentence = _("%(answer)s. Next pitch.") if more else _("%(answer)s. That was the last one.")
    return _next(request, page, sentence % {"answer": said})


def _refused(request: HttpRequest, page: Page, found: Pitch, form: AnswerForm, problem: str) -> HttpResponse:
    template = "desk/_card.html" if request.headers.get("HX-Request") else "desk/session.html"
    return _render(request, page, template, status=422, wrong=form, problem=problem, on=found)


def _changed(request: HttpRequest, page: Page, found: Pitch, form: AnswerForm) -> HttpResponse:
    """The card as it is now. What was typed stands in its place; without that, nothing is to be put right."""
    template = "desk/_card.html" if request.headers.get("HX-Request") else "desk/session.html"
    said = conflicts.changed(found)
    typed = {"wrong": form, "problem": said, "on": found} if form.typed else {"said": said}
    return _render(request, page, template, status=422, conflict=said, **typed)


def _go_on(request: HttpRequest, sitting: ReadingSession) -> bool:
    """Is there another card? It is open from now on. After the last one the sitting ends, or begins again by itself."""
    sitting.refresh_from_db()
    card = review.show_next(sitting)
    if card is None:
        review.end_session(sitting)
    elif sitting.ended_at:
        review.open_session(sitting.page, by=access.signed_in(request))
    return card is not None


def _next(request: HttpRequest, page: Page, said: str, *, conflict: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _render(request, page, "desk/_card.html", said=said, conflict=conflict)
    return see("desk:session")


@helped(Role.SCREENER)
@require_POST
def undo(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take the named answer of this sitting back. Of one that has ended, the pitch opens by itself."""
    sitting = access.own_session(page, pk)
    given, said = access.answer_of(sitting, request.POST.get("answer", "")), _("Undone. It waits again.")
    try:
        review.undo(given, by=access.signed_in(request))
    except AlreadyMoved as late:
        said = "" if given.undone_at else str(late)
    if sitting.ended_at is None:
        if said and not request.headers.get("HX-Request"):
            messages.info(request, said)
        return _next(request, page, said)
    if said:
        messages.info(request, said)
    return _away(request, "desk:pitch", given.pitch.code)


def _away(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """Leave the session, also when only a part of the page was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url(name, *args))
    return see(name, *args)


@helped(Role.SCREENER)
@require_POST
def end(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Pause or finish: what was answered goes out together in ten minutes."""
    sitting = review.end_session(access.own_session(page, pk))
    held = sitting.answers.held().count()
    said = ngettext(
        "One answer goes out in 10 minutes. Until then you can change your mind.",
        "%(count)s answers go out together in 10 minutes. Until then you can change your mind.",
        held,
    )
    messages.success(request, said % {"count": held} if held else _("Nothing was answered, so nothing goes out."))
    return see("desk:inbox")


@helped(Role.READER)
@require_POST
def shortcuts(request: HttpRequest, page: Page) -> HttpResponse:
    """Single keys on or off (WCAG 2.1.4)."""
    doors.keep_shortcuts(page, on=request.POST.get("on") == "1")
    messages.success(request, _("Keys are on.") if page.shortcuts else _("Keys are off. The buttons do the same."))
    return see("desk:session") if request.POST.get("back") == "session" else see("desk:inbox")
