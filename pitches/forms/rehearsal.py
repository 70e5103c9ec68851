"""What is to be rehearsed: other rules, other figures, another exception, a door that stands otherwise.

All fields show what is so now; only what is changed is proposed, for the whole of the time that is rehearsed.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import rules
from pitches.forms.hours import MOST_CARDS, whole
from pitches.forms.rules import ExceptionForm, RulesForm
from pitches.models import Agency, Door, DoorState, Page, Rule
from pitches.models.relationship import LADDER
from pitches.rehearsal import OF_RULE, Proposal, RuleChange

STATES = [
    (DoorState.OPEN.value, gettext_lazy("Open")),
    (DoorState.INVITED.value, gettext_lazy("By invitation")),
    (DoorState.CLOSED.value, gettext_lazy("Closed")),
]


class TableForm(RulesForm):
    """The table of the rules with the settings that decide, as a question."""

    tell_me_now = None  # type: ignore[assignment]  # None takes the field of the rules away
    seen = None  # type: ignore[assignment]
    cards = whole(gettext_lazy("Pitches in one session"), 1, MOST_CARDS)

    def __init__(self, typed: Mapping[str, str], *, page: Page, decided: Iterable[Rule]) -> None:
        self.now = rules.cells_of(decided) | {"cards": page.cards, "promise_days": page.promise_days}
        self.now["newcomer_percent"] = round(page.newcomer_share * 100)
        super().__init__({name: typed.get(name, value) for name, value in self.now.items()}, page=page, decided=[])

    def changed(self) -> dict[str, Any]:
        """What is otherwise than it is now, by the name of the field."""
        return {name: value for name, value in self.cleaned_data.items() if value != self.now[name]}

    def rules(self) -> list[RuleChange]:
        """The cells of the table that differ, one change for each standing."""
        changed = self.changed()
        found = []
        for standing in LADDER:
            cells = {column: f"{column}_{standing}" for column in OF_RULE}
            said = {column: changed[name] for column, name in cells.items() if name in changed}
            found += [RuleChange(said, standing=standing)] if said else []
        return found

    def figures(self) -> dict[str, Any]:
        """The settings of the page that differ."""
        changed = self.changed()
        found: dict[str, Any] = {name: changed[name] for name in ("cards", "promise_days") if name in changed}
        share = changed.get("newcomer_percent")
        return found if share is None else found | {"newcomer_share": share / 100}


class DoorChangeForm(forms.Form):
    """How one door would stand."""

    state = forms.ChoiceField(label=gettext_lazy("It says"), choices=STATES)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("For whom it opens"),
        choices=[(one.value, one.label) for one in reversed(LADDER)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose somebody, or close the door.")},
    )
    places_per_week = forms.IntegerField(
        label=gettext_lazy("New people in a week"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=gettext_lazy("Empty: as many as come"),
    )
    floor_amount = forms.DecimalField(
        label=gettext_lazy("Least budget of a paid offer"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Empty: none. Offers below it are held aside."),
    )

    def __init__(self, typed: Any = None, *, door: Door) -> None:
        self.door = door
        super().__init__(typed, prefix="at", initial={name: getattr(door, name) for name in self.base_fields})
        if door.state == DoorState.UNTIL:
            self.fields["state"].choices = [(door.state, door.get_state_display()), *STATES]  # type: ignore[attr-defined]

    def clean_floor_amount(self) -> Decimal | None:
        """A floor needs a currency, and only the editor asks for one."""
        amount = self.cleaned_data["floor_amount"]
        if amount is not None and not self.door.floor_currency:
            raise forms.ValidationError(_("Choose a currency for this door first, in its editor."))
        return amount

    def said(self) -> dict[str, Any]:
        """What is otherwise than it is now."""
        now = {name: getattr(self.door, name) for name in self.fields}
        found = {name: value for name, value in self.cleaned_data.items() if value != now[name]}
        if set(self.cleaned_data["tiers"]) == set(now["tiers"]):
            found.pop("tiers", None)
        return found


class WhatIf:
    """The three forms of the page together. `typed`: the query of the address."""

    def __init__(
        self, typed: Any, *, page: Page, decided: list[Rule], doors: Iterable[Door], agencies: Iterable[Agency]
    ) -> None:
        hung = list(doors)
        self.table = TableForm(typed, page=page, decided=decided)
        asked = any(name.startswith("x-") and value for name, value in typed.items())
        self.exception = ExceptionForm(typed if asked else None, doors=hung, agencies=agencies, prefix="x")
        self.choice = DoorChoiceForm(typed, doors=hung)
        chosen = next((door for door in hung if door.slug == typed.get("door")), None)
        shown = chosen is not None and typed.get("shown") == chosen.slug
        self.door = DoorChangeForm(typed if shown else None, door=chosen) if chosen else None

    @property
    def wrong(self) -> forms.Form | None:
        """The first form with a problem."""
        forms_ = (self.table, self.exception, self.choice, self.door)
        return next((form for form in forms_ if form is not None and form.is_bound and not form.is_valid()), None)

    def proposal(self) -> Proposal:
        """What is proposed, once nothing is wrong."""
        changes = self.table.rules()
        if self.exception.is_bound:
            said = self.exception.said()
            door, agency = said.pop("door"), said.pop("agency")
            who = {"standing": said.pop("standing"), "door": door and door.pk, "agency": agency and agency.pk}
            changes.append(RuleChange({name: value for name, value in said.items() if value not in ("", None)}, **who))
        at = self.door.said() if self.door and self.door.is_bound else {}
        doors = {self.door.door.pk: at} if self.door and at else {}
        return Proposal(self.table.figures(), tuple(changes), doors)


class DoorChoiceForm(forms.Form):
    """Which door would stand otherwise."""

    door = forms.ChoiceField(label=gettext_lazy("A door"), required=False)

    def __init__(self, typed: Any, *, doors: Iterable[Door]) -> None:
        super().__init__({"door": typed.get("door", "")})
        names = [(door.slug, door.name) for door in doors]
        self.fields["door"].choices = [("", _("None")), *names]  # type: ignore[attr-defined]
