"""From a mail to the answers of a form, as far as a mail tells. Its writer looks them over before anything is sent."""

import re
from itertools import islice

from django.core.exceptions import ValidationError

from pitches.forms.pitch import LINE_LIMIT, WHY_LIMIT
from pitches.inbound import own_words
from pitches.inbound.parsed import Parsed
from portal import links

MOST_LINKS = 20  # that are tried
DETAIL_LIMIT, NAME_LIMIT, LINK_LIMIT = 1200, 80, 500  # as the form has them
AGAIN = re.compile(r"^(?:(?:re|aw|sv|fwd?|wg|tr|rv|pitch)\s*:\s*)+", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'\])}]{3,500}")
GREETING = 40  # letters of a first line that only says hello
SENTENCE = re.compile(r"(?<=[.!?])\s")


def answers(parsed: Parsed) -> dict[str, str]:
    """What stands in the form, by the name of the field. Nothing, where the mail says nothing."""
    subject = _line(AGAIN.sub("", parsed.subject.strip()))
    paragraphs = _without_greeting(_paragraphs(own_words.of(parsed.text)))
    if not subject and not paragraphs:
        return {}
    line, more = _split(subject or SENTENCE.split(_line(paragraphs[0]), maxsplit=1)[0], LINE_LIMIT)
    why, rest = _split(paragraphs[0] if paragraphs else "", WHY_LIMIT)
    detail = "\n\n".join(part for part in (f"{subject}" if more else "", rest, *paragraphs[1:]) if part)
    found = {
        "line": line,
        "why": why,
        "link": _first_link(parsed.text),
        "detail": _split(detail, DETAIL_LIMIT)[0],
        "name": _line(parsed.name)[:NAME_LIMIT],
        "email": parsed.sender,
    }
    return {name: text for name, text in found.items() if text}


def _line(text: str) -> str:
    return " ".join(own_words.seen(text).split())


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", own_words.seen(text)) if part.strip()]


def _without_greeting(paragraphs: list[str]) -> list[str]:
    """A first paragraph that is one short line with a comma at its end says hello; so does such a line above others."""
    if not paragraphs:
        return []
    first, _end, rest = paragraphs[0].partition("\n")
    if len(first) > GREETING or not first.rstrip().endswith((",", "!", ":", "，")):
        return paragraphs
    return [part for part in (rest.strip(), *paragraphs[1:]) if part]


def _split(text: str, most: int) -> tuple[str, str]:
    """As much as goes into a field, and the rest. Between words, and with a sign that it goes on."""
    if len(text) <= most:
        return text, ""
    head = text[: most - 1].rsplit(maxsplit=1)[0] if " " in text[: most - 1] else text[: most - 1]
    return f"{head}…", text[len(head) :].strip()


def _first_link(text: str) -> str:
    """The first address that the form would take, of those that stand first."""
    for found in islice(LINK.finditer(text), MOST_LINKS):
        address = found[0].rstrip(".,;:!?…")
        try:
            links.read(address)
        except ValidationError:
            continue
        if len(address) <= LINK_LIMIT:
            return address
    return ""
