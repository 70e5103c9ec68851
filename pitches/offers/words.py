"""The words of terms: plain sentences, the same for both sides, and a digest that both can compare."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from pitches import disclosure, embargo
from pitches.models import Offer, Pitch
from portal import languages

# What the audience is told, by disclosure.strictest().
LABELS: dict[str, Promise] = {
    "ad": pgettext_lazy("terms", "Label: “Advert”, because money is involved."),
    "affiliate": pgettext_lazy("terms", "Label: “Earns a commission”, because sales are paid for."),
    "gift": pgettext_lazy("terms", "Label: “Gift”, because something of value is given."),
    "none": pgettext_lazy("terms", "Label: none, because nothing is paid or given."),
}


def terms(pitch: Pitch, offer: Offer) -> str:
    """The terms of an offer in sentences, one a line: what both read before they agree.

    In the language of the pitch, whoever asks, so that both read the very same.
    """
    with translation.override(_language(pitch)):
        return "\n".join(_sentences(pitch, offer))


def frozen(pitch: Pitch, offer: Offer, at: datetime, helper: str = "") -> str:
    """The terms as they were agreed on, with who agreed and when. `helper`: who did it for the owner, if anybody."""
    with translation.override(_language(pitch)):
        who = side(pitch, by_owner=not offer.by_owner)
        if helper:
            who = _("%(helper)s for %(owner)s") % {"helper": _line(helper), "owner": who}
        words = {"who": who, "when": embargo.moment(at, pitch.page.timezone)}
        return "\n".join([*_sentences(pitch, offer), _("Agreed by %(who)s on %(when)s.") % words])


def digest(text: str) -> str:
    """The SHA-256 of some terms."""
    return hashlib.sha256(text.encode()).hexdigest()


def deal_of(pitch: Pitch, offer: Offer) -> disclosure.Deal:
    """What the terms come to: the pitch says what is given and who has the final say, the offer whether money is."""
    return replace(disclosure.deal(pitch.groups, pitch.ask), money=bool(offer.amount))


def label_of(pitch: Pitch) -> str:
    """What the audience is told, by the agreed terms; before there are any, by the pitch. One query."""
    agreed = Offer.objects.filter(agreement__pitch=pitch).first()
    return disclosure.strictest(deal_of(pitch, agreed)) if agreed else pitch.label


def side(pitch: Pitch, *, by_owner: bool) -> str:
    """The name of one of the two, as it stands in the terms."""
    if by_owner:
        return _line(pitch.page.name)
    words = {"name": _line(pitch.name), "company": _line(pitch.company), "email": pitch.email}
    return (_("%(name)s, %(company)s (%(email)s)") if pitch.company else _("%(name)s (%(email)s)")) % words


def _sentences(pitch: Pitch, offer: Offer) -> Iterator[str]:
    page, deal = pitch.page, deal_of(pitch, offer)
    both = {"owner": side(pitch, by_owner=True), "sender": side(pitch, by_owner=False)}
    yield _("Terms between %(owner)s and %(sender)s.") % both
    yield _("They are about “%(line)s”, reference %(code)s.") % {"line": _line(pitch.line), "code": pitch.code}
    yield _("Delivered: “%(deliverables)s”") % {"deliverables": _line(offer.deliverables)}
    if offer.day:
        day = date_format(offer.day, pgettext("date format", "l j F Y"))
        yield _("All of it is there by %(day)s, %(zone)s time.") % {"day": day, "zone": _city(page.timezone)}
    else:
        yield _("No day is named.")
    if offer.amount:
        sum_ = number_format(offer.amount, decimal_pos=2, force_grouping=True)
        paid = both | {"sum": sum_, "currency": offer.currency}
        yield _("Paid to %(owner)s: %(sum)s %(currency)s.") % paid
    else:
        yield _("No money is paid.")
    yield str(LABELS[disclosure.strictest(deal)])
    if countries := disclosure.in_words(deal):
        yield countries
    if offer.note:
        yield _("Also: “%(note)s”") % {"note": _line(offer.note)}
    proposed = {"who": side(pitch, by_owner=offer.by_owner), "when": embargo.moment(offer.made_at, page.timezone)}
    yield _("Proposed by %(who)s on %(when)s.") % proposed


def _line(text: str) -> str:
    return " ".join(text.split())


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _language(pitch: Pitch) -> str:
    return languages.offered(pitch.language)
