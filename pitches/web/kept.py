"""What the desk keeps beside a pitch, on its page: tags, each with the way to all that have it, and the two forms."""

from typing import Any

from django.http import HttpRequest

from pitches.forms.keeping import PitchTagsForm, RemarkForm
from pitches.models import Pitch
from pitches.web import access


def shown(request: HttpRequest, found: Pitch, wrong: dict[str, Any]) -> dict[str, Any]:
    """What it is drawn from; `wrong` has the forms that came back with errors: tags, remark."""
    return {
        "tags_form": wrong.get("tags") or PitchTagsForm(initial={"tags": ", ".join(found.tags)}, auto_id="tags_%s"),
        "remark_form": wrong.get("remark") or RemarkForm(auto_id="remark_%s"),
        "me": access.signed_in(request).pk,
    }
