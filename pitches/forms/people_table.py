"""A table of people as it comes out of a spreadsheet: CSV in UTF-8, the columns in any order."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pitches.book.brought import Brought
from pitches.book.signed import Signed
from pitches.forms import people_cells as cells
from pitches.models import Page
from portal.cells import bare

MOST_ROWS, MOST_BYTES = 2000, 1_000_000
DELIMITERS = ",;\t"
NAMES = {
    "email": ("email", "e-mail", "mail", "address", "email address", "e-mail address"),
    "name": ("name",),
    "company": ("company", "organisation", "organization", "agency"),
    "standing": ("standing", "status"),
    "until": ("until",),
    "door": ("door",),
    "tags": ("tags", "tag"),
    "note": ("note", "notes"),
}
COLUMNS = {word: name for name, words in NAMES.items() for word in words}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one line, and what to do. Without a line: with the file."""

    line: int
    words: str


@dataclass
class Reading:
    """What was read: lines to bring along, or what is wrong; and what is left out, in words."""

    rows: list[Brought] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    signer: Signed | None = None


def read(text: str, page: Page) -> Reading:
    """Read a table. All lines are looked at, so that every problem is named at once."""
    found = Reading()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = list(_lines(text, found))
    if found.problems or not lines:
        nothing = Problem(0, _("There is nothing in it. Put the names of the columns first."))
        found.problems = found.problems or [nothing]
        return found
    (_number, head), *rest = lines
    columns = _columns(head, found)
    if not found.problems and not rest:
        found.problems.append(Problem(0, _("There are no lines below the names of the columns.")))
    if not found.problems and len(rest) > MOST_ROWS:
        words = _("It has %(count)s lines; %(most)s go at once. Split it, and bring the parts one after the other.")
        found.problems.append(Problem(0, words % {"count": len(rest), "most": MOST_ROWS}))
    if not found.problems:
        _read_rows(rest, columns, page, found)
    return found


def _lines(text: str, found: Reading) -> Iterator[tuple[int, list[str]]]:
    """Every line with its number: where it begins, for a cell may have line ends. Empty ones are skipped."""
    skipped = 1 if text[:4].lower() == "sep=" else 0  # how Excel names the delimiter
    text = text.split("\n", skipped)[-1]
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.lstrip("\n").partition("\n")[0]), strict=True)
    number = 1
    try:
        for cells_of_line in reader:
            if any(cell.strip() for cell in cells_of_line):
                yield number + skipped, cells_of_line
            number = reader.line_num + 1
    except csv.Error:
        words = _("The quotation marks do not match up. A cell that holds one needs it doubled, and quotes around it.")
        found.problems.append(Problem(number + skipped, words))


def _delimiter(head: str) -> str:
    """Whatever makes the most known columns of the first line."""
    return max(DELIMITERS, key=lambda mark: sum(_known(cell) != "" for cell in head.split(mark)))


def _known(cell: str) -> str:
    return COLUMNS.get(cell.strip().strip('"').strip().casefold(), "")


def _columns(head: list[str], found: Reading) -> list[str]:
    """What each column is; empty where we do not know it."""
    names = [_known(cell) for cell in head]
    unknown = [cell.strip() for cell, name in zip(head, names, strict=True) if not name and cell.strip()]
    if unknown:
        found.left_out.append(_("Columns that are not read: %(names)s.") % {"names": ", ".join(unknown)})
    if "email" not in names:
        words = _("There is no column “email” in the first line. It says which columns there are: %(names)s.")
        found.problems.append(Problem(1, words % {"names": ", ".join(NAMES)}))
    for name in NAMES:
        if names.count(name) > 1:
            words = _("Two columns are called “%(name)s”. Take one of them out.") % {"name": name}
            found.problems.append(Problem(1, words))
    return names


def _read_rows(lines: list[tuple[int, list[str]]], columns: list[str], page: Page, found: Reading) -> None:
    doors = cells.doors_of(page)
    seen: dict[tuple[str, int | None], int] = {}
    for number, line in lines:
        if any(cell.strip() for cell in line[len(columns) :]):
            words = _("It has more cells than there are columns. A cell with “%(mark)s” in it needs quotes around it.")
            found.problems.append(Problem(number, words % {"mark": ","}))
            continue
        by_name = {name: bare(cell) for name, cell in zip(columns, line, strict=False) if name}
        try:
            row = cells.read(by_name, number, page, doors)
        except ValidationError as wrong:
            found.problems += [Problem(number, words) for words in wrong.messages]
            continue
        place = (row.key, row.door.pk if row.door else None)
        if place in seen:
            words = _("%(who)s stands in line %(line)s already, for the same place. Keep one of the two.")
            found.problems.append(Problem(number, words % {"who": row.key, "line": seen[place]}))
        seen.setdefault(place, number)
        found.rows.append(row)
