"""What makes a public page stale: whoever changes what it shows says so here, and time does by itself.

What a page shows is in its stamp, or it may be five minutes old (the figures of "what to expect").
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Expression, QuerySet, TextField
from django.db.models.expressions import RawSQL

from pitches.models import Came, Door, Fact, Page
from portal import clock, pages

ADDRESS = re.compile(r"/@([a-z0-9-]{1,30})")
# The facts that are seen on the page. They are written with what they tell of, so they say it for most verbs.
SEEN = frozenset(
    {Fact.PUBLISHED, Fact.PAGE_CHANGED, Fact.RULES_KEPT, Fact.DOOR_CHANGED, Fact.DOOR_OPENED, Fact.DOOR_CLOSED}
)

# xmin is the transaction that wrote a row: whoever changes one, by whatever way, changes the stamp.
_STAMP = """md5(concat_ws('.', pitches_page.xmin,
    (SELECT one.xmin FROM pitches_portrait one WHERE one.page_id = pitches_page.id),
    (SELECT string_agg(concat_ws(':', one.id, one.xmin), '.' ORDER BY one.id)
       FROM pitches_door one WHERE one.page_id = pitches_page.id)))"""


def address(path: str, query: str) -> tuple[str, str] | None:
    """What is shown at a path, and in which variant, if that is the same for everybody: settings.SHARED_PAGES."""
    found = ADDRESS.fullmatch(path)
    name, _equals, came = query.partition("=")
    if found is None or (query and (name != "from" or came not in Came.values)):
        return None
    return _subject(found[1]), came


def _subject(handle: str) -> str:
    return f"page:{handle}"


def with_stamp(rows: QuerySet[Page]) -> QuerySet[Page]:
    """Pages with `stamp`: the state of the page, its portrait and its doors, as PostgreSQL counts."""
    stamp: Expression = RawSQL(_STAMP, (), TextField())  # noqa: S611 (nothing of a reader is in it)
    return rows.annotate(stamp=stamp)


def stamp_of(page: Page) -> str:
    """The stamp of a page that came from with_stamp()."""
    return str(vars(page)["stamp"])


def changed(page: Page, *handles: str) -> None:
    """What the page shows has changed; from the commit on nobody sees it as it was. `handles`: others it leaves."""
    for handle in (page.handle, *handles):
        pages.changed(_subject(handle))


def until(page: Page, doors: Iterable[Door]) -> datetime:
    """When the page changes by itself next: a door turns, an hour begins, or the owner's day ends."""
    now = clock.now()
    midnight = now.astimezone(page.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    moments = [midnight, page.next_hour(now)]
    for door in doors:
        moments += [door.opens_at, door.until, door.full_until]
    return min(moment for moment in moments if moment and moment > now)
