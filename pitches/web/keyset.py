"""One page of a list after another, by the row that came last: nothing is counted off, nothing shown twice."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

LONGEST = 19  # digits: so many PostgreSQL surely keeps in a bigint, less one


def beyond(order: tuple[str, ...], last: Callable[[str], Any]) -> Q:
    """Rows behind `last`, which tells each column of the order: equal in the first ones, and behind it in the next."""
    found, same = Q(), Q()
    for column in order:
        name = column.removeprefix("-")
        value = last(name)
        found |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return found


def number(text: str) -> int:
    """The number that stands in an address, or 0, which is nobody's."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST else 0


def behind(rows: QuerySet[Any], order: tuple[str, ...], after: str) -> QuerySet[Any]:
    """The rows in their order behind the one with this number, or all, if it is none of them. At most one query."""
    rows = rows.order_by(*order)
    last = rows.filter(pk=number(after)).first() if number(after) else None
    return rows.filter(beyond(order, partial(getattr, last))) if last else rows
