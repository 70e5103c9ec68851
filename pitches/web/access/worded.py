"""Questions that the desk asks again and again, worded once: from one time to the next, only the page is another.

Django takes longer to put a question of ten subqueries together than PostgreSQL to answer it.
"""

from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from pitches.models import Page

ANY = -1  # stands for the number of a page
_worded: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}


def row_of(page: Page, key: Hashable | None, question: Callable[[Page], QuerySet[Any, Any]]) -> tuple[Any, ...]:
    """The first row of an answer about a page. One query.

    `key` names the question with all that it depends on beside the number of the page; the time, who asks and what
    they typed are none of that, and such a question has none.
    """
    sql, words = _worded.get(key) or question(page if key is None else Page(pk=ANY)).query.sql_with_params()
    if key is not None:
        _worded[key] = sql, words
    with connection.cursor() as cursor:
        cursor.execute(sql, [page.pk if word == ANY else word for word in words])
        found: tuple[Any, ...] = cursor.fetchone()
    return found
