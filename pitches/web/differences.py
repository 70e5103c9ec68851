"""Differences: what a sender changed in a pitch, in words. The owner reads it beside the letter."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import helping, products
from pitches.forms.fields import Either, Text
from pitches.forms.groups import GROUPS
from pitches.models import Asked, Fact, Payer, Pitch, PitchState, Revision, RevisionKind
from pitches.web import letter
from portal.templatetags.portal import day, when

AROUND = 5  # words that stay in sight on each side of what differs
ALIKE = 0.3  # with less in common, all of it is new
TOKENS = re.compile(r"\s+|\w+(?:[.,]\d+)*|[^\w\s]")
LABELS: dict[str, Promise] = {
    "line": gettext_lazy("In one line"),
    "why": gettext_lazy("Why readers would care"),
    "link": gettext_lazy("Link"),
    "ask": gettext_lazy("Asks for"),
    "payer": gettext_lazy("Who pays"),
    "last_day": gettext_lazy("Last useful day"),
    "detail": gettext_lazy("More detail"),
    "language": gettext_lazy("Language"),
    "category": gettext_lazy("About"),
    "machine_for": gettext_lazy("A machine, in the name of"),
    "news.sealed": gettext_lazy("What is sealed"),
}
TITLES: dict[str, Promise] = {
    RevisionKind.CHANGE: gettext_lazy("Changed on %(day)s"),
    RevisionKind.FOLLOW_UP: gettext_lazy("Followed up on %(day)s"),
    RevisionKind.MOVE: gettext_lazy("Changed with the move on %(day)s"),
}


@dataclass(frozen=True)
class Piece:
    """Some words: `same`, `was`, `new`, or `gap` for words left out."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """One answer that differs; `prose`: in the language of the pitch."""

    label: str
    pieces: list[Piece]
    prose: bool = False


@dataclass(frozen=True)
class Difference:
    """What one follow-up changed, or all changes before a pitch was read."""

    title: str
    parts: list[Part]


def of(pitch: Pitch) -> list[Difference]:
    """What differs, the newest first. One query, and none for a pitch as it came."""
    if pitch.version == 1:
        return []
    rows = pitch.revisions.order_by("version")
    runs = [list(run) for _key, run in groupby(rows, key=_run)]
    found = [_difference(pitch, run) for run in reversed(runs)]
    return [one for one in found if one.parts]


@dataclass(frozen=True)
class Added:
    """A note of the sender, or the answer to a question of the owner."""

    at: datetime
    text: str
    question: str = ""
    asked_by: str = ""  # who asked it for the owner


def notes(pitch: Pitch) -> list[Added]:
    """What its sender added in notes and said to questions, the oldest first. One query, more where somebody helped."""
    found, question, by = [], "", None
    for event in pitch.events.filter(what__in=(Fact.NOTED, Fact.REPLIED, PitchState.ASKED)).order_by("pk"):
        if event.what == PitchState.ASKED:
            question, by = event.note, event.by_id
        elif event.what == Fact.REPLIED:
            helped = helping.names_of(pitch.page, {by} if by else ())
            found.append(Added(event.at, event.note, question, helped.get(by or 0, "")))
        else:
            found.append(Added(event.at, event.note))
    return found


def _run(row: Revision) -> int:
    """Changes after each other are read as one; every follow-up and every move by itself."""
    return 0 if row.kind == RevisionKind.CHANGE else row.version


def _difference(pitch: Pitch, run: list[Revision]) -> Difference:
    was: dict[str, Any] = {}
    became: dict[str, Any] = {}
    for row in run:
        was = row.was | was
        became = became | row.became
    title = str(TITLES[run[-1].kind]) % {"day": day(run[-1].at, pitch.page.timezone)}
    names = sorted((name for name in was if was[name] != became[name]), key=_place)
    return Difference(title, [part(pitch, name, was[name], became[name]) for name in names])


def _place(name: str) -> tuple[int, str]:
    """In the order of the form."""
    known = [*LABELS]
    return known.index(name) if name in known else len(known), name


def part(pitch: Pitch, name: str, was: Any, became: Any) -> Part:
    """One answer, as it was and as it is: word by word where it is prose."""
    words = worded(pitch, name, was), worded(pitch, name, became)
    prose = _is_prose(name)
    return Part(label(name), list(pieces(*words)) if prose else list(_whole(*words)), prose)


# ── in words ─────────────────────────────────────────────────────────────────
def label(name: str) -> str:
    """What an answer is called; an own question by its words."""
    group, _dot, rest = name.partition(".")
    if name in LABELS:
        return str(LABELS[name])
    return rest if group == "own" else str(GROUPS[group].fields()[rest].label)


def worded(pitch: Pitch, name: str, value: Any) -> str:
    """An answer as a reader says it; what is sealed is never said."""
    if value in ("", None):
        return ""
    known = {"ask": dict(Asked.choices), "payer": dict(Payer.choices)}.get(name)
    if known:
        return str(known.get(value, value))
    if name == "category":
        return products.name_of(value)
    if name == "last_day":
        return day(date.fromisoformat(value))
    if name == "news.sealed":
        return "" if value == "sealed" else _("It was sealed anew.")
    field = _field(name)
    return _of_group(pitch, name, field, value) if field else str(value)


def _of_group(pitch: Pitch, name: str, field: forms.Field, value: Any) -> str:
    if name in ("news.lifts_at", "event.starts"):
        return _moment(pitch, value)
    if isinstance(field, Either):
        return str(dict(field.widget.choices)[field.to_python(value)])
    return letter.amount(value) if isinstance(field, forms.DecimalField) else letter.said(field, value)


def _moment(pitch: Pitch, text: str) -> str:
    """At the clock of the page; a time without an offset is that of the place."""
    if "T" not in text:
        return day(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    return when(moment.replace(tzinfo=moment.tzinfo or pitch.page.zone), pitch.page.timezone)


def _field(name: str) -> forms.Field | None:
    group, _dot, rest = name.partition(".")
    return GROUPS[group].fields().get(rest) if group in GROUPS else None


def _is_prose(name: str) -> bool:
    own = name in ("line", "why", "detail") or name.startswith("own.")
    return own or (name != "news.sealed" and isinstance(_field(name), Text))


def in_words(pitch: Pitch, became: Mapping[str, Any], limit: int) -> str:
    """What would be new, a line for each answer, for a note instead; cut off at a limit (characters)."""
    lines = [f"{label(name)}: {worded(pitch, name, value) or _('no longer')}" for name, value in became.items()]
    text = "\n".join(lines)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


# ── word by word ─────────────────────────────────────────────────────────────
def pieces(was: str, new: str) -> Iterator[Piece]:
    """Two texts as one, with what was taken out and what was put in; long parts that are the same are left out."""
    old, fresh = TOKENS.findall(was), TOKENS.findall(new)
    matcher = SequenceMatcher(None, old, fresh, autojunk=False)
    if matcher.ratio() < ALIKE:
        yield from _whole(was, new)
        return
    runs = _joined([(tag == "equal", old[a:b], fresh[c:d]) for tag, a, b, c, d in matcher.get_opcodes()])
    for place, (same, before, after) in enumerate(runs):
        if same:
            yield from _cut(after, first=place == 0, last=place == len(runs) - 1)
        else:
            yield from _whole("".join(before), "".join(after))


Run = tuple[bool, list[str], list[str]]


def _joined(runs: list[Run]) -> list[Run]:
    """A space or a comma between two changes belongs to both."""
    found: list[Run] = []
    for place, (same, before, after) in enumerate(runs):
        between = 0 < place < len(runs) - 1 and not any(token[0].isalnum() for token in after)
        if found and not found[-1][0] and (not same or between):
            found[-1] = (False, found[-1][1] + before, found[-1][2] + after)
        else:
            found.append((same, before, after))
    return found


def _cut(tokens: list[str], *, first: bool, last: bool) -> Iterator[Piece]:
    head, tail = ([] if first else tokens[: 2 * AROUND]), ([] if last else tokens[-2 * AROUND :])
    if len(tokens) <= len(head) + len(tail) + 2:
        yield Piece("same", "".join(tokens))
        return
    if head:
        yield Piece("same", "".join(head))
    yield Piece("gap", " … ")
    if tail:
        yield Piece("same", "".join(tail))


def _whole(was: str, new: str) -> Iterator[Piece]:
    if was.strip():
        yield Piece("was", was)
    if new.strip():
        yield Piece("new", new)
