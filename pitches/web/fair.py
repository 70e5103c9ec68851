"""A fair no to everything that has waited too long: the words beforehand, one press, and undo for all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods

from pitches import replies, review
from pitches.models import AnswerKind, Lane, Page, Reason, Role
from pitches.notify import as_read
from pitches.web import access, lanes, twice
from pitches.web.owned import helped
from pitches.web.redirects import SeeOther, see
from portal import clock, locks

USUAL = (7, 14, 21)  # days
ALL = "all"


@dataclass(frozen=True)
class Age:
    """One choice of how long somebody must have waited, and how many have."""

    value: str
    label: str | Promise
    before: datetime
    meant: str | Promise = ""  # who that is, in a sentence
    count: int = 0
    trusted: int = 0

    @property
    def counted(self) -> str:
        """How many there are, in words where counting stopped."""
        return lanes.counted(lanes.WAITS, self.count)

    @property
    def trusted_words(self) -> str:
        """How many of them are people the owner trusts, likewise."""
        return lanes.counted(lanes.WAITS, self.trusted)


@helped(Role.ASSISTANT, in_turns=True)
@require_http_methods(["GET", "HEAD", "POST"])
def fair_no(request: HttpRequest, page: Page) -> HttpResponse:
    """GET says how many it would be and shows the very words; POST gives the answers."""
    if request.method != "POST":
        return _offer(request, page, request.GET.get("days", ""))
    before = _moment(request.POST.get("before", ""))
    if before is None:
        problem = _("Look at the list again, and choose how old they have to be.")
        return _offer(request, page, request.POST.get("days", ""), problem=problem, status=422)
    batch = _press(request.POST.get("press", ""))
    with locks.alone(f"fair no: {page.pk} {batch}") as mine:
        count = _say(request, page, before, batch) if mine else 0
    if not mine:
        messages.info(request, _("This is still being done."))
        return see("desk:inbox")
    left = review.older(page, before)[: lanes.MOST + 1].count()
    if count or not twice.tell(request, access.pressed(page, batch), batch):
        _tell(request, count)
    if count >= review.AT_MOST * review.TURNS:
        _tell_left(request, left)
    if not left:
        return see("desk:inbox")
    return SeeOther(reverse("desk:fair_no", query={"days": request.POST.get("days", "")}))


def _say(request: HttpRequest, page: Page, before: datetime, batch: UUID) -> int:
    """How many are answered. None at a press that was there before; nobody else may be at the same one."""
    if access.pressed(page, batch).exists():
        return 0
    return len(review.fair_no(page, by=access.signed_in(request), before=before, batch=batch).answers)


def _offer(request: HttpRequest, page: Page, wanted: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    ages = _counted(page, _ages(page))
    chosen = _chosen(ages, wanted or str(page.lapse_days), exactly=bool(wanted))
    words = replies.find(page, Reason.NO_TIME, AnswerKind.NO)
    door = next(iter(access.doors_of(page)), None)
    context: dict[str, Any] = {"page": page, "ages": ages, "chosen": chosen, "problem": problem}
    context |= {"seen": as_read.example(page, door, words) if words and chosen.count else None}
    context |= {"press": uuid4(), "at_once": min(chosen.count, review.AT_MOST * review.TURNS)}
    return render(request, "desk/fair_no.html", context, status=status)


def _ages(page: Page) -> list[Age]:
    now = clock.now()
    label = ngettext_lazy("longer than %(count)d day", "longer than %(count)d days", "count")
    meant = ngettext_lazy(
        "What is on the ledge, or held aside, and has waited longer than %(count)d day.",
        "What is on the ledge, or held aside, and has waited longer than %(count)d days.",
        "count",
    )
    days = sorted({*USUAL, page.lapse_days})
    ages = [Age(str(n), label % {"count": n}, now - timedelta(days=n), meant % {"count": n}) for n in days]
    every = _("Everything that is on the ledge or held aside now. What comes from now on is not meant.")
    return [*ages, Age(ALL, gettext_lazy("however long"), now, every)]


def _counted(page: Page, ages: list[Age]) -> list[Age]:
    """How many have waited so long, and how many of them are people the owner trusts. One query."""
    asked: dict[str, Count] = {}
    for age in ages:
        there = Q(handed_in_at__lt=age.before)
        asked |= {f"n{age.value}": Count("pk", filter=there)}
        asked |= {f"t{age.value}": Count("pk", filter=there & Q(lane=Lane.TRUSTED))}
    found = review.older(page, clock.now())[: lanes.MOST_OPEN + 1].aggregate(**asked)
    return [replace(age, count=found[f"n{age.value}"], trusted=found[f"t{age.value}"]) for age in ages]


def _chosen(ages: list[Age], wanted: str, *, exactly: bool) -> Age:
    """The one that was asked for. Of what lapses nobody waits so long: then the longest that somebody has waited."""
    named = next((age for age in ages if age.value == wanted), None)
    if named and (named.count or exactly):
        return named
    return next((age for age in reversed(ages[:-1]) if age.count), ages[-1])


def _moment(said: str) -> datetime | None:
    """Since before when they wait, as the page said: whoever came after it was looked at is not meant."""
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return min(found, clock.now()) if found and found.tzinfo else None


def _press(said: str) -> UUID:
    """The name of the press, which the form brings along: a second press of it is the same one."""
    try:
        return UUID(said)
    except ValueError:
        return uuid4()


def _tell(request: HttpRequest, count: int) -> None:
    if count:
        words = ngettext(
            "%(count)s pitch gets a fair no. It goes out in ten minutes, and until then you can take it back.",
            "%(count)s pitches get a fair no. It goes out in ten minutes, and until then you can take it back.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nothing has waited so long any more, so nothing was answered."))


def _tell_left(request: HttpRequest, left: int) -> None:
    if left:
        words = ngettext(
            "%(count)s more waits: so many at once are the most. Press again for it.",
            "%(count)s more wait: so many at once are the most. Press again for them.",
            left,
        )
        messages.warning(request, words % {"count": lanes.upto(left, lanes.MOST)})
