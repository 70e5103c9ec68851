"""The bar under a list: what can be said at once to all that is picked in it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from pitches.models import Door, Page, Pitch
from pitches.models.pitch import ON_THE_LEDGE
from pitches.web import access, cards, ready


def bar(
    request: HttpRequest,
    page: Page,
    rows: Sequence[Pitch],
    reasons: list[ready.Ready] | None,
    doors: Sequence[Door],
) -> dict[str, Any]:
    """What the bar is drawn from; nothing, where nothing can be picked or somebody only reads.

    `reasons`: why not, where they have been asked for already; `doors`: of the page. One query, or none.
    """
    seat = access.seat(request)
    if seat is None or not seat.may_sort or not any(row.state in ON_THE_LEDGE for row in rows):
        return {}
    many: dict[str, Any] = {"days": cards.laters(page)}
    if seat.may_answer:
        many |= {
            "doors": [door for door in doors if not door.taken_down_at],
            "reasons": ready.sheets(page)["reasons"] if reasons is None else reasons,
        }
    return {"many": many}
