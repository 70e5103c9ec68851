"""Groups of questions that a door may ask, one module each, and the owner's own questions."""

from collections.abc import Iterable, Mapping
from typing import Any

from pitches.forms.groups.base import CURRENCIES, Group
from pitches.forms.groups.event import EVENT
from pitches.forms.groups.news import NEWS
from pitches.forms.groups.own import own
from pitches.forms.groups.paid import COMPENSATION, PAID
from pitches.forms.groups.product import PRODUCT

__all__ = ["COMPENSATION", "CURRENCIES", "GROUPS", "Group", "needed", "own"]

GROUPS: dict[str, Group] = {group.name: group for group in (PAID, NEWS, EVENT, PRODUCT)}


def needed(asks: Iterable[str], questions: Iterable[Mapping[str, Any]] = ()) -> int:
    """How many answers a door with these groups and own questions needs beside the eight of every door."""
    groups = sum(len(GROUPS[name].needs) for name in set(asks) & GROUPS.keys())
    return groups + sum(bool(question.get("required")) for question in questions)
