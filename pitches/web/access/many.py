"""Pitches and answers of a page by the handful."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.http import Http404

from pitches.models import Answer, Page, Pitch
from pitches.models.reading import AnswerQuerySet
from pitches.web.access.lists import pitches_of
from portal.models import User


def picked(page: Page, codes: Iterable[str]) -> list[Pitch]:
    """The pitches of the page with these references, in this order; others are passed over. None at all is a 404."""
    order = {code: place for place, code in enumerate(codes)}
    found = sorted(pitches_of(page).filter(code__in=order).only("code"), key=lambda pitch: order[pitch.code])
    if not found:
        raise Http404
    return found


def pressed(page: Page, batch: UUID) -> AnswerQuerySet:
    """What this page gave at one press, if it was pressed; also what was taken back."""
    return Answer.objects.filter(pitch__page=page, batch=batch)


def one_press_of(page: Page, pitches: Sequence[Pitch], by: User) -> UUID | None:
    """At which one press somebody answered these and no others, as far as all of it is still in the house."""
    given = Answer.objects.held().filter(pitch__page=page, pitch__in=[pitch.pk for pitch in pitches], by=by)
    presses = set(given.values_list("batch", flat=True))
    batch = presses.pop() if len(presses) == 1 else None
    return batch if batch and pressed(page, batch).count() == len(pitches) else None


def batch_of(page: Page, batch: UUID) -> AnswerQuerySet:
    """The answers that this page gave at one press, or 404."""
    rows = pressed(page, batch)
    if not rows.exists():
        raise Http404
    return rows
