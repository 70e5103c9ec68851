"""What a letter shows beside the words: money, label, terms, seconds to read. Desk and sender see the same."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.forms.groups import COMPENSATION, GROUPS
from pitches.models import Pitch

WORDS_A_MINUTE = 238  # silent reading (Brysbaert 2019)
WORDS_AROUND = 30  # names and facts, on every letter
LABELS = {"ad": gettext_lazy("Advert"), "affiliate": gettext_lazy("Affiliate"), "gift": gettext_lazy("Gift")}
SAID_ABOVE = frozenset({"type", "min", "max", "currency"})  # these are the money line


def dress(pitch: Pitch) -> Pitch:
    """Put on a pitch what components/letter.html reads from it."""
    for name, value in {
        "money_text": money(pitch.groups.get("paid", {})),
        "label_text": str(LABELS.get(pitch.label, "")),
        "terms": list(terms(pitch)),
        "reading_seconds": reading_seconds(pitch),
    }.items():
        setattr(pitch, name, value)
    return pitch


def reading_seconds(pitch: Pitch) -> int:
    """How long the letter takes to read, without what is folded away."""
    words = len(f"{pitch.line} {pitch.why}".split()) + WORDS_AROUND
    return round(words * 60 / WORDS_A_MINUTE)


def money(paid: dict[str, Any]) -> str:
    """The offer in one line: "A flat fee, 2,400–3,000 GBP"."""
    kind = str(dict(COMPENSATION).get(paid.get("type", ""), ""))
    if paid.get("min") is None or paid.get("max") is None:
        return kind
    ends = [number_format(Decimal(str(paid[end])), force_grouping=True) for end in ("min", "max")]
    words = {"kind": kind, "range": "–".join(dict.fromkeys(ends)), "currency": paid.get("currency", "")}
    return _("%(kind)s, %(range)s %(currency)s") % words


def terms(pitch: Pitch) -> list[tuple[str, str]]:
    """The rest of the groups, as (question, answer)."""
    found = []
    for name, values in pitch.groups.items():
        fields = GROUPS[name].fields() if name in GROUPS else {}
        found += [
            (str(field.label), _said(field, values[key]))
            for key, field in fields.items()
            if key in values and key not in SAID_ABOVE
        ]
    return found


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.widget.choices).get(value, value))
    moment = field.to_python(value) if isinstance(field, forms.DateField) else None
    return date_format(moment, "j F Y") if moment else str(value)
