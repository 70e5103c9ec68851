"""The reading session: one pitch at a time, four answers, nothing else.

The last answer ends the session by itself, so that "the answers go out together in 10 minutes" is true when it is read.
"""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
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
from pitches.models.pitch import ON_THE_LEDGE
from pitches.review import Hand
from pitches.web import access, cards, conflicts, first_days, hands, hours, lanes, odd_days
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock


@helped(Role.READER)
@require_safe
def session(request: HttpRequest, page: Page) -> HttpResponse:
    """The card that is next; before the start, what the sitting costs; after the end, what goes out when."""
    template = "desk/_card.html" if request.headers.get("HX-Request") else "desk/session.html"
    return show(request, page, template, **hands.answered(request, request.GET["at"]) if request.GET.get("at") else {})


def show(
    request: HttpRequest,
    page: Page,
    template: str,
    *,
    status: int = 200,
    hand: Hand | None = None,
    last: Answer | None = None,
    **more: Any,
) -> HttpResponse:
    """The session as it stands for who asks; `more` is what just happened, `hand` what they have in their hands.

    `last`: the answer that they just gave, in words.
    """
    current = hand.session if hand and hand.card else review.current_session(page)
    context: dict[str, Any] = {"page": page, "session": current, "said": "", "problem": ""}
    if current:
        current.page = page
        hand = None if "answered" in more else hand or hands.of(request, current)
    if current and hand and hand.card and not current.paused_at:
        context |= _card(request, current, hand, last)
    else:
        context |= _without_card(request, page, current)
    if current and current.paused_at and hand:
        context |= {
            "paused": current,
            "place": hand.place + 1,
            "total": len(current.cards),
        }
    if more.get("wrong") and context.get("pitch") != more["on"]:
        said, typed = more.get("conflict") or more["problem"], more["wrong"].data.get("text", "")
        more = {"said": said, "conflict": conflicts.with_words(said, typed)}
    return render(request, template, context | more, status=status)


def _card(request: HttpRequest, current: ReadingSession, hand: Hand, last: Answer | None) -> dict[str, Any]:
    card = hand.card
    assert card is not None
    progress = {
        "place": hand.place + 1,
        "total": len(current.cards),
        "left": lanes.cost(len(hand.waiting)),
        "meter": hands.meter(current.cards, hand),
        "last": last or hands.last_of(current, request),
        "also": hands.open_since(current.page, hand.also),
        "opened": hand.opened,
    }
    if hand.elsewhere:
        return progress | {"elsewhere": card}
    return (
        progress
        | cards.panels(current.page, card)
        | {
            "pitch": cards.lay_out(card),
            "history": cards.history(card),
            "evidence": cards.evidence(card),
            "other_doors": cards.other_doors(card),
            "back": "session",
        }
    )


def _without_card(request: HttpRequest, page: Page, current: ReadingSession | None) -> dict[str, Any]:
    """The start page, or the end of a sitting whose answers are still in the house."""
    waiting = lanes.waiting(page)
    context: dict[str, Any] = {"waiting": min(waiting, page.cards), "beyond": max(0, waiting - page.cards)}
    context |= {"rest": lanes.rest(waiting, page.cards), "all": lanes.counted(lanes.WAITS, waiting), "count": waiting}
    context |= {"left": lanes.cost(context["waiting"]), "started": hours.begun(page)}
    context |= {"hour": hours.sentence(page, waiting=context["waiting"], name=hours.whose(request, page))}
    context |= {"next_hour": hours.following(page)}
    held = access.held_answers(page).filter(session__isnull=False).select_related("session__page")
    given = held.filter(session=current).first() if current else held.order_by("-session_id").first()
    sitting = current or (given.session if given else None)
    if sitting is None:
        empty = {} if waiting else first_days.empty(request, page, lanes.counts(page))
        return context | {"example": empty.get("example"), "lies": empty.get("elsewhere")}
    read = sitting.answers.filter(undone_at=None).count()
    out_at = given.goes_out_at if given else None
    context |= {"goes_out_at": out_at, "wait": (out_at - clock.now()).total_seconds() if out_at else 0}
    return context | {"done": sitting, "read": read, "last": hands.last_of(sitting, request)}


@helped(Role.SCREENER)
@require_POST
def start(request: HttpRequest, page: Page) -> HttpResponse:
    """Begin, or go on with what is open. With nothing on the ledge there is nothing to begin."""
    if review.current_session(page) or access.pitches_of(page).waiting().exists():
        odd_days.lift(request, page)
        by = access.signed_in(request)
        oldest = request.POST.get("order") == "oldest"
        sitting = review.open_session(page, by=by, oldest=oldest)
        if review.show_next(sitting, by=by).card is None and access.pitches_of(page).waiting().exists():
            review.end_session(sitting, by=by)  # it was paused, and nothing of it is left
            review.show_next(review.open_session(page, by=by, oldest=oldest), by=by)
    return see("desk:session")


@helped(Role.SCREENER)
@require_POST
def answer(request: HttpRequest, page: Page, pk: int, code: str) -> HttpResponse:
    """Answer a card and show the next. The same answer twice is a network that tried twice."""
    sitting, found = access.own_session(page, pk), access.own_pitch(request, code, alone=True)
    prefetch_related_objects([page], "replies")  # for the words of this answer, and for the sheets of the next card
    form = AnswerForm(request.POST, page=page)
    if not form.is_valid():
        return _refused(request, page, found, form, form.problem)
    decision = form.decision()
    try:
        given = review.answer(found, by=access.signed_in(request), session=sitting, version=form.seen, **decision)
        said = cards.told(given)
    except review.BadAnswer as bad:
        return _refused(request, page, found, form, str(bad))
    except review.ChangedSince:
        return _changed(request, page, found, form)
    except AlreadyMoved:
        by = access.signed_in(request)
        said = "" if conflicts.same(found, decision, by) else conflicts.sentence(found, by)
        hand = _go_on(request, sitting)
        typed = form.cleaned_data["text"] if said else ""
        return go_to_next(request, page, said, conflict=conflicts.with_words(said, typed), hand=hand)
    hand = _go_on(request, sitting)
    last = cards.wear(given, told=said) if given.session_id == hand.session.pk else None
    return go_to_next(request, page, hands.said_after(said.rstrip(".?"), page, hand), hand=hand, last=last)


def _refused(request: HttpRequest, page: Page, found: Pitch, form: AnswerForm, problem: str) -> HttpResponse:
    _stay_at(request, page, found)
    template = "desk/_card.html" if request.headers.get("HX-Request") else "desk/session.html"
    return show(request, page, template, status=422, wrong=form, problem=problem, on=found)


def _stay_at(request: HttpRequest, page: Page, found: Pitch) -> None:
    """What was pressed at stays on the screen, also if another window went on meanwhile."""
    current = review.current_session(page)
    if current and not current.paused_at and found.pk in current.cards and found.state in ON_THE_LEDGE:
        review.turn_to(current, found, by=access.signed_in(request))


def _changed(request: HttpRequest, page: Page, found: Pitch, form: AnswerForm) -> HttpResponse:
    """The card as it is now. What was typed stands in its place; without that, nothing is to be put right."""
    template = "desk/_card.html" if request.headers.get("HX-Request") else "desk/session.html"
    said = conflicts.changed(found)
    _stay_at(request, page, found)
    typed = {"wrong": form, "problem": said, "on": found} if form.typed else {"said": said}
    return show(request, page, template, status=422, conflict=said, **typed)


def _go_on(request: HttpRequest, sitting: ReadingSession) -> Hand:
    """What is next for who answered. After the last card the sitting ends; one that had ended begins again."""
    by, page = access.signed_in(request), sitting.page
    sitting.refresh_from_db()
    sitting.page = page
    if sitting.ended_at or sitting.paused_at:
        left = review.at_hand(sitting, by)
        if left.card is None or sitting.paused_at:
            return left
        sitting = review.open_session(sitting.page, by=by)
    hand = review.show_next(sitting, by=by)
    if hand.card is None:
        review.end_session(sitting, by=by)
    return hand


def go_to_next(
    request: HttpRequest,
    page: Page,
    said: str,
    *,
    conflict: str = "",
    hand: Hand | None = None,
    last: Answer | None = None,
) -> HttpResponse:
    """The session after a press: the part that changed, or the whole page. `conflict`: said where it is seen."""
    if request.headers.get("HX-Request"):
        return show(request, page, "desk/_card.html", hand=hand, last=last, said=said, conflict=conflict)
    if conflict:
        messages.warning(request, conflict)
    return see("desk:session")


@helped(Role.SCREENER)
@require_POST
def undo(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take the named answer of this sitting back. Of one that has ended, the pitch opens by itself."""
    sitting = access.own_session(page, pk)
    given, said = access.answer_of(sitting, request.POST.get("answer", "")), _("Undone; it waits again.")
    by, late = access.signed_in(request), ""
    try:
        review.undo(given, by=by)
    except AlreadyMoved as moved:
        said = late = "" if given.undone_at else str(moved)
    if sitting.ended_at is None and sitting.paused_at is None:
        if not late:
            review.turn_to(sitting, given.pitch, by=by)
            if said and not request.headers.get("HX-Request"):
                messages.info(request, said)
        return go_to_next(request, page, said, conflict=late)
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
    """Finish: what was answered goes out together in ten minutes, unless others read on or it is not theirs to send."""
    by = access.signed_in(request)
    sitting = review.end_session(access.own_session(page, pk), by=by)
    if sitting.ended_at is None:
        messages.success(request, hands.stopped(page, review.others(sitting, by=by)))
        return see("desk:inbox")
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
    """Single keys on or off (WCAG 2.1.4): the owner's with their page, those of who helps in their own browser."""
    if not access.keep_own_keys(request, on=request.POST.get("on") == "1"):
        doors.keep_shortcuts(page, on=request.POST.get("on") == "1")
    messages.success(request, _("Keys are on.") if page.shortcuts else _("Keys are off. The buttons do the same."))
    return see("desk:session") if request.POST.get("back") == "session" else see("desk:inbox")
