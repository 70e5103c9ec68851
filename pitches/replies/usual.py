"""The words that are ready without anybody having written them: three of a yes, four questions, the reasons of a no.

One table. For each no it also says what would change it and where another try belongs, so that a no is a map. {name},
{door} and {date} are filled in when an answer is given.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches.models import AnswerKind, Fits, Reason

Text = str | Promise


@dataclass(frozen=True)
class Usual:
    """One of them: what the owner chooses (label), what is sent (text); after a no what would change it (again), where
    another try belongs (fits), and that in two words for the owner (hint).
    """

    key: str
    kind: AnswerKind
    label: Text
    text: Text
    again: Text = ""
    fits: Fits | None = None
    hint: Text = ""


def _no(reason: Reason, text: Text, again: Text, fits: Fits, hint: Text = "") -> Usual:
    return Usual(reason.value, AnswerKind.NO, reason.label, text, again, fits, hint)


def _ask(key: str, question: Text) -> Usual:
    return Usual(key, AnswerKind.ASK, question, question)


USUAL = (
    Usual(
        "look",
        AnswerKind.YES,
        _("I will look closer"),
        _("I want to look at this more closely. That is no promise to write about it; you hear from me either way."),
    ),
    Usual(
        "write",
        AnswerKind.YES,
        _("I will write about it"),
        _("I will write about this. When, and what I make of it, I decide alone, so please do not plan with a day."),
    ),
    Usual(
        "slot",
        AnswerKind.YES,
        _("Let us talk about a slot"),
        _("I can imagine this as a paid slot that is labelled as such. Let us talk about what it costs and when."),
    ),
    _ask("cost", _("What does it cost them?")),
    _ask("data", _("May I see the raw data?")),
    _ask("who", _("Who else has this?")),
    _ask("date", _("Is there a date?")),
    # In the order of the keys 1 to 7.
    _no(
        Reason.NOT_MY_TOPIC,
        _(
            "Thank you for thinking of my readers. This is outside what I cover, now and later, so I would rather tell "
            "you than keep you waiting. What I do look for stands on each door."
        ),
        _("Please do not send this one again. Another idea is welcome behind a door that fits."),
        Fits.ELSEWHERE,
        _("not this one again"),
    ),
    _no(
        Reason.COVERED,
        _(
            "I wrote about this recently and have nothing new to add. If you have data that contradicts it, I would "
            "like to see that."
        ),
        _("You may try again with new facts. Say in the first line what is new."),
        Fits.HERE,
        _("again with new facts"),
    ),
    _no(
        Reason.NOT_NOW,
        _(
            "The idea is sound and the moment is not. You may send it again from {date} on; it will be marked as "
            "invited."
        ),
        _("Trying again makes sense, once that day has come."),
        Fits.BY_DATE,
        _("again from a day on"),
    ),
    _no(
        Reason.NO_PROOF,
        _(
            "I could not find anything my readers can verify themselves. With the numbers, the method or a person they "
            "can ask, I would look again."
        ),
        _("You may try again with proof that can be checked."),
        Fits.HERE,
        _("again with proof"),
    ),
    _no(
        Reason.ADVERT,
        _(
            "This would read as an advert, and my readers come for something else. If you want to buy a slot, my page "
            "says whether there is a door for it and what it costs."
        ),
        _("You may try again as a paid slot, where a door takes those."),
        Fits.PAID,
        _("again as a paid slot"),
    ),
    _no(
        Reason.NOT_FOR_READERS,
        _("I cannot see what my readers would gain, and their trust is all I have. No reflection on your work."),
        _("You may try again with another angle."),
        Fits.HERE,
        _("again from another angle"),
    ),
    _no(
        Reason.NO_REASON,
        _("I have decided not to take this further. Thank you for sending it in the way I asked for."),
        "",
        Fits.OPEN,
    ),
    _no(  # for many at once; no key of its own
        Reason.NO_TIME,
        _(
            "I did not get to this in time, and I would rather say so than keep you waiting. It says nothing about the "
            "idea."
        ),
        _("You may send it again, best with what is new about it."),
        Fits.HERE,
        _("again with something new"),
    ),
    _no(Reason.OWN_LINE, "", "", Fits.HERE),  # all that is said is the owner's line
)
KINDS = (AnswerKind.YES, AnswerKind.ASK, AnswerKind.NO)
TEXTS: dict[Reason, Usual] = {Reason(one.key): one for one in USUAL if one.kind == AnswerKind.NO}
# Where the owner may say that another try belongs, after a no of their own: [0] unless they say otherwise.
OWN_FITS = (Fits.HERE, Fits.ELSEWHERE, Fits.OPEN)
HINTS: dict[str, Text] = {
    Fits.HERE.value: _("may try again"),
    Fits.ELSEWHERE.value: _("not this one again"),
    Fits.OPEN.value: "",
}


def fits(reason: str, said: str = "") -> Fits:
    """Where another try belongs: what an answer says of its own, else what its reason says."""
    return Fits(said) if said else TEXTS[Reason(reason)].fits or Fits.OPEN
