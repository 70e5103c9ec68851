"""What a letter shows beside the words: money, label, terms, seconds to read. Desk and sender see the same."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pitches import disclosure, products
from pitches.forms.fields import Either
from pitches.forms.groups import COMPENSATION, GROUPS
from pitches.models import AnswerKind, Came, Pitch, Reason
from pitches.web import sealed
from portal.templatetags.portal import day, when, zone_city

WORDS_A_MINUTE = 238  # silent reading (Brysbaert 2019)
WORDS_AROUND = 30  # names and facts, on every letter
LONG = 60  # code points; a longer answer is folded away
LABELS = {"ad": gettext_lazy("Advert"), "affiliate": gettext_lazy("Affiliate"), "gift": gettext_lazy("Gift")}
# These are told elsewhere: in a line of their own, or beside the seal.
SAID_ABOVE = frozenset(
    {"type", "min", "max", "currency", "value", "keep", "starts", "lifts_at", "zone", "teaser", "terms"}
)
Facts = list[tuple[str, str]]
# How it came: in answer to a message, with its day; or by a link that the owner had put up.
ANSWERED = {
    Came.MESSAGE: gettext_lazy("Came from a message, %(day)s"),
    Came.MENTION: gettext_lazy("Came from a mention, %(day)s"),
    Came.MAIL: gettext_lazy("Came from an email, %(day)s"),
    Came.COMMENT: gettext_lazy("Came from a comment, %(day)s"),
}
CAME = {
    Came.MESSAGE: gettext_lazy("Came by the link in a message"),
    Came.MENTION: gettext_lazy("Came by the link under a mention"),
    Came.MAIL: gettext_lazy("Came by the link in an email"),
    Came.COMMENT: gettext_lazy("Came by the link under a comment"),
    Came.BIO: gettext_lazy("Came by the link in the bio"),
    Came.BADGE: gettext_lazy("Came by the badge"),
    Came.SIGNATURE: gettext_lazy("Came by the email signature"),
    Came.QR: gettext_lazy("Came by the QR code"),
}


def dress(pitch: Pitch) -> Pitch:
    """Put on a pitch what components/letter.html reads from it. Costs no query."""
    facts = terms(pitch)
    for name, value in {
        "money_text": money(pitch.groups.get("paid", {})),
        "label_text": str(LABELS.get(pitch.label, "")),
        "label_words": disclosure.sentence(pitch.groups, pitch.ask),
        "terms": [fact for fact in facts if not _is_long(fact)],
        "folded": [fact for fact in facts if _is_long(fact)],
        "seal": partial(sealed.for_sender, pitch) if "news" in pitch.groups else None,
        "reading_seconds": reading_seconds(pitch),
    }.items():
        setattr(pitch, name, value)
    return pitch


def came(pitch: Pitch) -> str | partial[str]:
    """By which way of the owner's a pitch came, for the desk; nothing when somebody just found the door."""
    if pitch.again_of_id:
        return partial(tried_again, pitch)  # asks, so only where it is drawn
    link = pitch.reply_link
    if link is None:
        return str(CAME[Came(pitch.came_from)]) if pitch.came_from else ""
    # Translators: Django date format letters, for a day such as "30 June".
    said = date_format(link.said_on, pgettext("date format", "j F"))
    return str(ANSWERED[Came(link.channel)]) % {"day": said}


def tried_again(pitch: Pitch) -> str:
    """That this is another try: as the owner invited, or after another end. Two queries."""
    old = pitch.again_of
    said = old.answers.filter(sent_at__isnull=False).order_by("-pk").first() if old else None
    words = {"day": day(said.given_at, pitch.page.timezone) if said else ""}
    if said and said.reason == Reason.NOT_NOW:
        return _("Tried again, as invited on %(day)s") % words
    if said and said.kind == AnswerKind.NO:
        return _("Tried again, after the no of %(day)s") % words
    return _("Tried again, after an earlier one without an answer")


def _is_long(fact: tuple[str, str]) -> bool:
    return len(fact[1]) > LONG or "\n" in fact[1]


def reading_seconds(pitch: Pitch) -> int:
    """How long the letter takes to read, without what is folded away."""
    words = len(f"{pitch.line} {pitch.why}".split()) + WORDS_AROUND
    return round(words * 60 / WORDS_A_MINUTE)


def money(paid: dict[str, Any]) -> str:
    """The offer in one line: "A flat fee, 2,400–3,000 GBP"."""
    kind = str(dict(COMPENSATION).get(paid.get("type", ""), ""))
    if paid.get("min") is None or paid.get("max") is None:
        return kind
    ends = [amount(paid[end]) for end in ("min", "max")]
    words = {"kind": kind, "range": "–".join(dict.fromkeys(ends)), "currency": paid.get("currency", "")}
    return _("%(kind)s, %(range)s %(currency)s") % words


def amount(value: object) -> str:
    """A sum with its thousands apart."""
    return number_format(Decimal(str(value)), force_grouping=True)


def terms(pitch: Pitch) -> Facts:
    """What the groups tell beside the offer, as (question, answer)."""
    found: Facts = [(_("About"), products.name_of(pitch.category))] if pitch.category else []
    for name in (name for name in GROUPS if name in pitch.groups):
        found += ABOVE.get(name, _nothing)(pitch, pitch.groups[name])
        found += _rest(name, pitch.groups[name])
    return found + [(one["question"], one["answer"]) for one in pitch.groups.get("own", [])]


def _rest(name: str, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, field in GROUPS[name].fields().items():
        if key in values and key not in SAID_ABOVE:
            yield str(field.label), said(field, values[key])


def said(field: forms.Field, value: Any) -> str:
    """An answer of a group as a reader says it."""
    if isinstance(field, Either):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.widget.choices).get(value, value))
    moment = field.to_python(value) if isinstance(field, forms.DateField) else None
    # Translators: Django date format letters, for a day such as "2 June 2026".
    return date_format(moment, pgettext("date format", "j F Y")) if moment else str(value)


def _nothing(_pitch: Pitch, _values: dict[str, Any]) -> Facts:
    return []


def _news(pitch: Pitch, values: dict[str, Any]) -> Facts:
    """The moment in the owner's zone; beside the seal it stands in the sender's, too."""
    moment, zone = datetime.fromisoformat(values["lifts_at"]), pitch.page.timezone
    words = {"moment": when(moment, zone), "city": zone_city(zone)}
    return [(_("Embargo lifts"), _("%(moment)s %(city)s time") % words)]


def _event(pitch: Pitch, values: dict[str, Any]) -> Facts:
    """When it starts: at the clock of the place, or in the owner's zone when an offset was given."""
    text = values["starts"]
    if "T" not in text:
        return [(_("Starts"), day(date.fromisoformat(text)))]
    starts = datetime.fromisoformat(text)
    return [(_("Starts"), when(starts.replace(tzinfo=starts.tzinfo or pitch.page.zone), pitch.page.timezone))]


def _product(_pitch: Pitch, values: dict[str, Any]) -> Facts:
    """Its worth, and whether it stays."""
    kept = _("to keep") if values["keep"] else _("on loan")
    words = {"value": amount(values["value"]), "currency": values["currency"], "kept": kept}
    return [(_("Product"), _("%(value)s %(currency)s, %(kept)s") % words)]


ABOVE = {"news": _news, "event": _event, "product": _product}
