"""A pitch as a document: JSON, as machines hand it in, read strictly into what the form of a door takes.

Strict means: of the right type, trimmed, NFC, dates in ISO 8601, moments in UTC, links with a scheme and a host in
small ASCII letters. What a person types may be sloppier, for the form helps; what it then refuses is the same.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pitches.forms import fields

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
WRITTEN = {
    "day": re.compile(DAY),
    "when": re.compile(rf"{DAY}(?:T{TIME})?"),
    "utc": re.compile(rf"{DAY}T{TIME}(?::00)?Z"),
    "link": re.compile(rf"https?://(?:{LABEL}\.)+[a-z]+(?::(?:80|443))?(?:[/?#].*)?", re.DOTALL),
    "number": re.compile(r"[0-9]+"),
    "word": re.compile(r"\S+"),
}


class Misshapen(ValueError):
    """The document is not written as a pitch to this door is; the message is the name of the field."""


def _text(field: forms.Field, value: Any) -> str:
    if value.strip() != value:
        raise ValueError
    try:
        cleaned = fields.clean_text(value, lines=getattr(field, "lines", False))
    except ValidationError:
        return value  # the form says what is wrong with it
    if cleaned != value:
        raise ValueError
    return value


def _like(kind: str) -> Callable[[forms.Field, Any], str]:
    def read(_field: forms.Field, value: str) -> str:
        if not WRITTEN[kind].fullmatch(value):
            raise ValueError
        return value

    return read


def _integer(_field: forms.Field, value: float) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    return int(value)


def _as_it_is(field: forms.Field, value: Any) -> Any:
    if value == "":
        raise ValueError
    return value


Reader = Callable[[forms.Field, Any], Any]
# By the class of the field, the special ones first: what JSON must hold, and how it is read.
READERS: tuple[tuple[type[forms.Field], type | tuple[type, ...], Reader], ...] = (
    (fields.Link, str, _like("link")),
    (fields.Text, str, _text),
    (fields.WorkEmail, str, _text),
    (fields.Category, str, _like("number")),
    (forms.RegexField, str, _like("word")),
    (fields.Instant, str, _like("utc")),
    (fields.Moment, str, _like("when")),
    (forms.DateField, str, _like("day")),
    (fields.Either, bool, _as_it_is),
    (forms.ChoiceField, str, _as_it_is),
    (forms.DecimalField, (int, float), _integer),
    (forms.IntegerField, (int, float), _integer),
)
FORM_ONLY = (fields.Zone, forms.UUIDField)  # a moment in UTC needs no zone; a document has its key elsewhere


def asked(found: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """The fields of a form that a document may hold."""
    return {name: field for name, field in found.items() if not isinstance(field, FORM_ONLY)}


def read(found: dict[str, forms.Field], document: Any) -> dict[str, Any]:
    """What a form with these fields takes. Raises Misshapen; all else is for the form to judge."""
    fields_of, data = asked(found), {}
    for name, value in _flat(document, fields_of):
        if name not in fields_of:
            raise Misshapen(name)
        data[name] = _value(name, fields_of[name], value)
    return data


def _flat(document: Any, found: dict[str, forms.Field]) -> Iterator[tuple[str, Any]]:
    groups = {name.partition(".")[0] for name in found if "." in name}
    if not isinstance(document, dict):
        raise Misshapen("")
    for name, value in document.items():
        if "." in name:
            raise Misshapen(name)
        if name not in groups:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{part}", inner) for part, inner in value.items())
        else:
            raise Misshapen(name)


def _value(name: str, field: forms.Field, value: Any) -> Any:
    for kind, holds, reader in READERS:
        if isinstance(field, kind):
            if not isinstance(value, holds):
                raise Misshapen(name)
            try:
                return reader(field, value)
            except ValueError as error:
                raise Misshapen(name) from error
    raise Misshapen(name)
