"""What leaves together, minute by minute: the answers in the house, sent or taken back at one press."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Coalesce, TruncMinute
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pitches import replies, review
from pitches.models import Answer, AnswerKind, Page, Role
from pitches.notify import as_read
from pitches.web import access, cards, keyset, together
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # an answer of a sitting that goes on has no moment yet
ORDER = ("leaves", "given_at", "pk")


@dataclass
class Minute:
    """What leaves in one minute; without a moment, after a sitting that goes on.

    `count`: how many there are; `mails`: how many of them are mails, for what was put aside is none.
    """

    moment: datetime | None
    count: int
    mails: int
    rows: list[Answer] = field(default_factory=list)
    presses: list[together.Together] = field(default_factory=list)

    @property
    def which(self) -> str:
        """How the forms call it."""
        return self.moment.isoformat() if self.moment else review.SITTING

    @property
    def each(self) -> list[Answer]:
        """An answer of each line."""
        return [*(press.first for press in self.presses), *self.rows]

    @property
    def leaves(self) -> datetime | None:
        """When the first of them leaves, to the second."""
        return min((row.goes_out_at for row in self.each if row.goes_out_at), default=None)

    @property
    def gone(self) -> bool:
        """Has the moment of all of them come?"""
        return self.moment is not None and all(row.goes_out_at <= clock.now() for row in self.each if row.goes_out_at)

    @property
    def elsewhere(self) -> int:
        """How many are not listed here."""
        return max(0, self.count - len(self.rows) - sum(press.count for press in self.presses))


def minutes(page: Page, after: str, most: int) -> tuple[list[Minute], int | str]:
    """The minutes with so many answers in all, and behind which answer it goes on. As many queries as for one.

    What was given at one press is one line, at the top.
    """
    held = access.held_answers(page)
    by_minute = held.annotate(minute=TruncMinute("goes_out_at", tzinfo=UTC)).order_by("minute").values("minute")
    counted = by_minute.annotate(count=Count("pk"), mails=Count("pk", filter=~Q(kind=AnswerKind.LATER)))
    found = {row["minute"]: Minute(row["minute"], row["count"], row["mails"]) for row in counted}
    presses = together.staying(page)
    rows, more = _rows(held.filter(together.apart(presses)), after, most)
    for given in rows:
        _minute(found, given).rows.append(_worn(given))
    for press in presses if not after else ():
        _minute(found, press.first).presses.append(press)
        for given in press.rows:
            _worn(given)
    return [minute for minute in found.values() if minute.each], more


def _rows(held: Any, after: str, most: int) -> tuple[list[Answer], int | str]:
    rows = held.annotate(leaves=Coalesce("goes_out_at", NEVER)).select_related("pitch__door", "pitch__page", "door")
    shown = list(keyset.behind(rows, ORDER, after)[: most + 1])
    return shown[:most], shown[most - 1].pk if len(shown) > most else ""


def _minute(found: dict[datetime | None, Minute], given: Answer) -> Minute:
    moment = given.goes_out_at.replace(second=0, microsecond=0) if given.goes_out_at else None
    return found.setdefault(moment, Minute(moment, 1, int(given.kind != AnswerKind.LATER)))


def _worn(given: Answer) -> Answer:
    words = {"read": as_read.words_of(given), "language": replies.language_of(given.pitch)}
    return cards.wear(given, told=cards.told(given), on_its_way=cards.on_its_way(given), **words)


def _which(request: HttpRequest) -> datetime | str:
    said = request.POST.get("which", "")
    if said in (review.ALL, review.SITTING):
        return said
    try:
        minute = datetime.fromisoformat(said)
    except ValueError as error:
        raise Http404 from error
    if minute.tzinfo is None:
        raise Http404
    return minute


@helped(Role.ASSISTANT)
@require_POST
def send(request: HttpRequest, page: Page) -> HttpResponse:
    """Let all of a group go at once."""
    count = review.send_together(page, _which(request), by=access.signed_in(request))
    said = ngettext("One answer is on its way.", "%(count)s answers are on their way.", count) % {"count": count}
    messages.success(request, said if count else _("They are on their way already."))
    return see("desk:outgoing")


@helped(Role.SCREENER, in_turns=True)
@require_POST
def undo(request: HttpRequest, page: Page) -> HttpResponse:
    """Take all of a group back; the pitches wait again."""
    count = review.undo_together(page, _which(request), by=access.signed_in(request))
    said = ngettext("Undone. One pitch waits again.", "Undone. %(count)s pitches wait again.", count)
    if count:
        messages.success(request, said % {"count": count})
        if count >= review.AT_MOST * review.TURNS and (left := access.held_answers(page).count()):
            words = ngettext("%(count)s answer is still in the house: so many at once are the most. Press again.",
                             "%(count)s answers are still in the house: so many at once are the most. Press again.",
                             left)  # fmt: skip
            messages.warning(request, words % {"count": left})
    else:
        messages.warning(request, _("Nothing of it is in the house any more."))
    return see("desk:outgoing")
