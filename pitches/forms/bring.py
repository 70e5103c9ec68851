"""A list of people that is brought along, as a file or pasted; then once more, to agree to what it would change."""

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pitches.forms import book_file, people_table
from pitches.forms.people_table import Reading
from pitches.models import Page

# What a spreadsheet keeps its own files in, and text in another width: by their first bytes.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class BringForm(forms.Form):
    """A file or pasted lines; `packed`: what was looked at a moment ago, `seen`: what it would have changed."""

    file = forms.FileField(
        label=_("A file"),
        help_text=_("CSV in UTF-8, up to 2,000 lines; or book.json from another Halfdoor."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.json,text/csv"}),
    )
    text = forms.CharField(
        label=_("Or paste the lines"),
        help_text=_("With the names of the columns in the first line."),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocomplete": "off", "dir": "auto"}),
    )
    packed = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    known = forms.BooleanField(required=False, label=_("I know this site, and its key is the one shown there."))

    def clean(self) -> dict[str, Any]:
        """One of the two, as text."""
        data = super().clean() or {}
        if data.get("packed"):
            data["content"] = unpack(data["packed"])
        elif data.get("file") is not None:
            data["content"] = decode(data["file"].read(book_file.MOST_BYTES + 1))
        else:
            data["content"] = data.get("text", "")
        if not data["content"].strip():
            raise ValidationError(gettext("Choose a file or paste some lines."), code="nothing")
        is_book = book_file.looks_like_one(data["content"])
        if len(data["content"].encode()) > (book_file.MOST_BYTES if is_book else people_table.MOST_BYTES):
            raise ValidationError(
                gettext("This is more than goes at once: 1 MB for a table, 4 MB for a book."), code="big"
            )
        return data

    def reading(self, page: Page) -> Reading:
        """What is in it. Call it on a valid form."""
        content = self.cleaned_data["content"]
        return book_file.read(content, page) if book_file.looks_like_one(content) else people_table.read(content, page)


def decode(raw: bytes) -> str:
    """A file as text, or why not, and what to do."""
    if raw.startswith(WORKBOOKS):
        raise ValidationError(
            gettext("This is a workbook, and no table. In Excel choose “Save as”, “CSV UTF-8”, and bring that file."),
            code="workbook",
        )
    if raw.startswith(UTF_16):
        raise ValidationError(
            gettext("This file is in UTF-16. Save it again as UTF-8: in Excel it is called “CSV UTF-8”."), code="utf16"
        )
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = gettext("This file is not in UTF-8: line %(line)s has other bytes. Save it again as “CSV UTF-8”.")
        raise ValidationError(said % {"line": line}, code="encoding") from error
    if "\0" in text:
        raise ValidationError(gettext("This is no text. Bring a table as CSV, or book.json."), code="binary")
    return text


def pack(content: str) -> str:
    """What was read, small enough to stand in the page and byte for byte the same when it comes back."""
    return base64.b64encode(zlib.compress(content.encode(), 9)).decode()


def unpack(packed: str) -> str:
    """What `pack` made. Anything else is refused, and nothing grows beyond what a file may have."""
    try:
        raw = base64.b64decode(packed, validate=True)
        opened = zlib.decompressobj().decompress(raw, book_file.MOST_BYTES + 1)
        return decode(opened)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValidationError(gettext("Bring the file again, please."), code="packed") from error
