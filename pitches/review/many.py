"""Many at once: one press answers pitches of one page, and one press takes it all back.

It costs as many queries for a hundred as for one. Each pitch is answered or left alone by itself, and it is said why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pitches import helping, lifecycle
from pitches.models import RANKS, Answer, AnswerKind, Door, Page, Pitch, PitchState, Reason, Role
from pitches.models.pitch import ON_THE_LEDGE, PitchQuerySet
from pitches.models.reading import HOLD
from pitches.review.answering import BECOMES, BadAnswer, check, check_door, dated, dates_after, opened, role_for, worded
from portal import clock
from portal.models import User

MANY = (AnswerKind.LATER, AnswerKind.NO, AnswerKind.WRONG_DOOR)  # a yes and a question are said to one
AT_MOST = 500  # pitches in one transaction: a press that holds a thousand rows is in everybody's way
TURNS = 4  # of so many, at one press
# Of each pitch; a hundred letters that nobody reads would cost more than the answers.
READ = ("page_id", "door_id", "sender_id", "state", "version", "standing", "lapses_at", "back_at", "back_when_open",
        "line", "name", "company", "language")  # fmt: skip


@dataclass(frozen=True)
class Left:
    """A pitch that was left alone, as it is now, and why: its state, "same" (the same answer), "changed" or "here"."""

    pitch: Pitch
    why: str


@dataclass(frozen=True)
class Given:
    """What one press did."""

    batch: UUID
    answers: list[Answer] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True)
class Back:
    """What undo did: how many wait again, how many had gone out, and how many moved on by themselves."""

    back: int
    gone: int
    moved: int


def answer_many(
    page: Page,
    pitches: Iterable[Pitch],
    kind: AnswerKind,
    *,
    by: User,
    reason: str = "",
    text: str = "",
    until: date | None = None,
    door: Door | None = None,
    versions: Mapping[int, int | None] | None = None,
    reply: str = "",
    batch: UUID | None = None,
) -> Given:
    """Give the same answer to pitches of one page, outside a session. Raises BadAnswer or NotAllowed, and then to none.

    `versions`: of each pitch, by its number, as it was read. `reply`: the name of ready words (replies.find).
    """
    until, door = dated(page, kind, reason, until), door if kind == AnswerKind.WRONG_DOOR else None
    if kind not in MANY:
        raise BadAnswer(_("A yes and a question are said to one pitch at a time."))
    check(page, kind, reason, text or reply, until)
    check_door(page, kind, door)
    said: dict[str, Any] = {"kind": kind, "reason": reason, "text": text, "until": until, "door": door}
    ready, given = worded(page, kind, reason, reply, until), Given(batch or uuid4())
    with transaction.atomic():
        said["said_by"] = helping.voice(page, by, role_for(kind))
        good = _to_answer(_held(page, pitches), said, versions or {}, given.left)
        was = {pitch.pk: (pitch.state, pitch.lapses_at) for pitch in good}
        _move(page, good, said, by)
        given.answers[:] = _written(good, was, said, by=by, batch=given.batch, ready=ready)
    return given


def _held(page: Page, pitches: Iterable[Pitch]) -> list[Pitch]:
    """The rows as they are now, in the order they came; nobody changes them before the end of the transaction."""
    order = [pitch.pk for pitch in pitches]
    rows = Pitch.objects.filter(page=page, pk__in=order).order_by("pk").select_for_update(of=("self",), no_key=True)
    found = {pitch.pk: pitch for pitch in rows.only(*READ).prefetch_related("door")}
    for pitch in found.values():
        pitch.page = page
    return [found[pk] for pk in dict.fromkeys(order) if pk in found]


def _to_answer(
    rows: Sequence[Pitch], said: dict[str, Any], versions: Mapping[int, int | None], left: list[Left]
) -> list[Pitch]:
    """Those that may be answered so; the others are put on `left`."""
    why = {row.pk: _why_not(row, said["door"], versions.get(row.pk)) for row in rows}
    answered = [row.pk for row in rows if why[row.pk] in PitchState.values]
    same = _said_already(answered, said)
    left += [Left(row, "same" if row.pk in same else why[row.pk]) for row in rows if why[row.pk]]
    return [row for row in rows if not why[row.pk]]


def _why_not(pitch: Pitch, door: Door | None, version: int | None) -> str:
    if pitch.state not in ON_THE_LEDGE:
        return str(pitch.state)
    if version is not None and version != pitch.version:
        return "changed"
    return "here" if door and door.pk == pitch.door_id else ""


def _said_already(pks: Sequence[int], said: dict[str, Any]) -> set[int]:
    """To which of these this very answer was given before: then somebody pressed twice, and nothing is wrong."""
    if not pks:
        return set()
    same = {name: said[name] for name in ("kind", "reason", "text", "until", "door")}
    rows = Answer.objects.filter(pitch__in=pks, undone_at=None).order_by("pitch_id", "-pk").distinct("pitch_id")
    return set(Answer.objects.filter(pk__in=rows.values("pk"), **same).values_list("pitch_id", flat=True))


def _move(page: Page, good: Sequence[Pitch], said: dict[str, Any], by: User) -> None:
    if not good:
        return
    dates = dates_after(page, said["kind"], said["until"])
    lifecycle.move_many(page, good, BECOMES[said["kind"]], by=by, note=said["text"], opened_at=opened(), **dates)


def _written(
    good: Sequence[Pitch],
    was: Mapping[int, tuple[str, datetime | None]],
    said: dict[str, Any],
    *,
    by: User,
    batch: UUID,
    ready: Callable[[Pitch], Mapping[str, str]],
) -> list[Answer]:
    now = clock.now()
    rows = [
        Answer(
            pitch=pitch,
            was=was[pitch.pk][0],
            lapsed_at=was[pitch.pk][1],
            by=by,
            batch=batch,
            given_at=now,
            goes_out_at=now + HOLD,
            **said,
            **ready(pitch),
        )
        for pitch in good
    ]
    return Answer.objects.bulk_create(rows)


def undo_batch(page: Page, batch: UUID, *, by: User) -> Back:
    """Take back what was given at one press, as far as it has not gone out. Raises NotAllowed."""
    back, moved = undo_some(page, Q(batch=batch), by=by)
    gone = Answer.objects.filter(pitch__page=page, batch=batch, sent_at__isnull=False).count()
    return Back(back, gone, moved)


def undo_some(page: Page, some: Q, *, by: User) -> tuple[int, int]:
    """Take back the held answers that this is true of: how many wait again, how many moved on by themselves."""
    back = moved = last = 0
    for _turn in range(TURNS):
        with helping.turn(back):
            helping.voice(page, by, Role.SCREENER)  # held before the pitches, as everywhere
            # In the order in which answer_many() takes the pitches: two that want the same ones wait in a line.
            rows = Answer.objects.held().filter(some, pitch__page=page, pitch_id__gt=last).order_by("pitch_id")
            given = list(rows.select_related("pitch").select_for_update(of=("self", "pitch"), no_key=True)[:AT_MOST])
            if not given:
                break
            helping.voice(page, by, _least_role(given))
            here = [one for one in given if one.pitch.state == BECOMES[AnswerKind(one.kind)]]
            back += len(lifecycle.unsay_many(page, here, by=by))
            moved, last = moved + len(given) - len(here), given[-1].pitch_id
    return back, moved


def _least_role(given: Sequence[Answer]) -> Role:
    """The least role that may take all of them back."""
    return max((role_for(AnswerKind(one.kind)) for one in given), key=RANKS.index)


def older(page: Page, before: datetime) -> PitchQuerySet:
    """What has been on the ledge since before a moment, held aside or not; the oldest first."""
    rows = Pitch.objects.filter(page=page, state__in=ON_THE_LEDGE, handed_in_at__lt=before)
    return rows.order_by("handed_in_at", "pk")


def fair_no(page: Page, *, by: User, before: datetime, batch: UUID | None = None) -> Given:
    """Tell everybody who has waited since before a moment that nobody got to it: an honest no, one press for all.

    At most TURNS times AT_MOST; older() says what is left.
    """
    given = Given(batch or uuid4())
    for _turn in range(TURNS):
        rows = list(older(page, before)[:AT_MOST])
        with helping.turn(len(given.answers)):
            some = answer_many(page, rows, AnswerKind.NO, by=by, reason=Reason.NO_TIME, batch=given.batch)
        given.answers.extend(some.answers)
        if not some.answers or len(rows) < AT_MOST:
            break
    return given
