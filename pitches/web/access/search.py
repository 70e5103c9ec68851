"""What a search shows: the pitches of the page that it found, with the words that matched."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, TextField
from django.db.models.expressions import RawSQL

from pitches.models import Door, Page, Pitch
from pitches.web.access.lists import pitches_of, with_replies
from pitches.web.access.rows import at_home

START, STOP = "\x02", "\x03"  # round each match; they are taken out of the words first
_BARE = "translate(%s, E'\\x02\\x03', '')"
# To work the configuration out from the language costs more than the headline.
_CONFIG = "coalesce((SELECT config FROM pitches_findable WHERE pitch_id = pitches_pitch.id), 'simple')::regconfig"
_HEADLINE = f"ts_headline({_CONFIG}, {{words}}, %s::tsquery, %s)"
_MARKS = f"StartSel={START}, StopSel={STOP}"
_LINE = _HEADLINE.format(words=_BARE % "pitches_pitch.line")
_TEXT = _HEADLINE.format(words=_BARE % "pitches_pitch.why || ' ' || pitches_pitch.detail")


class Found(NamedTuple):
    """Of a pitch that a search found, what sorts it into lists and under others."""

    pk: int
    at: datetime
    state: str
    cluster: int | None


def sorted_found(page: Page, pks: Iterable[int], narrow: Q) -> list[Found]:
    """Those of these pitches that are asked for, the newest first. One query."""
    rows = pitches_of(page).filter(narrow, pk__in=list(pks)).order_by("-handed_in_at", "-pk")
    found = rows.values_list("pk", "handed_in_at", "state", "cluster")
    return [Found(pk, at, state, cluster) for pk, at, state, cluster in found if at]


def found_here(page: Page, pks: Iterable[int], stems: Iterable[str], doors: Iterable[Door]) -> dict[int, Pitch]:
    """These pitches of the page, with `marked_line` and `marked_text` where words were typed. One query.

    `doors` are those of the page: each join less is a millisecond less to plan.
    """
    words = " | ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
    rows = with_replies(page).filter(pk__in=list(pks)).select_related("sender__agency", "reply_link", "assigned_to")
    if words:
        line = _marked(_LINE, words, "HighlightAll=true")
        text = _marked(_TEXT, words, "MaxFragments=1, MaxWords=18, MinWords=8")
        rows = rows.annotate(marked_line=line, marked_text=text)
    return {row.pk: row for row in at_home(page, rows, doors)}


def _marked(sql: str, words: str, how: str) -> RawSQL:
    return RawSQL(sql, (words, f"{_MARKS}, {how}"), output_field=TextField())  # noqa: S611 (typed words are a parameter)
