"""What leaves together, by minute or as it was given: the answers in the house, sent or taken back at one press."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Coalesce, TruncMinute
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pitches import replies, review
from pitches.models import Answer, AnswerKind, Page, Role
from pitches.models.reading import AnswerQuerySet
from pitches.notify import as_read
from pitches.web import access, cards, keyset, lanes, together
from pitches.web.owned import helped
from pitches.web.redirects import see
from portal import clock

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # an answer of a session that goes on has no moment yet
ORDER = ("leaves", "given_at", "pk")


@dataclass
class Minute:
    """What leaves in one minute, or what was given at one press; without a moment, after a session that goes on.

    `count`: how many there are; `mails`: how many of them are mails, for what was put off is none; `stay`: how many of
    the mails are not on their way yet, and can be sent at once.
    """

    moment: datetime | None
    count: int
    mails: int
    stay: int
    rows: list[Answer] = field(default_factory=list)
    press: together.Together | None = None

    @property
    def which(self) -> str:
        """How the forms call it."""
        if self.press:
            return str(self.press.batch)
        return self.moment.isoformat() if self.moment else review.SITTING

    @property
    def each(self) -> list[Answer]:
        """An answer of each line."""
        return [self.press.first] if self.press else self.rows

    @property
    def leaves(self) -> datetime | None:
        """When the first of them leaves, to the second."""
        return min((row.goes_out_at for row in self.each if row.goes_out_at), default=None)

    @property
    def last(self) -> datetime | None:
        """When the last one leaves, where that is another minute."""
        return self.press.last if self.press and _to_the_minute(self.press.last) != self.moment else None

    @property
    def stays_until(self) -> datetime | None:
        """When the last of them leaves, to the second: until then something can still be taken back."""
        if self.press:
            return self.press.last
        return max((row.goes_out_at for row in self.rows if row.goes_out_at), default=None)

    @property
    def gone(self) -> bool:
        """Has the moment of all of them come?"""
        return self.moment is not None and all(row.goes_out_at <= clock.now() for row in self.each if row.goes_out_at)

    @property
    def elsewhere(self) -> int:
        """How many are not listed here."""
        return 0 if self.press else max(0, self.count - len(self.rows))


def minutes(page: Page, after: str, most: int) -> tuple[list[Minute], int | str]:
    """The minutes with so many answers in all, and behind which answer it goes on. As many queries as for one.

    What was given at one press stands by itself, also where it leaves bit by bit.
    """
    presses = together.staying(page)
    held = access.held_answers(page).filter(together.apart(presses))
    by_minute = held.annotate(minute=TruncMinute("goes_out_at", tzinfo=UTC)).order_by("minute").values("minute")
    mails = ~Q(kind=AnswerKind.LATER)
    some = {"mails": Count("pk", filter=mails), "stay": Count("pk", filter=mails & _to_come())}
    counted = by_minute.annotate(count=Count("pk"), **some).values_list("minute", "count", "mails", "stay")
    found = {one[0]: Minute(*one) for one in counted}
    rows, more = _rows(held, after, most)
    for given in rows:
        _minute(found, given).rows.append(_worn(given))
    shown = [_of_press(press) for press in presses if not after] + [minute for minute in found.values() if minute.rows]
    return sorted(shown, key=lambda minute: minute.leaves or NEVER), more


def _of_press(press: together.Together) -> Minute:
    for given in press.rows:
        _worn(given)
    first = press.first
    mails = press.count if first.kind != AnswerKind.LATER else 0
    return Minute(_to_the_minute(first.goes_out_at), press.count, mails, mails, press=press)


def _to_come() -> Q:
    """The moment has not come, or there is none yet."""
    return Q(goes_out_at=None) | Q(goes_out_at__gt=clock.now())


def _rows(held: Any, after: str, most: int) -> tuple[list[Answer], int | str]:
    rows = held.annotate(leaves=Coalesce("goes_out_at", NEVER)).select_related("pitch__door", "pitch__page", "door")
    shown = list(keyset.behind(rows, ORDER, after)[: most + 1])
    return shown[:most], shown[most - 1].pk if len(shown) > most else ""


def _minute(found: dict[datetime | None, Minute], given: Answer) -> Minute:
    moment = _to_the_minute(given.goes_out_at)
    mails = int(given.kind != AnswerKind.LATER)
    return found.setdefault(moment, Minute(moment, 1, mails, mails))


def _to_the_minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None


def _worn(given: Answer) -> Answer:
    words = {"read": as_read.words_of(given), "language": replies.language_of(given.pitch)}
    return cards.wear(given, told=cards.told(given), on_its_way=cards.on_its_way(given), **words)


def _which(request: HttpRequest, page: Page) -> datetime | UUID | str:
    said = request.POST.get("which", "")
    if said in (review.ALL, review.SITTING):
        return said
    with suppress(ValueError):
        access.batch_of(page, press := UUID(said))
        return press
    try:
        minute = datetime.fromisoformat(said)
    except ValueError as error:
        raise Http404 from error
    if minute.tzinfo is None:
        raise Http404
    return minute


@helped(Role.ASSISTANT, in_turns=True)
@require_POST
def send(request: HttpRequest, page: Page) -> HttpResponse:
    """Let all of a group go at once."""
    count = review.send_together(page, _which(request, page), by=access.signed_in(request))
    said = ngettext("One answer is on its way.", "%(count)s answers are on their way.", count) % {"count": count}
    messages.success(request, said if count else _("They are on their way already."))
    _tell_left(request, count, access.held_answers(page).exclude(kind=AnswerKind.LATER).filter(_to_come()))
    return see("desk:outgoing")


@helped(Role.SCREENER, in_turns=True)
@require_POST
def undo(request: HttpRequest, page: Page) -> HttpResponse:
    """Take all of a group back; the pitches wait again."""
    count = review.undo_together(page, _which(request, page), by=access.signed_in(request))
    said = ngettext("Undone. One pitch waits again.", "Undone. %(count)s pitches wait again.", count)
    if count:
        messages.success(request, said % {"count": count})
        _tell_left(request, count, access.held_answers(page))
    else:
        messages.warning(request, _("Nothing of it is in the house any more."))
    return see("desk:outgoing")


def _tell_left(request: HttpRequest, count: int, rest: AnswerQuerySet) -> None:
    """What one press was too small for, if it did as much as one press can."""
    if count >= review.AT_MOST * review.TURNS and (left := rest[: lanes.MOST + 1].count()):
        words = ngettext(
            "%(count)s answer is still in the house: so many at once are the most. Press again.",
            "%(count)s answers are still in the house: so many at once are the most. Press again.",
            left,
        )
        messages.warning(request, words % {"count": lanes.upto(left, lanes.MOST)})
