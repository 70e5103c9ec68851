"""The bar under a list: what can be said at once to all that is picked in it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from pitches.models import Page, Pitch
from pitches.models.pitch import ON_THE_LEDGE
from pitches.web import access, cards


def bar(request: HttpRequest, page: Page, rows: Sequence[Pitch]) -> dict[str, Any]:
    """What the bar is drawn from; nothing, where nothing can be picked or somebody only reads. One query."""
    seat = access.seat(request)
    if seat is None or not seat.may_sort or not any(row.state in ON_THE_LEDGE for row in rows):
        return {}
    many = {"days": cards.laters(page)}
    return {"many": many | {"doors": access.doors_of(page)} if seat.may_answer else many}
