"""Topics of the IAB Content Taxonomy 3.1, to say in one word of a catalogue what a door is about."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "taxonomies/content-taxonomy-3.1.tsv"
HEADINGS = 2  # lines
MOST = 12  # topics that a search shows


@dataclass(frozen=True)
class Subject:
    """A topic of the catalogue: its id, its name, and the names above it, the broadest first."""

    key: str
    name: str
    above: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands, such as "Technology & Computing › Artificial Intelligence"."""
        return " › ".join((*self.above, self.name))


@cache
def subjects() -> dict[str, Subject]:
    """Every topic by its id, in the order of the catalogue."""
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))[HEADINGS:]
    found = {}
    for key, _parent, name, *tiers in rows:
        path = [tier.strip() for tier in tiers[:4] if tier.strip()]
        found[key] = Subject(key, name.strip(), tuple(path[:-1]))
    return found


def search(words: str, most: int = MOST) -> list[Subject]:
    """Topics whose path has all these words: those named so first, the broader before the narrower."""
    wanted = words.casefold().split()[:8]
    if not wanted:
        return []
    hits = [subject for subject in subjects().values() if all(word in subject.path.casefold() for word in wanted)]
    return sorted(hits, key=lambda subject: _rank(subject, wanted))[:most]


def _rank(subject: Subject, wanted: list[str]) -> tuple[bool, bool, int, str]:
    name = subject.name.casefold()
    return not name.startswith(wanted[0]), not all(word in name for word in wanted), len(subject.above), name
