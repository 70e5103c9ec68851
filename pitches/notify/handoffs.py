"""After a yes: what the sender reads, by the standing before it. A stranger gets terms, a trusted sender the owner."""

from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pitches.models import Handoff, Page, Pitch, Standing
from portal import clock
from portal.templatetags.portal import day, when, zone_city

Text = str | Promise
HOURS = 3  # how many reading hours a trusted sender is shown


@dataclass(frozen=True)
class HandoffText:
    """The words of a handoff. `label` is what the audience will be told; `direct`: may write to the owner's mailbox."""

    title: Text
    brief: Text
    label: Text
    next_step: Text
    follow_up: Text
    direct: bool = False

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
    handoff = Handoff.objects.filter(pitch=pitch).first()
    standing = Standing((handoff.standing if handoff else pitch.standing) or Standing.STRANGER)
    facts = _facts(pitch, handoff)
    text = HANDOFFS.get(standing, _ACQUAINTANCE)
    said = {part.name: _filled(getattr(text, part.name), facts) for part in fields(text) if part.name != "direct"}
    return HandoffText(**said, direct=text.direct)


def _facts(pitch: Pitch, handoff: Handoff | None) -> dict[str, str]:
    page = pitch.page
    hours = [_moment(page, hour) for hour in islice(page.hours_from(clock.now()), HOURS)]
    return {
        "name": page.first_name,
        "email": pitch.email,
        "label": str(LABELS.get(pitch.label, LABELS["none"])),
        "hour": hours[0] if hours else "",
        "hours": "; ".join(hours),
        "follow_up": day(handoff.follow_up_on) if handoff else "",
    }


def _moment(page: Page, moment: datetime) -> str:
    return _("%(moment)s %(city)s time") % {
        "moment": when(moment, page.timezone),
        "city": zone_city(page.timezone),
    }


def _filled(text: Text, facts: dict[str, str]) -> str:
    pattern = str(text)
    unknown = any(f"%({name})s" in pattern for name, value in facts.items() if not value)
    return "" if unknown else pattern % facts
