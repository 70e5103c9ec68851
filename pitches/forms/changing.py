"""What a sender fills in to change a pitch that was handed in, or to add a note to it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches import embargo
from pitches.forms import fields
from pitches.forms.groups import Group
from pitches.forms.groups.base import no_errors
from pitches.forms.pitch import PitchForm, typed_in
from pitches.intake import NOTE_LIMIT
from pitches.models import Asked, Door, Pitch


class ChangeForm(PitchForm):
    """The form of a door around a pitch that waits behind it. What was proven stays as it is."""

    def __init__(self, *args: Any, pitch: Pitch, door: Door | None = None, **kwargs: Any) -> None:
        super().__init__(*args, door=door or pitch.door, initial=typed_in(pitch, door), **kwargs)
        del self.fields["form_key"]
        for name in self.CONTACT:
            self.fields[name].disabled = True
        self.fields["email"].help_text = _("Your name and address were proven with this pitch, so they stay.")
        self._keep_what_it_asked(pitch)
        row, self.pitch = embargo.of(pitch), pitch
        if row and row.sealed and "news" in self.parts:
            self._keep_what_is_sealed()
        if row and embargo.lifted(row) and "news" in self.parts:
            self._keep_what_has_lifted()

    def _keep_what_is_sealed(self) -> None:
        """Sealed words are on no page any more, not even for whoever holds the link. Left empty they stay."""
        sealed = self.fields["news.sealed"]
        self.initial["news.sealed"], sealed.required = "", False
        sealed.help_text = _("Encrypted. Leave it empty to keep what you sealed, or write all of it anew.")

    def _sealed(self) -> embargo.Secret | None:
        secret = super()._sealed()
        return replace(secret, text=embargo.own_words(self.pitch)) if secret and not secret.text else secret

    def _keep_what_it_asked(self, pitch: Pitch) -> None:
        """Also when the door does not offer that any more."""
        ask = self.fields["ask"]
        assert isinstance(ask, forms.ChoiceField)
        ask.choices = [(value, label) for value, label in Asked.choices if value in {*self.door.may_ask, pitch.ask}]

    def _keep_what_has_lifted(self) -> None:
        """A moment that has come is no more to be changed, and no error."""
        for name in ("news.lifts_at", "news.zone"):
            self.fields[name].disabled = True
        self.groups: list[Group] = [
            replace(group, check=no_errors) if group.name == "news" else group for group in self.groups
        ]


class NoteForm(forms.Form):
    """A line that is added to a pitch."""

    note = fields.Text(
        label=_("Your note"),
        max_length=NOTE_LIMIT,
        lines=True,
        widget=forms.Textarea({"rows": 3, "data-count": NOTE_LIMIT}),
        error_messages={"required": _("Write your note.")},
    )
