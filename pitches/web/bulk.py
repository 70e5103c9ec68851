"""One answer to what was picked in a list of the inbox, and the way back for all of them."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from pitches import review
from pitches.forms.many import ManyForm
from pitches.models import Page, PitchState, Role
from pitches.web import access, cards, desk, twice
from pitches.web.owned import helped
from pitches.web.redirects import SeeOther, see

NAMED = 3  # of those that were left alone


@helped(Role.SCREENER)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, page: Page) -> HttpResponse:
    """Say the same to all that was picked. The words go out in ten minutes. A GET leads back to the list."""
    if request.method != "POST":
        return HttpResponseRedirect(_list(request))
    form = ManyForm(request.POST, page=page)
    problem = "" if form.is_valid() and not form.problem else form.problem
    if not problem:
        pitches = access.picked(page, form.picked)
        versions = {pitch.pk: form.picked[pitch.code] for pitch in pitches}
        try:
            given = review.answer_many(
                page, pitches, by=access.signed_in(request), versions=versions, **form.decision()
            )
        except review.BadAnswer as bad:
            problem = str(bad)
        else:
            _tell(request, given)
            return SeeOther(_list(request))
    return desk.listed(request, page, status=422, picked=form.picked, wrong_many=form, problem=problem)


def _list(request: HttpRequest) -> str:
    """The list that was looked at, from its start."""
    asked = request.GET.copy()
    for name in ("at", "after", "lane"):
        asked.pop(name, None)
    return reverse("desk:inbox") + (f"?{asked.urlencode()}" if asked else "")


def _tell(request: HttpRequest, given: review.Given) -> None:
    """What was done, and what was left alone and why, each as one sentence."""
    if given.answers:
        count = len(given.answers)
        words = ngettext(
            "%(count)s pitch answered. %(answer)s. You can take it back for ten minutes.",
            "%(count)s pitches answered. %(answer)s. You can take them back for ten minutes.",
            count,
        )
        messages.success(request, words % {"count": count, "answer": cards.told(given.answers[0]).rstrip(".")})
    elif given.left and all(one.why == "same" for one in given.left) and _told_before(request, given):
        return
    by_why: dict[str, list[str]] = {}
    for one in given.left:
        by_why.setdefault(one.why, []).append(one.pitch.line)
    for why, lines in by_why.items():
        if why != "same" or not given.answers:
            messages.warning(request, _left(why) % {"lines": _named(lines)})


def _told_before(request: HttpRequest, given: review.Given) -> bool:
    """The same answer to the same pitches is the same press; then say what it did."""
    pitches = [one.pitch for one in given.left]
    page = pitches[0].page
    batch = access.one_press_of(page, pitches, access.signed_in(request))
    return bool(batch and twice.tell(request, access.pressed(page, batch), batch))


def _left(why: str) -> str:
    """Why pitches were left as they are, with a place for their lines."""
    return {
        "same": _("Nothing new: these had this very answer already: %(lines)s."),
        "changed": _("Left as they are, since their senders changed them after you saw them: %(lines)s."),
        "here": _("Left as they are, since they are behind that door already: %(lines)s."),
        PitchState.WITHDRAWN: _("Left as they are, since their senders took them back: %(lines)s."),
        PitchState.LAPSED: _("Left as they are, since their last day has passed: %(lines)s."),
        PitchState.QUARANTINE: _("Left as they are, since they are in quarantine: %(lines)s."),
        PitchState.ARRIVED: _("Left as they are, since they have only just come: %(lines)s."),
    }.get(why, _("Left as they are, since they have been answered already: %(lines)s."))


def _named(lines: list[str]) -> str:
    """Some lines in quotes, and how many more there are."""
    some = pgettext("between two quoted lines", ", ").join(_("“%(line)s”") % {"line": line} for line in lines[:NAMED])
    more = len(lines) - NAMED
    if more <= 0:
        return some
    said = ngettext("%(lines)s and %(count)s more", "%(lines)s and %(count)s more", more)
    return said % {"lines": some, "count": more}


@helped(Role.SCREENER, in_turns=True)
@require_POST
def undo(request: HttpRequest, page: Page, batch: UUID) -> HttpResponse:
    """Take back all that was given at one press and has not gone out. Pressing twice is no error."""
    access.batch_of(page, batch)
    back = review.undo_batch(page, batch, by=access.signed_in(request))
    said = list(_returned(back)) or [(messages.INFO, _("All of it was taken back before."))]
    for level, words in said:
        messages.add_message(request, level, words)
    return see("desk:outgoing") if request.POST.get("back") == "outgoing" else see("desk:inbox")


def _returned(back: review.Back) -> Iterable[tuple[int, str]]:
    """What came back and what did not, in sentences. None, where it was all taken back before."""
    if back.back:
        words = ngettext("Undone. %(count)s pitch waits again.", "Undone. %(count)s pitches wait again.", back.back)
        yield messages.SUCCESS, words % {"count": back.back}
    if back.gone:
        words = ngettext(
            "%(count)s answer has gone out already.", "%(count)s answers have gone out already.", back.gone
        )
        yield messages.WARNING, words % {"count": back.gone}
    if back.moved:
        words = ngettext(
            "%(count)s pitch has moved on since, and stays where it is.",
            "%(count)s pitches have moved on since, and stay where they are.",
            back.moved,
        )
        yield messages.WARNING, words % {"count": back.moved}
