"""What is shared: which door, in which tone; and the message that came in somewhere else."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.doors import deflecting
from pitches.forms import fields
from pitches.models import CHANNELS, Came, Door, Page
from portal import clock

LONGEST_MESSAGE = 10_000  # letters of what is pasted
LONG_AGO = timedelta(days=365)


class DoorForm(forms.Form):
    """Where the links lead: the whole page, or one of its doors."""

    door = forms.ChoiceField(label=gettext_lazy("Where it leads"), required=False)

    def __init__(self, *args: Any, doors: Iterable[Door], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doors = {door.slug: door for door in doors}
        names = [(slug, door.name) for slug, door in self.doors.items()]
        self.fields["door"].choices = [("", _("The whole page")), *names]  # type: ignore[attr-defined]

    def chosen(self) -> Door | None:
        """The door; none for the whole page, and for one that is gone."""
        return self.doors.get(self.cleaned_data["door"]) if self.is_valid() else None


class DeflectForm(forms.Form):
    """A message that came in: pasted, to find out who wrote it, or just who it was. What was pasted is not kept."""

    text = fields.Text(
        label=gettext_lazy("What they wrote"),
        help_text=gettext_lazy("Only looked at for a name. It is not kept."),
        max_length=LONGEST_MESSAGE,
        lines=True,
        rows=4,
        required=False,
    )
    who = fields.Text(
        label=gettext_lazy("Who wrote"),
        help_text=gettext_lazy("A name, an agency or a handle. Leave it empty if it stands in the message."),
        max_length=deflecting.LONGEST,
        required=False,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Where it came in"),
        choices=[(one.value, one.label) for one in CHANNELS],
        initial=Came.MESSAGE.value,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say where it came in.")},
    )
    door = forms.ChoiceField(
        label=gettext_lazy("The door that fits"), error_messages={"required": gettext_lazy("Choose a door.")}
    )
    said_on = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say on which day.")},
    )

    def __init__(self, *args: Any, page: Page, doors: Iterable[Door], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.today = page, page.local_date(clock.now())
        self.doors = {door.slug: door for door in doors}
        self.fields["door"].choices = [(slug, door.name) for slug, door in self.doors.items()]  # type: ignore[attr-defined]
        self.fields["said_on"].initial = self.today
        self.fields["said_on"].widget.attrs["max"] = self.today.isoformat()

    def clean_said_on(self) -> Any:
        """Not tomorrow, and not long ago."""
        day = self.cleaned_data["said_on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."), code="future")
        if day < self.today - LONG_AGO:
            raise ValidationError(_("This is more than a year ago."), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        """Somebody wrote: said by the owner, or found in what was pasted."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if {"text", "who"} & set(self.errors):
            return found
        found["who"] = found.get("who") or deflecting.guess(found.get("text", ""), own=self.page.handle)
        if not found["who"]:
            pasted = _("No name stands in the message. Say who wrote it; a name is enough.")
            self.add_error("who", pasted if found.get("text") else _("Say who wrote, or paste the message."))
        return found

    def link(self) -> dict[str, Any]:
        """What doors.deflecting.make() takes."""
        kept = self.cleaned_data
        return {
            "door": self.doors[kept["door"]],
            "who": kept["who"],
            "channel": Came(kept["channel"]),
            "said_on": kept["said_on"],
        }
