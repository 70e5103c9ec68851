"""After a yes: what the sender reads, by the standing before it. A stranger gets terms, a trusted sender the owner."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pitches import offers
from pitches.handoffs import late
from pitches.models import AnswerKind, Handoff, Page, Pitch, Standing
from portal import clock
from portal.templatetags.portal import day, when, zone_city

Text = str | Promise
HOURS = 3  # how many reading hours a trusted sender is shown
# What the owner may write into words of their own, and what stands there when a sender reads them.
PLACES = ("name", "door", "date", "hour")
_PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
_NOT_WORDS = ("direct", "needed")


@dataclass(frozen=True)
class HandoffText:
    """The words of a handoff. `label` is what the audience will be told; `direct`: may write to the owner's mailbox.

    `needed`: what the sender must still give, one question each.
    """

    title: Text
    brief: Text
    label: Text
    next_step: Text
    follow_up: Text
    direct: bool = False
    needed: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """All that is said below the title, in order."""
        return [str(line) for line in (self.brief, self.label, self.next_step, self.follow_up) if line]


_ACQUAINTANCE = HandoffText(
    title=gettext_lazy("What happens now"),
    brief=gettext_lazy(
        "This is a first acquaintance, so the terms come first: %(name)s alone decides what is published and when, and "
        "tells the audience who pays."
    ),
    label="%(label)s",
    next_step=gettext_lazy(
        "Keep your material at hand, and one person who can answer questions. If anything is needed, it comes to "
        "%(email)s."
    ),
    follow_up=gettext_lazy("%(name)s has a note to come back to this by %(follow_up)s."),
)
HANDOFFS: dict[Standing, HandoffText] = {
    Standing.STRANGER: _ACQUAINTANCE,
    Standing.INTRODUCED: _ACQUAINTANCE,
    Standing.KNOWN: HandoffText(
        title=gettext_lazy("What happens now"),
        brief=gettext_lazy("You have worked together before, so in short: the same terms as last time."),
        label="%(label)s",
        next_step=gettext_lazy("Have the material that you offered ready by %(hour)s, the next reading hour."),
        follow_up=gettext_lazy("%(name)s has a note to come back to you by %(follow_up)s."),
    ),
    Standing.TRUSTED: HandoffText(
        title=gettext_lazy("What happens now"),
        brief=gettext_lazy(
            "You have a direct line: answer the mail that brought this yes. It goes straight to %(name)s, past the "
            "ledge."
        ),
        label="%(label)s",
        next_step=gettext_lazy("The next reading hours: %(hours)s."),
        follow_up=gettext_lazy("%(name)s has a note to follow up by %(follow_up)s."),
        direct=True,
    ),
}
# What the audience must be told, by the computed label (pitches/disclosure.py).
LABELS: dict[str, Text] = {
    "ad": pgettext_lazy("disclosure", "The label will be “Advert”, because money is involved."),
    "affiliate": pgettext_lazy("disclosure", "The label will be “Earns a commission”, because sales are paid for."),
    "gift": pgettext_lazy("disclosure", "The label will be “Gift”, because something of value is given."),
    "none": pgettext_lazy("disclosure", "Nothing is paid or given, so it will carry no label."),
}


def words(pitch: Pitch) -> HandoffText:
    """What follows the yes to this pitch. A sentence whose date is not known is left out."""
    return words_of(pitch, Handoff.objects.filter(pitch=pitch).first())


def words_of(pitch: Pitch, handoff: Handoff | None) -> HandoffText:
    """The same for a handoff that is at hand, also one that was never stored: the preview of a plan."""
    standing = Standing((handoff.standing if handoff else pitch.standing) or Standing.STRANGER)
    facts = _facts(pitch, handoff)
    text = HANDOFFS.get(standing, _ACQUAINTANCE)
    said = {part.name: _filled(getattr(text, part.name), facts) for part in fields(text) if part.name not in _NOT_WORDS}
    if handoff is None:
        return _with(text, said)
    own = {"brief": handoff.brief, "next_step": handoff.next_step}
    said |= {part: in_place(mine, pitch, facts["follow_up"], facts["hour"]) for part, mine in own.items() if mine}
    return replace(_with(text, said), needed=tuple(_needed(handoff)))


def _with(text: HandoffText, said: dict[str, Any]) -> HandoffText:
    return replace(text, **said)


def in_place(text: str, pitch: Pitch, date: str, hour: str) -> str:
    """Words of the owner's, with what stands in place of {name}, {door}, {date} and {hour}."""
    known = {"name": pitch.name, "door": pitch.door.name, "date": date, "hour": hour or _("the next reading hour")}
    return _PLACE.sub(lambda found: known[found[1]], text)


def next_step(handoff: Handoff) -> str:
    """What the sender was told to do next, for whoever takes it."""
    return str(words_of(handoff.pitch, handoff).next_step)


def _needed(handoff: Handoff) -> list[str]:
    """The questions without an answer, the others named as optional."""
    if handoff.done_at or (handoff.given_at and not handoff.given):
        return []
    there = [text for text, _given in late.pairs(handoff)]
    optional = _("%(question)s (optional)")
    return [
        one["text"] if one["required"] else optional % {"question": one["text"]}
        for one in handoff.questions
        if one["text"] not in there
    ]


def _facts(pitch: Pitch, handoff: Handoff | None) -> dict[str, str]:
    page = pitch.page
    hours = [_moment(page, hour) for hour in islice(page.hours_from(clock.now()), HOURS)]
    by = page.next_hour(_went_out(pitch))
    return {
        "name": page.first_name,
        "email": pitch.email,
        "label": str(LABELS.get(offers.label_of(pitch) if pitch.pk and handoff else pitch.label, LABELS["none"])),
        "hour": _moment(page, by) if by else "",
        "hours": "; ".join(hours),
        "follow_up": day(handoff.follow_up_on) if handoff else "",
    }


def _went_out(pitch: Pitch) -> datetime:
    """When the yes went out. What is to be done by the next hour after it stays due at that very hour."""
    said = pitch.answers.filter(kind=AnswerKind.YES, sent_at__isnull=False) if pitch.pk else None
    last = said.order_by("-pk").values_list("sent_at", flat=True).first() if said is not None else None
    return last or clock.now()


def _moment(page: Page, moment: datetime) -> str:
    return _("%(moment)s %(city)s time") % {
        "moment": when(moment, page.timezone),
        "city": zone_city(page.timezone),
    }


def _filled(text: Text, facts: dict[str, str]) -> str:
    pattern = str(text)
    unknown = any(f"%({name})s" in pattern for name, value in facts.items() if not value)
    return "" if unknown else pattern % facts
