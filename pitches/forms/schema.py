"""What the form of a door takes, as JSON Schema 2020-12. tests/test_schema.py holds it to the form.

A pattern that looks into the future is written for a day and for a minute: dates that have passed are refused by their
letters. What no schema can say, and the form refuses: text that is not in Unicode form NFC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django import forms

from pitches import products
from pitches.forms import document, fields
from pitches.forms.groups.base import MOST_MONEY
from pitches.forms.groups.paid import FREE
from pitches.forms.pitch import PitchForm
from pitches.models import Door
from portal import domains, links

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What is at the end, also for readers whose $ stands before a last line end.
END = r"$(?!\n)"
# The spaces of Unicode that are taken off both ends of a text.
SPACE = r"\t\n\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
TAGS = "\U000e0000-\U000e007f"  # as they are: other dialects of expressions do not know this escape
HIDDEN = links.HIDDEN.removesuffix(r"\U000e0000-\U000e007f") + TAGS
UNSEEN = rf"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff{HIDDEN}"
UNSAFE = r"""\u200c\u200d\\<>"'`{}|^"""  # in links
DATE = r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
CALENDAR = rf"(?!0000)(?:{DATE}|02-(?:0[1-9]|1[0-9]|2[0-8]))|{LEAP})"
ATOM = r"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+"
EMAIL = (
    rf"^{ATOM}(?:\.{ATOM})*@[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?(?:\.(?!-)[A-Za-z0-9-]{{1,63}}(?<!-))*"
    rf"\.(?!-)(?:[A-Za-z-]{{2,63}}|[xX][nN]--[A-Za-z0-9]{{1,59}})(?<!-){END}"
)
Schema = dict[str, Any]


def of(door: Door, now: datetime) -> Schema:
    """What the form of a door takes at a moment. Needs the page of the door."""
    form = PitchForm(door=door)
    asked = document.asked(form.fields)
    today = door.page.local_date(now)
    flat = {name: _property(field, today, now) for name, field in asked.items()}
    top = _object(form, {name: field for name, field in asked.items() if "." not in name}, flat)
    for group in form.groups:
        own = {name: field for name, field in asked.items() if name.startswith(f"{group.name}.")}
        top["properties"][group.name] = (
            _object(form, own, flat) | {"title": str(group.title)} | RULES.get(group.name, {})
        )
        if group.needs:
            top["required"].append(group.name)
    return {"$schema": DIALECT, "title": str(door.name)} | top


def _object(form: PitchForm, asked: dict[str, forms.Field], flat: dict[str, Schema]) -> Schema:
    own = {name: name.rpartition(".")[2] for name in asked}
    return {
        "type": "object",
        "properties": {own[name]: flat[name] | _words(form.fields[name]) for name in asked},
        "required": [own[name] for name, field in asked.items() if field.required],
        "additionalProperties": False,
    }


# A rule between the fields of a group: an offer that is not free has figures.
RULES: dict[str, Schema] = {
    "paid": {"if": {"properties": {"type": {"enum": list(FREE)}}}, "else": {"required": ["min", "max", "currency"]}}
}


def _words(field: forms.Field) -> Schema:
    said = {"title": str(field.label or ""), "description": str(field.help_text or "")}
    return {name: words for name, words in said.items() if words}


# ── one field ────────────────────────────────────────────────────────────────
def _property(field: forms.Field, today: date, now: datetime) -> Schema:
    for kind, build in BUILDERS:
        if isinstance(field, kind):
            return build(field, today, now)
    raise TypeError(type(field).__name__)


def _text(field: Any, _today: date, _now: datetime) -> Schema:
    unseen = UNSEEN if field.lines else rf"\n{UNSEEN}"
    edge = f"[^{SPACE}{unseen}]"
    some = rf"(?:{edge}(?:[^{unseen}]*{edge})?)"
    least = {"minLength": 1} if field.required else {}
    empty = "" if field.required else "?"
    return {"type": "string", "maxLength": field.max_length, "pattern": f"^{some}{empty}{END}"} | least


def _link(field: Any, _today: date, _now: datetime) -> Schema:
    host = rf"(?![^/?#:]{{254}})(?:{document.LABEL}\.)+{_endings()}"
    return {
        "type": "string",
        "format": "uri-reference",
        "minLength": 1,
        "maxLength": field.max_length,
        "pattern": rf"^https?://{host}(?::(?:80|443))?(?:[/?#][^{SPACE}{UNSEEN}{UNSAFE}]*)?{END}",
    }


@cache
def _endings() -> str:
    """Top-level domains of ASCII letters, as one expression."""
    return _any_of(sorted(name for name in domains.endings() if name.isalpha()))


def _any_of(words: list[str]) -> str:
    """A short expression for any of these words: what they begin with is written once."""
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[:1], []).append(word[1:])
    may_end = heads.pop("", None) is not None
    ways = [head + (_any_of(rest) if rest != [""] else "") for head, rest in heads.items()]
    if not ways:
        return ""
    return (ways[0] if len(ways) == 1 and not may_end else f"(?:{'|'.join(ways)})") + ("?" if may_end else "")


def _email(field: Any, _today: date, _now: datetime) -> Schema:
    return {"type": "string", "format": "email", "minLength": 1, "maxLength": field.max_length, "pattern": EMAIL}


def _category(field: Any, _today: date, _now: datetime) -> Schema:
    ids = _any_of(sorted(products.accepted(field.opened)))
    return {"type": "string", "pattern": f"^{ids}{END}"}


def _language(_field: Any, _today: date, _now: datetime) -> Schema:
    return {"type": "string", "pattern": rf"^[a-zA-Z]{{2,3}}(?:-[a-zA-Z0-9]{{2,8}})?{END}"}


def _choice(field: Any, _today: date, _now: datetime) -> Schema:
    return {"enum": [value for value, _label in field.choices if value]}


def _either(_field: Any, _today: date, _now: datetime) -> Schema:
    return {"type": "boolean"}


def _money(_field: Any, _today: date, _now: datetime) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": MOST_MONEY}


def _number(field: Any, _today: date, _now: datetime) -> Schema:
    return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}


# ── dates by their letters ───────────────────────────────────────────────────
def not_before(first: str) -> str:
    """An expression for what begins with this text or with one that sorts after it, digit for digit."""
    later = [f"{first[:at]}[{int(digit) + 1}-9]" for at, digit in enumerate(first) if digit.isdigit() and digit < "9"]
    return f"(?={'|'.join([*later, first])})"


def _day(field: Any, today: date, _now: datetime) -> Schema:
    since = not_before(today.isoformat()) if isinstance(field, fields.ComingDay) else ""
    return {"type": "string", "format": "date", "pattern": f"^{since}{CALENDAR}{END}"}


CENTURIES = "(?=2[01])"  # fields.FIRST_YEAR to LAST_YEAR


def _start(_field: Any, today: date, _now: datetime) -> Schema:
    since = not_before(today.isoformat())
    return {"type": "string", "pattern": f"^{CENTURIES}{since}{CALENDAR}(?:T{document.TIME})?{END}"}


def _instant(_field: Any, _today: date, now: datetime) -> Schema:
    return {"type": "string", "pattern": after(now)}


def after(now: datetime) -> str:
    """An expression for moments in UTC, to the minute, that have not come yet."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    since = not_before(f"{minute:%Y-%m-%dT%H:%M}")
    return f"^{CENTURIES}{since}{CALENDAR}T{document.TIME}(?::00)?Z{END}"


Builder = Callable[[Any, date, datetime], Schema]
BUILDERS: tuple[tuple[type[forms.Field], Builder], ...] = (
    (fields.Link, _link),
    (fields.Text, _text),
    (fields.WorkEmail, _email),
    (fields.Category, _category),
    (forms.RegexField, _language),
    (fields.Instant, _instant),
    (fields.Moment, _start),
    (forms.DateField, _day),
    (fields.Either, _either),
    (forms.ChoiceField, _choice),
    (forms.DecimalField, _money),
    (forms.IntegerField, _number),
)
