"""What a story reports: the outcome of a step, a line for it, and when two values say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pitches.models import Pitch


@dataclass
class Outcome:
    """What a step led to, by the names that `expect` uses; and what was wrong whatever was expected."""

    pitch: Pitch | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)


@dataclass
class Line:
    """One line of the report."""

    text: str
    wrongs: list[str]

    def __str__(self) -> str:
        return f"ok     {self.text}" if not self.wrongs else f"WRONG  {self.text}: {'; '.join(self.wrongs)}"


def plain(value: Any) -> Any:
    """Without the types of the YAML reader."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, set):
        return sorted(map(str, value))
    return value if isinstance(value, (int, type(None))) else str(value)


def same(name: str, wanted: Any, got: Any) -> bool:
    """Is this what was expected under this name?"""
    if name in ("errors", "flags"):
        return sorted(map(str, wanted or [])) == sorted(map(str, got or []))
    return bool(plain(wanted) == plain(got))
