"""How rows become a file: as lines of JSON, as a table, or as they are. A part has AT_ONCE rows at most."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.functional import Promise

from pitches.copies.whose import Whose
from portal.cells import guarded

AT_ONCE = 4000
Rows = Callable[[Whose], QuerySet[Any]]
Said = tuple[int, list[Any]]  # the number of a row, and what is said of it


@dataclass(frozen=True)
class Part:
    """A piece of a file, and the row after which the next begins; 0: there is no more."""

    rows: int
    content: bytes
    cursor: int = 0


@dataclass(frozen=True)
class Lines:
    """A file of JSON lines. `fields`: names as they stand in it, with where they come from if that is another."""

    name: str
    about: Promise
    rows: Rows
    fields: str

    def part(self, whose: Whose, cursor: int) -> Part:
        """The rows after `cursor`, as many as one part has."""
        found = list(self.said(whose, cursor))
        more = found[-1][0] if len(found) == AT_ONCE else 0
        return Part(len(found), self.written([values for _pk, values in found]).encode(), more)

    def said(self, whose: Whose, cursor: int) -> Iterator[Said]:
        """Of each row its number and the values of its fields."""
        rows = self.rows(whose).filter(pk__gt=cursor).order_by("pk")
        for pk, *values in rows.values_list("pk", *(path for _name, path in self.columns()))[:AT_ONCE]:
            yield pk, values

    def columns(self) -> list[tuple[str, str]]:
        """The name of each field, and where it comes from."""
        pairs = (one.partition("=") for one in self.fields.split())
        return [(name, path or name) for name, _sign, path in pairs]

    def written(self, rows: list[list[Any]]) -> str:
        """One object on each line; what says nothing is left out."""
        names = [name for name, _path in self.columns()]
        objects = ({name: value for name, value in zip(names, row, strict=True) if value not in (None, "", [], {})}
                   for row in rows)  # fmt: skip
        return "".join(f"{json.dumps(one, ensure_ascii=False, cls=DjangoJSONEncoder)}\n" for one in objects)


class Table(Lines):
    """The same as a table for a spreadsheet, with the mark that tells Excel it is UTF-8."""

    def written(self, rows: list[list[Any]]) -> str:
        """No cell is a formula."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([name for name, _path in self.columns()])
        for row in rows:
            writer.writerow([guarded(_cell(value)) for value in row])
        return f"\ufeff{text.getvalue()}" if rows else ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class Picture:
    """A file as it is."""

    name: str
    about: Promise
    read: Callable[[Whose], bytes]

    def part(self, whose: Whose, cursor: int) -> Part:
        """All of it, if it is there."""
        content = self.read(whose)
        return Part(1 if content else 0, content)
