"""Say what just happened, with the way back beside it."""

import json

from django.contrib import messages
from django.http import HttpRequest

from pitches.templatetags.undoing import MARK
from pitches.web import access

UNSEEN = "unseen"  # a message that is spoken, and not drawn: something else on the page shows it


def said(request: HttpRequest, words: str, action: str, **fields: object) -> None:
    """Say it once; "Undo" posts these fields to this address. A list is sent as a field of its own for each."""
    here = access.seat(request)
    if here:  # where it was done, wherever they sit when they read it
        fields[access.DESK] = here.page.pk
    pairs = [
        (name, str(one)) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])
    ]
    messages.success(request, words, extra_tags=MARK + json.dumps({"action": action, "fields": pairs}))
