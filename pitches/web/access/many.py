"""Pitches and answers of a page by the handful."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404

from pitches.models import Answer, Page, Pitch
from pitches.models.reading import AnswerQuerySet
from pitches.web.access.lists import pitches_of


def picked(page: Page, codes: Iterable[str]) -> list[Pitch]:
    """The pitches of the page with these references, in this order; others are passed over. None at all is a 404."""
    order = {code: place for place, code in enumerate(codes)}
    found = sorted(pitches_of(page).filter(code__in=order).only("code"), key=lambda pitch: order[pitch.code])
    if not found:
        raise Http404
    return found


def batch_of(page: Page, batch: UUID) -> AnswerQuerySet:
    """The answers that this page gave at one press, or 404."""
    rows = Answer.objects.filter(pitch__page=page, batch=batch)
    if not rows.exists():
        raise Http404
    return rows
