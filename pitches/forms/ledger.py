"""The ledger: whom to look for, a note, tags, the same person, and how the owner stands with somebody."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pitches.book import normalised
from pitches.book.notes import LONGEST as LONGEST_NOTE
from pitches.book.tags import LONGEST, MOST
from pitches.forms import fields
from pitches.forms.decision import VerdictForm
from pitches.models import Door, Page, Sender, Standing

EVERYWHERE = "*"  # no door has this for a short name


class LookForm(forms.Form):
    """Whom to look for. What is in the address and makes no sense asks for nothing."""

    q = forms.CharField(label=_("Name, address or domain"), required=False, max_length=80)
    standing = forms.ChoiceField(label=_("How they stand"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)

    def __init__(self, data: Any, *, tags: Iterable[str]) -> None:
        super().__init__(data, auto_id="look_%s")
        standing, tag = self.fields["standing"], self.fields["tag"]
        assert isinstance(standing, forms.ChoiceField)
        assert isinstance(tag, forms.ChoiceField)
        standing.choices = [("", _("Any standing")), *Standing.choices]
        tag.choices = [("", _("Any tag")), *((name, name) for name in tags)]

    @property
    def asked(self) -> dict[str, str]:
        """What is looked for."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class NoteForm(forms.Form):
    """Something written down about somebody."""

    text = fields.Text(
        label=_("A note"),
        help_text=_("Only this desk sees it."),
        lines=True,
        rows=3,
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Write something down first.")},
    )


class TagsForm(forms.Form):
    """All tags of somebody, with commas between them."""

    tags = fields.Text(
        label=_("Tags"), help_text=_("With commas between them, such as: radio, Berlin. Only this desk sees them."),
        max_length=400, required=False
    )  # fmt: skip

    def clean_tags(self) -> list[str]:
        """Each once, in small letters."""
        found = normalised(self.cleaned_data["tags"].split(","))
        if len(found) > MOST:
            said = ngettext("Keep at most %(most)d tag.", "Keep at most %(most)d tags.", MOST)
            raise ValidationError(said, "most", {"most": MOST})
        if long := next((tag for tag in found if len(tag) > LONGEST), None):
            words = _("Make “%(tag)s” shorter: a tag has at most %(most)d characters.")
            raise ValidationError(words, "long", {"tag": long, "most": LONGEST})
        return found


class SameForm(forms.Form):
    """Who else this is: one of the likely ones, or an address."""

    other = forms.ChoiceField(label=_("Is it one of these?"), required=False, widget=forms.RadioSelect)
    address = fields.WorkEmail(
        label=_("Their other address"), required=False, max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"})
    )  # fmt: skip

    def __init__(self, *args: Any, likely: Iterable[tuple[Sender, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.fields["other"]
        assert isinstance(other, forms.ChoiceField)
        other.choices = [(str(sender.pk), words) for sender, words in likely]
        if not other.choices:
            del self.fields["other"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data.get("other") and not data.get("address"):
            self.add_error("address", _("Choose somebody, or write their other address."))
        return data


class PlaceForm(VerdictForm):
    """How the owner stands with a person or an agency, everywhere or at one door."""

    def __init__(self, *args: Any, page: Page, doors: Iterable[Door], **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        self.doors = {door.slug: door for door in doors}
        self.fields["where"].widget = forms.Select()
        names = [(slug, _("At %(door)s") % {"door": door.name}) for slug, door in self.doors.items()]
        self.place([(EVERYWHERE, _("At every door")), *names])

    def verdict(self) -> dict[str, Any]:
        """The cleaned standing, for relationships.set_by_hand()."""
        return super().verdict() | {"door": self.doors.get(self.cleaned_data["where"])}
