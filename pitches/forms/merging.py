"""Two tabs, one form: what was typed in the later one, with what only the other one changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict


def merged(typed: QueryDict, now: Mapping[str, Any], names: Iterable[str]) -> QueryDict:
    """What was typed, with these fields as they are now; a field that is not there now goes."""
    both = typed.copy()
    for name in names:
        value = now.get(name)
        both.pop(name, None)
        if value is not None and value is not False:
            both[name] = "on" if value is True else str(value)
    return both


def in_words(value: Any) -> str:
    """A value of a page as a sentence can hold it."""
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "✓", False: "–", None: "–", "": "–"}.get(value, str(value))
