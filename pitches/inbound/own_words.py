"""What somebody wrote themselves in a mail: without what it quotes, and without the signature.

The library knows how mail programs begin a quote in many languages. Two things are done beside it: what it takes for a
signature goes only if it looks like one, since "Thanks, here is the answer" is none; and a line that names an address
of ours begins a quote in any language.
"""

import re
from email.utils import parseaddr

from django.conf import settings
from mailparser_reply import EmailMessage as Reader
from mailparser_reply import EmailReply

from pitches.forms import fields

# What was written stands at the top and is short. The patterns of the library take too long over more.
LONGEST = 3000
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "sv", "da", "cs")
EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")
QUOTED = re.compile(r"^>.*(?:\n|$)", re.MULTILINE)
# The library looks away from this very line in Spanish: what it leaves out fits all that it looks for.
IN_SPANISH = re.compile(r"^El [^\n]{1,200}(?:\n[^\n]{0,200})?escribió:\s*$", re.MULTILINE)
CLOSING_WORDS, SIGNATURE_LINES, TRIES = 4, 10, 20


def of(text: str) -> str:
    """The words of whoever sent this text. Empty, when all of it is quoted."""
    short = EMPTY_LINES.sub("\n\n", seen(text))[:LONGEST]
    short = IN_SPANISH.split(short, maxsplit=1)[0]
    reader = Reader(text=short, languages=list(LANGUAGES), keep_hyphen_lists=True).read()
    said = _unquoted(reader.replies[0]) if reader.replies else ""
    return EMPTY_LINES.sub("\n\n", _unsigned(_before_our_address(said).strip(), reader.SIGNATURE_REGEX)).strip()


def seen(text: str) -> str:
    """Without what nobody sees. A form refuses that; mail programs put it in by themselves."""
    return fields.UNSEEN.sub("", fields.LINE_ENDS.sub("\n", text))


def _unquoted(first: EmailReply) -> str:
    """Without the lines that are marked as quoted. What stands under a header, and is not marked, is quoted as well."""
    said, quotes = QUOTED.subn("", first.full_body)
    return said if quotes or not first.headers else ""


def _unsigned(said: str, signature: re.Pattern[str]) -> str:
    """Without the first thing that looks like a signature."""
    text, place = f"\n{said}", 0
    for _ in range(TRIES):
        found = signature.search(text, place)
        if found is None:
            break
        if _closes(found[0].strip().splitlines() or [""], alone=not text[: found.start()].strip()):
            return text[: found.start()]
        place = text.find("\n", found.end() - len(found[0].lstrip())) + 1
        if not place:
            break
    return said


def _closes(lines: list[str], *, alone: bool) -> bool:
    """Is this the end of a letter? It begins with a few words that say nothing, or with dashes, and it is short."""
    first = lines[0].rstrip(" ,.!")
    says = "," in first or any(map(str.isdigit, first)) or len(first.split()) > CLOSING_WORDS
    return len(lines) <= SIGNATURE_LINES and not says and not (alone and len(lines) == 1)


def _before_our_address(text: str) -> str:
    """Up to the line that says whose mail is quoted: it names the address that our mails come from."""
    ours = [parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower(), f"@{settings.INBOUND_DOMAIN}"]
    kept: list[str] = []
    for line in text.splitlines():
        if any(len(one) > 1 and one in line.lower() for one in ours):
            return "\n".join(kept[:-1] if line.lstrip().startswith(("(", "<")) else kept)  # it began a line before
        kept.append(line)
    return "\n".join(kept)
