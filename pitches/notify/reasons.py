"""The words behind the keys of a no. They teach; they never scold."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches.models import Answer, Reason
from portal.templatetags.portal import day

Text = str | Promise


@dataclass(frozen=True)
class ReasonText:
    """A reason as the owner chooses it (label), as it is sent (text), and whether trying again makes sense."""

    label: Text
    text: Text
    again: Text


# In the order of the keys 1 to 8. %(date)s is the day from which "not now" may be asked again.
TEXTS: dict[Reason, ReasonText] = {
    Reason.NOT_MY_TOPIC: ReasonText(
        Reason.NOT_MY_TOPIC.label,
        _(
            "Thank you for thinking of my readers. This is outside what I cover, now and later, so I would rather tell "
            "you than keep you waiting. What I do look for stands on each door."
        ),
        _("Please do not send this one again. Another idea is welcome behind a door that fits."),
    ),
    Reason.COVERED: ReasonText(
        Reason.COVERED.label,
        _(
            "I wrote about this recently and have nothing new to add. If you have data that contradicts it, I would "
            "like to see that."
        ),
        _("You may try again with new facts. Say in the first line what is new."),
    ),
    Reason.NOT_NOW: ReasonText(
        Reason.NOT_NOW.label,
        _(
            "The idea is sound and the moment is not. You may send it again from %(date)s on; it will be marked as "
            "invited."
        ),
        _("Trying again makes sense, once that day has come."),
    ),
    Reason.NO_PROOF: ReasonText(
        Reason.NO_PROOF.label,
        _(
            "I could not find anything my readers can verify themselves. With the numbers, the method or a person they "
            "can ask, I would look again."
        ),
        _("You may try again with proof that can be checked."),
    ),
    Reason.ADVERT: ReasonText(
        Reason.ADVERT.label,
        _(
            "This would read as an advert, and my readers come for something else. If you want to buy a slot, my page "
            "says whether there is a door for it and what it costs."
        ),
        _("You may try again as a paid slot, where a door takes those."),
    ),
    Reason.NOT_FOR_READERS: ReasonText(
        Reason.NOT_FOR_READERS.label,
        _("I cannot see what my readers would gain, and their trust is all I have. No reflection on your work."),
        _("You may try again with another angle."),
    ),
    Reason.NO_REASON: ReasonText(
        Reason.NO_REASON.label,
        _("I have decided not to take this further. Thank you for sending it in the way I asked for."),
        "",
    ),
    Reason.OWN_LINE: ReasonText(Reason.OWN_LINE.label, "", ""),
    Reason.NO_TIME: ReasonText(  # for many at once; no key of its own
        Reason.NO_TIME.label,
        _(
            "I did not get to this in time, and I would rather say so than keep you waiting. It says nothing about the "
            "idea."
        ),
        _("You may send it again, best with what is new about it."),
    ),
}


def text_of(reason: Reason, again_on: date | None) -> str:
    """What is sent for a reason, with the day from which it may be asked again; empty for an own line."""
    return _dated(TEXTS[reason].text, again_on)


def words(answer: Answer) -> str:
    """What the sender reads: the personal line first, then the text of the reason, as two paragraphs."""
    text = text_of(Reason(answer.reason), answer.again_on) if answer.reason else ""
    return "\n\n".join(part for part in (answer.text.strip(), text) if part)


def again(answer: Answer) -> str:
    """Whether trying again makes sense; empty where that is left open."""
    return _dated(TEXTS[Reason(answer.reason)].again, answer.again_on) if answer.reason else ""


def _dated(text: Text, again_on: date | None) -> str:
    return str(text).replace("%(date)s", day(again_on))
