"""A signed book from another installation, read with the same care as a table: whoever signed it may be anybody."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.book import joining, signed
from pitches.book.brought import Brought, Said
from pitches.book.merging import MOST
from pitches.forms import people_cells as cells
from pitches.forms.people_table import Problem, Reading
from pitches.models import LADDER, Door, Page, Standing
from portal import clock

MOST_PEOPLE, MOST_BYTES = 5000, 4_000_000
FAR = 10_000  # days


def looks_like_one(text: str) -> bool:
    """Is this meant to be a book, and no table?"""
    return text.lstrip("\ufeff \r\n\t").startswith("{")


def read(text: str, page: Page) -> Reading:
    """Open a book and read who is in it. One that was altered is not read at all."""
    found = Reading()
    try:
        found.signer = signed.read(text)
    except signed.Altered:
        words = _(
            "This book was altered after it was signed, so nothing of it is taken. Take it out again where it comes "
            "from, and bring the file as it is."
        )
        found.problems.append(Problem(0, words))
    except signed.NoBook:
        found.problems.append(Problem(0, _("This is no book of Halfdoor. Bring the file book.json, or a CSV table.")))
    else:
        _read_entries(found.signer.content, page, found)
    return found


def _read_entries(content: Mapping[str, Any], page: Page, found: Reading) -> None:
    entries = [*_dicts(content.get("people")), *_dicts(content.get("agencies"))]
    if len(entries) > MOST_PEOPLE:
        words = _("It has %(count)s people and agencies; %(most)s go at once.")
        found.problems.append(Problem(0, words % {"count": len(entries), "most": MOST_PEOPLE}))
        return
    doors, missing = cells.doors_of(page), Counter[str]()
    for number, entry in enumerate(entries, start=1):
        try:
            rows = list(_rows(entry, number, doors, missing))
        except ValidationError as wrong:
            found.problems += [Problem(number, words) for words in wrong.messages]
        else:
            found.rows += rows
    known = {row.key for row in found.rows}
    if len(known) < len({(row.key, row.line) for row in found.rows}):
        found.problems.append(Problem(0, _("Somebody stands in it twice.")))
    if not found.problems:
        words = _("This is one mailbox too many: a person has at most %(most)s.") % {"most": MOST}
        found.problems += [Problem(line, words) for line in joining.crowded(page, found.rows)]
    for slug, count in missing.items():
        words = ngettext(
            "%(count)s standing is left out: you have no door “%(slug)s”. Hang it, then bring the book again.",
            "%(count)s standings are left out: you have no door “%(slug)s”. Hang it, then bring the book again.",
            count,
        )
        found.left_out.append(words % {"count": count, "slug": slug[:40]})


def _rows(entry: Mapping[str, Any], number: int, doors: Mapping[str, Door], missing: Counter[str]) -> Iterator[Brought]:
    """Everything about one of them: their own line, and one for each place where they stand."""
    cleaned = cells.Cleaned()
    domain = _text(entry.get("domain"))
    key, email = cleaned.take(lambda: cells.who(f"@{domain}" if domain else _text(entry.get("email"))), ("", ""))
    same = _text(entry.get("same_as"))
    notes = [_text(note.get("text")) for note in _dicts(entry.get("notes"))]
    first = Brought(
        key=key,
        email=email,
        line=number,
        name=cleaned.take(lambda: cells.words(_text(entry.get("name")), _("name")), ""),
        company=cleaned.take(lambda: cells.words(_text(entry.get("company")), _("company")), ""),
        tags=cleaned.take(lambda: cells.tags(_text(tag) for tag in _list(entry.get("tags"))), ()),
        notes=cleaned.take(lambda: tuple(one for text in notes for one in cells.notes(text)), ()),
        same_as=cleaned.take(lambda: cells.who(same)[0] if same else "", ""),
    )
    places = [cleaned.take(partial(_said, row), None) for row in _dicts(entry.get("standings"))]
    cleaned.done()
    yield first
    for row, said in zip(_dicts(entry.get("standings")), places, strict=True):
        slug = _text(row.get("door")).lower()
        if said and slug and slug not in doors:
            missing[slug] += 1
        elif said:
            yield Brought(key=key, email=email, line=number, said=said, door=doors.get(slug))


def _said(row: Mapping[str, Any]) -> Said | None:
    """How they stand at one place; nothing if a pause is over meanwhile."""
    rung, blocked, until = _text(row.get("rung")), row.get("blocked") is True, _moment(row.get("until"))
    if rung not in LADDER:
        raise ValidationError(_("“%(word)s” is no standing.") % {"word": rung[:40]})
    step = Standing(rung) if rung != Standing.STRANGER or row.get("by_hand") is True else None
    said = Said(step, blocked, None if blocked else until)
    return said if said.words else None


def _moment(value: object) -> datetime | None:
    text, now = _text(value), clock.now()
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationError(_("“%(word)s” is no moment.") % {"word": text[:40]}) from error
    if moment is None or moment.tzinfo is None or moment <= now:
        return None
    if (moment - now).days > FAR:
        raise ValidationError(_("“%(word)s” is no moment.") % {"word": text[:40]})
    return moment


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]
