"""The usual doors, with fit lists to begin with."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Topic:
    """A usual door, with fit lists that can be changed later."""

    name: str | Promise
    blurb: str | Promise
    wants: tuple[str | Promise, ...] = ()
    not_here: tuple[str | Promise, ...] = ()
    may_ask: tuple[str, ...] = ("write", "reply", "quote")
    asks: tuple[str, ...] = ()


TOPICS = {
    "research": Topic(
        gettext_lazy("Original research"),
        gettext_lazy("Numbers my readers can check."),
        (gettext_lazy("Data my readers can download"), gettext_lazy("Results that went badly, too")),
        (gettext_lazy("Surveys of under 100 people"), gettext_lazy("“Studies” behind a sign-up form")),
    ),
    "news": Topic(
        gettext_lazy("Product news"),
        gettext_lazy("Launches and updates, one per company."),
        (gettext_lazy("What changed, and for whom"), gettext_lazy("What it costs")),
        (gettext_lazy("Funding rounds"), gettext_lazy("New logos and new offices")),
    ),
    "sponsorships": Topic(
        gettext_lazy("Sponsorships"),
        gettext_lazy("Paid slots. Say the budget."),
        (gettext_lazy("A budget, even a small one"), gettext_lazy("Something you would buy yourself")),
        (gettext_lazy("Payment in exposure"), gettext_lazy("A say in my opinion")),
        may_ask=("slot", "try"),
        asks=("paid",),
    ),
    "guests": Topic(
        gettext_lazy("Guests"),
        gettext_lazy("People who did the work themselves."),
        (gettext_lazy("Somebody who was in the room"), gettext_lazy("A story that went wrong")),
        (gettext_lazy("Book tours"), gettext_lazy("“Thought leaders”")),
    ),
    "events": Topic(
        gettext_lazy("Events"),
        gettext_lazy("With a date, a place, and what you expect."),
        (gettext_lazy("The date and the place"), gettext_lazy("Who pays for the journey")),
        (gettext_lazy("Webinars"), gettext_lazy("Award dinners")),
    ),
    "products": Topic(
        gettext_lazy("Products to test"),
        gettext_lazy("I test for weeks and say what I found."),
        (gettext_lazy("A loan with a date to send it back"), gettext_lazy("Something that is on sale")),
        (gettext_lazy("A review to be approved before"), gettext_lazy("Unboxing")),
        may_ask=("try", "write"),
    ),
}
