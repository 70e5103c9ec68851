"""The rules of a page: the table by standing with its settings, an exception, and who would be received how."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import rules
from pitches.forms import fields
from pitches.forms.hours import whole
from pitches.forms.merging import merged
from pitches.models import Agency, Door, Lane, Opens, Page, Rule, Standing
from pitches.models.relationship import LADDER
from pitches.models.rule import MOST_PLACES

LANES = [
    (Lane.TRUSTED.value, gettext_lazy("First: people I trust")),
    (Lane.KNOWN.value, gettext_lazy("Second: people I know")),
    (Lane.FIRST_KNOCK.value, gettext_lazy("Third: first knock")),
]
DOORS = [
    (Opens.INVITED.value, gettext_lazy("Open, and by invitation")),
    (Opens.OPEN.value, gettext_lazy("Open ones")),
    (Opens.NONE.value, gettext_lazy("None without a key")),
]
HEADS = {
    "lane": gettext_lazy("Lane"),
    "opens": gettext_lazy("Doors that open by themselves"),
    "places": gettext_lazy("Pitches in 30 days"),
}
PAGE_FIELDS = ("promise_days", "tell_me_now")


class RulesForm(forms.Form):
    """The table, one row for each standing, and the settings of the page that decide with it."""

    newcomer_percent = whole(
        gettext_lazy("Kept for newcomers, in percent"), 0, 100, gettext_lazy("Of each session, the oldest first")
    )
    promise_days = whole(
        gettext_lazy("The furthest date to promise, in days"),
        1,
        90,
        gettext_lazy("Doors close before a first acquaintance would have to wait longer"),
    )
    tell_me_now = forms.BooleanField(label=gettext_lazy("Last useful day before my next hour"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, page: Page, decided: Iterable[Rule]) -> None:
        self.page = page
        super().__init__(data, initial=_initial(page, decided))
        for standing in LADDER:
            self._add_row(standing)

    @classmethod
    def merged(cls, typed: QueryDict, page: Page, decided: Iterable[Rule], theirs: Iterable[str]) -> "RulesForm":
        """What was typed, with what only somebody else changed, for the version that there is now."""
        now = _initial(page, decided)
        return cls(merged(typed, now, ["seen", *map(cls.field_of, theirs)]), page=page, decided=decided)

    @staticmethod
    def field_of(name: str) -> str:
        """The field in which something of the rules is asked for."""
        return "newcomer_percent" if name == "newcomer_share" else name

    def _add_row(self, standing: Standing) -> None:
        said = {"standing": standing.label}
        self.fields[f"lane_{standing}"] = forms.ChoiceField(label=_("%(standing)s: lane") % said, choices=LANES)
        if standing != Standing.STRANGER:  # which doors are for strangers is public, and said at each door
            label = _("%(standing)s: doors that open by themselves") % said
            self.fields[f"opens_{standing}"] = forms.ChoiceField(label=label, choices=DOORS)
        self.fields[f"places_{standing}"] = whole(_("%(standing)s: pitches in 30 days") % said, 1, MOST_PLACES)

    def rows(self) -> Iterator[tuple[Standing, dict[str, forms.BoundField]]]:
        """The fields of each standing, the nearest people first."""
        for standing in reversed(LADDER):
            names = {column: f"{column}_{standing}" for column in rules.COLUMNS}
            yield standing, {column: self[name] for column, name in names.items() if name in self.fields}

    def clean(self) -> dict[str, Any]:
        """No date may be promised on which the pitch has lapsed."""
        data = super().clean() or {}
        promise, lapse = data.get("promise_days"), self.page.lapse_days
        if promise and promise > lapse and promise != self.page.promise_days:
            said = _("A pitch lapses after %(days)s days, so no later date can be promised.") % {"days": lapse}
            self.add_error("promise_days", said)
        return data

    def cells(self) -> dict[str, Any]:
        """The table, as doors.keep_rules() takes it."""
        table = {name: value for name, value in self.cleaned_data.items() if name.partition("_")[0] in rules.COLUMNS}
        return {f"opens_{Standing.STRANGER}": rules.USUAL[Standing.STRANGER].opens} | table

    def settings(self) -> dict[str, Any]:
        """The settings of the page, as doors.keep_rules() takes them."""
        now, percent = self.page.newcomer_share, self.cleaned_data["newcomer_percent"]
        share = now if percent == round(now * 100) else percent / 100
        return {"newcomer_share": share} | {name: self.cleaned_data[name] for name in PAGE_FIELDS}


def _initial(page: Page, decided: Iterable[Rule]) -> dict[str, Any]:
    found = {name: getattr(page, name) for name in PAGE_FIELDS}
    found |= {"newcomer_percent": round(page.newcomer_share * 100), "seen": page.version}
    return found | rules.cells_of(decided)


class ExceptionForm(forms.Form):
    """One exception: for this door, this agency, or both; from one standing or everybody."""

    door = forms.ChoiceField(label=gettext_lazy("At"), required=False)
    agency = forms.ChoiceField(label=gettext_lazy("From"), required=False)
    standing = forms.ChoiceField(
        label=gettext_lazy("Who stand as"),
        choices=[("", gettext_lazy("Anything")), *((one.value, one.label) for one in reversed(LADDER))],
        required=False,
    )
    lane = forms.ChoiceField(label=HEADS["lane"], choices=[("", gettext_lazy("As usual")), *LANES], required=False)
    opens = forms.ChoiceField(label=HEADS["opens"], choices=[("", gettext_lazy("As usual")), *DOORS], required=False)
    places = forms.IntegerField(
        label=HEADS["places"],
        min_value=1,
        max_value=MOST_PLACES,
        required=False,
        help_text=gettext_lazy("Empty: as usual"),
        error_messages=whole("", 1, MOST_PLACES).error_messages,
    )

    def __init__(self, data: Any = None, *, doors: Iterable[Door], agencies: Iterable[Agency], **more: Any) -> None:
        super().__init__(data, auto_id="id_exception_%s", **more)
        self.doors = {door.slug: door for door in doors}
        self.agencies = {str(agency.pk): agency for agency in agencies}
        names = [(slug, door.name) for slug, door in self.doors.items()]
        self.fields["door"].choices = [("", _("Any door")), *names]  # type: ignore[attr-defined]
        domains = [(pk, agency.domain) for pk, agency in self.agencies.items()]
        self.fields["agency"].choices = [("", _("Anybody")), *domains]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Every contradiction gets its sentence at the field."""
        data = super().clean() or {}
        door, agency = data.get("door"), data.get("agency")
        if self.errors:
            return data
        if not (door or agency):
            self.add_error("door", _("Choose a door, an agency, or both. The table above is for everybody else."))
        elif not (data.get("lane") or data.get("opens") or data.get("places")):
            self.add_error("lane", _("Say what is different: the lane, the doors, or how many pitches."))
        elif door and not agency and data.get("opens"):
            self._public(data)
        return data

    def _public(self, data: Mapping[str, Any]) -> None:
        """For whom a door opens is said at the door, to everybody who comes by."""
        if data["opens"] != Opens.NONE:
            self.add_error("opens", _("For whom a door opens is said at the door itself. Here you can close it."))
        elif not data["standing"]:
            self.add_error("opens", _("To close it for everybody, close the door itself, under Doors."))

    def said(self) -> dict[str, Any]:
        """As doors.except_from_rules() takes it."""
        data = self.cleaned_data
        who = {"door": self.doors.get(data["door"]), "agency": self.agencies.get(data["agency"])}
        return who | {name: data[name] for name in ("standing", *rules.COLUMNS)}


class TryForm(forms.Form):
    """Somebody, and a door."""

    sender = fields.Text(
        label=gettext_lazy("Sender"),
        help_text=gettext_lazy("An address or a name. Empty: a stranger."),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    door = forms.ChoiceField(label=gettext_lazy("Door"), error_messages={"required": gettext_lazy("Choose a door.")})

    def __init__(self, data: Any = None, *, doors: Iterable[Door]) -> None:
        super().__init__(data, auto_id="id_try_%s")
        self.doors = {door.slug: door for door in doors}
        self.fields["door"].choices = [(slug, door.name) for slug, door in self.doors.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Door:
        """The door, once the form is right."""
        return self.doors[self.cleaned_data["door"]]
