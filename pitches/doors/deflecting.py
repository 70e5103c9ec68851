"""Deflecting: a message that came in somewhere else becomes a reply with a link of its own, and then a pitch."""

import re
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from pitches.doors import originals
from pitches.models import Came, Door, ReplyLink
from portal import clock, links, tokens

LIFE = timedelta(days=30)
LONGEST = 120  # letters of a name, as ReplyLink.who takes
# The first line of the answer; the link is the second.
FIRST_LINES: dict[str, Promise] = {
    Came.MESSAGE: gettext_lazy(
        "Thank you for writing. I read pitches in one place, in my own hours, and each gets an answer. "
        "This link is yours and works once:"
    ),
    Came.MENTION: gettext_lazy("Happy to look, in my own hours. This link is yours and works once:"),
    Came.MAIL: gettext_lazy(
        "Thank you for your mail. I read pitches in one place, so that none is lost, and you will get an answer "
        "either way. Please leave it here; the link is yours and works once:"
    ),
    Came.COMMENT: gettext_lazy("Thank you. Please tell me properly, over here. This link is yours and works once:"),
}

SIGNED = re.compile(r"^\s*[-–—―]+\s*(?P<who>\w.*)$")
CLOSING = re.compile(
    r"^(?:all the best|best(?: wishes| regards)?|cheers|sincerely|thank you|yours"
    r"|(?:kind |warm |many )?(?:regards|thanks))[,.! ]*$",
    re.IGNORECASE,
)
HEADER = re.compile(r"^(?P<name>[^@\n]{0,60}?)\s*(?P<handle>@\w{2,30})(?:\s*·.*)?$")  # as a copied post begins
SPEAKS = re.compile(
    r"\b(?:I am|I['’]m|this is|my name is)\s+(?P<name>\w[\w'’-]{0,40}(?: \w[\w'’-]{0,40})?),?\s+"
    r"(?:from|at|with)\s+(?P<house>\w[\w&'’-]{0,40}(?:\.\w[\w-]{0,40}){0,3}(?: [A-Z][\w&'’-]{0,40})?)"
)
HANDLE = re.compile(r"(?<![\w.@])@[A-Za-z0-9_.]{1,29}\w")
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def make(door: Door, who: str, channel: Came, said_on: date) -> ReplyLink:
    """A link for one answer: it binds to a door, works once, and ends after thirty days. The message is not kept."""
    seed = tokens.seed()
    return ReplyLink.objects.create(
        door=door,
        who=who,
        channel=channel,
        said_on=said_on,
        seed=seed,
        token_hash=tokens.digest(tokens.link_token("reply", seed)),
        made_at=clock.now(),
        expires_at=clock.now() + LIFE,
    )


def answer(link: ReplyLink) -> str:
    """Two lines to paste: a sentence in the tone of the channel, and the link."""
    return f"{FIRST_LINES[link.channel]}\n{address(link)}"


def address(link: ReplyLink) -> str:
    """The link as it stands in a reply."""
    return links.absolute(reverse("public:reply_link", args=[link.token]))


def works(link: ReplyLink) -> bool:
    """Has nobody used it, and is it in time?"""
    return link.used_at is None and link.expires_at > clock.now()


def guess(text: str, *, own: str = "") -> str:
    """Who wrote a pasted message: the lines above a mail, its signature, the head of a post, "I'm Ines from Northbeam",
    an address, a handle that is not the owner's `own`. Nothing when it does not say.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = (
        originals.in_text(text).who or _signature(lines) or _head(lines, own) or _speaker(text) or _address(text, own)
    )
    return " ".join(found.split())[:LONGEST].strip(" ,;")


def _signature(lines: list[str]) -> str:
    """The last line, if it begins with a dash; or what stands under "Best regards"."""
    dashed = SIGNED.match(lines[-1]) if len(lines) > 1 else None
    if dashed:
        return dashed["who"]
    for place in range(len(lines) - 1, max(0, len(lines) - 4), -1):
        if CLOSING.match(lines[place - 1]):
            return ", ".join(lines[place : place + 2])
    return ""


def _head(lines: list[str], own: str) -> str:
    for line in lines[:2]:
        head = HEADER.match(line)
        if head and head["handle"].lower() != f"@{own}".lower():
            return f"{head['name']} {head['handle']}"
    return ""


def _speaker(text: str) -> str:
    said = SPEAKS.search(text)
    return f"{said['name']}, {said['house']}" if said else ""


def _address(text: str, own: str) -> str:
    address = ADDRESS.search(text)
    if address:
        return address[0]
    handles = (found for found in HANDLE.findall(text) if found.lower() != f"@{own}".lower())
    return next(handles, "")
