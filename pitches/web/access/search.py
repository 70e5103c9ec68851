"""What a search shows: the pitches of the page that it found, with the words that matched."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q, TextField
from django.db.models.expressions import RawSQL

from pitches.models import Page
from pitches.models.pitch import PitchQuerySet
from pitches.web.access.lists import pitches_of, with_replies

START, STOP = "\x02", "\x03"  # round each match; they are taken out of the words first
_BARE = "translate(%s, E'\\x02\\x03', '')"
_HEADLINE = "ts_headline(search_config(pitches_pitch.language)::regconfig, {words}, %s::tsquery, %s)"
_MARKS = f"StartSel={START}, StopSel={STOP}"
_LINE = _HEADLINE.format(words=_BARE % "pitches_pitch.line")
_TEXT = _HEADLINE.format(words=_BARE % "pitches_pitch.why || ' ' || pitches_pitch.detail")


def counted_found(page: Page, pks: Iterable[int], narrow: Q) -> Counter[tuple[int, str, str]]:
    """How many of these pitches there are behind each door, in each state and lane, of those asked for. One query."""
    rows = pitches_of(page).filter(narrow, pk__in=list(pks)).values_list("door_id", "state", "lane")
    return Counter(rows)


def found_here(page: Page, pks: Iterable[int], stems: Iterable[str]) -> PitchQuerySet:
    """These pitches of the page, the newest first, with `marked_line` and `marked_text`."""
    words = " | ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems) or "'-'"
    rows = with_replies(page).filter(pk__in=list(pks))
    line = _marked(_LINE, words, "HighlightAll=true")
    text = _marked(_TEXT, words, "MaxFragments=1, MaxWords=18, MinWords=8")
    return rows.annotate(marked_line=line, marked_text=text).for_desk().order_by("-handed_in_at", "-pk")


def _marked(sql: str, words: str, how: str) -> RawSQL:
    return RawSQL(sql, (words, f"{_MARKS}, {how}"), output_field=TextField())  # noqa: S611 (typed words are a parameter)
