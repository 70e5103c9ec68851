"""The rows of the lists at the desk: which are shown, asked of all lists at once, and what a row is drawn from."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from pitches.models import Door, Page, Pitch
from pitches.models.pitch import PitchQuerySet
from pitches.web.access import worded
from pitches.web.access.lists import with_replies

Lists = Mapping[str, PitchQuerySet]


def picked_of(
    page: Page, names: Iterable[str], lists: Callable[[Page], Lists], *, key: Hashable | None
) -> dict[str, list[int]]:
    """The pitches that are first in each of these lists, by number, in its order. One query, or none.

    `key`: see worded.row_of(); the names belong to it.
    """
    names = tuple(names)
    if not names:
        return {}

    def question(page: Page) -> QuerySet[Any, Any]:
        found = lists(page)
        return Page.objects.filter(pk=page.pk).values_list(*(ArraySubquery(found[name].values("pk")) for name in names))

    return dict(zip(names, worded.row_of(page, key and (key, names), question), strict=True))


def rows_of(page: Page, pks: Iterable[int], doors: Iterable[Door]) -> dict[int, Pitch]:
    """These pitches of the page with what their rows show, by number. One query, or none."""
    wanted = list(pks)
    rows = with_replies(page).filter(pk__in=wanted).select_related("assigned_to") if wanted else []
    return {row.pk: row for row in at_home(page, rows, doors)}


def at_home(page: Page, rows: Iterable[Pitch], doors: Iterable[Door]) -> list[Pitch]:
    """The same rows, which know their page and their door: to join both to each is the dearest part of a list."""
    hung, found = {door.pk: door for door in doors}, list(rows)
    for row in found:
        row.page = page
        if row.door_id in hung:
            row.door = hung[row.door_id]
    return found
