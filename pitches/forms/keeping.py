"""What a desk keeps beside a pitch: a remark, tags; and the name of a view."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pitches.book import normalised
from pitches.forms import fields
from pitches.review import LONGEST_NAME, LONGEST_REMARK, LONGEST_TAG, MOST_TAGS


class RemarkForm(forms.Form):
    """Something noted about a pitch, for the desk."""

    text = fields.Text(
        label=_("A note for the desk"),
        help_text=_("Whoever sits at this desk reads it. Its sender never does."),
        lines=True,
        rows=2,
        max_length=LONGEST_REMARK,
        error_messages={"required": _("Write something down first.")},
    )


class PitchTagsForm(forms.Form):
    """All tags of a pitch, with commas between them."""

    tags = fields.Text(
        label=_("Tags"), max_length=400, required=False,
        help_text=_("With commas between them, such as: spring issue, ask Sam. Its sender never sees them."),
    )  # fmt: skip

    def clean_tags(self) -> list[str]:
        """Each once, in small letters."""
        found = normalised(self.cleaned_data["tags"].split(","))
        if len(found) > MOST_TAGS:
            said = ngettext("Keep at most %(most)d tag.", "Keep at most %(most)d tags.", MOST_TAGS)
            raise ValidationError(said, "most", {"most": MOST_TAGS})
        if long := next((tag for tag in found if len(tag) > LONGEST_TAG), None):
            words = _("Make “%(tag)s” shorter: a tag has at most %(most)d characters.")
            raise ValidationError(words, "long", {"tag": long, "most": LONGEST_TAG})
        return found


class ViewForm(forms.Form):
    """What somebody calls a view of the inbox."""

    name = fields.Text(
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Give the view a name."),
            "max_length": _("Give the view a name of at most %(limit_value)d characters."),
        },
    )
