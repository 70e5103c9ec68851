"""A proposal: what the owner would have had otherwise. Everything that it leaves out is as it was."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from pitches.models import Door, Page, Rule

OF_PAGE = ("cards", "newcomer_share", "promise_days")
OF_DOOR = ("state", "tiers", "floor_amount", "floor_currency", "places_per_week")
OF_RULE = ("lane", "opens", "places")


@dataclass(frozen=True)
class RuleChange:
    """Other columns for one rule: of a standing, or an exception. `said`: by the names of OF_RULE."""

    said: dict[str, Any]
    standing: str = ""
    door: int | None = None
    agency: int | None = None


@dataclass(frozen=True)
class Proposal:
    """What would have been otherwise: figures of the page, rules, and doors by their number."""

    page: dict[str, Any] = field(default_factory=dict)
    rules: tuple[RuleChange, ...] = ()
    doors: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Does it change nothing?"""
        return not (self.page or self.rules or self.doors)

    def of_page(self, page: Page) -> Page:
        """A page with the proposed figures."""
        other = copy(page)
        for name, value in self.page.items():
            setattr(other, name, value)
        return other

    def of_door(self, door: Door) -> Door:
        """A door as it is proposed. Whoever turns its switch forgets its dates."""
        said, other = self.doors.get(door.pk, {}), copy(door)
        dates: dict[str, Any] = {"opens_at": None, "until": None} if "state" in said else {}
        for name, value in (dates | said).items():
            setattr(other, name, value)
        return other

    def of_rules(self, rules: Iterable[Rule]) -> list[Rule]:
        """Rules with the proposed ones in the place of those for the same."""
        found = {(rule.standing, rule.door_id, rule.agency_id): rule for rule in rules}
        for change in self.rules:
            key = change.standing, change.door, change.agency
            rule = copy(found[key]) if key in found else Rule(standing=key[0], door_id=key[1], agency_id=key[2])
            for name, value in change.said.items():
                setattr(rule, name, value)
            found[key] = rule
        return list(found.values())
