"""May whoever a mail names as its sender be mailed at all? Not where a check said that somebody else wrote it.

Nothing here makes a mail more than it is: only what speaks against it counts (docs/decisions/0041).
"""

import re

from django.conf import settings

from pitches.inbound.parsed import Parsed, header, headers
from pitches.models import CameBy, Letter, LetterEnd

SPAM = "X-Halfdoor-Spam"  # what the mail provider thinks of it (providers.py)
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\s*(dmarc|spf)(?:/\d+)?\s*=\s*([a-z]+)")
KNOWN = frozenset({"pass", "fail"})


def doubtful(letter: Letter, parsed: Parsed) -> tuple[LetterEnd, str] | None:
    """How a mail ends that may only hit somebody who never wrote it."""
    if why := header(parsed.mail, SPAM):
        return LetterEnd.AUTOMATIC, why
    said = _said(letter, parsed)
    method = "dmarc" if said.get("dmarc", set()) & KNOWN else "spf"
    failed = said.get(method, set()) & KNOWN == {"fail"}
    return (LetterEnd.NOT_THEIRS, f"{method}=fail") if failed else None


def _said(letter: Letter, parsed: Parsed) -> dict[str, set[str]]:
    """What our own mail server found, in the topmost Authentication-Results that is its own (RFC 8601)."""
    mine, ours = settings.INBOUND_AUTHSERV_ID, letter.came_by != CameBy.PROVIDER
    for line in headers(parsed.mail, "Authentication-Results")[: None if mine else int(ours)]:
        name, *results = COMMENT.sub(" ", COMMENT.sub(" ", line)).lower().split(";")
        if not mine or name.split()[:1] == [mine]:
            said: dict[str, set[str]] = {}
            for found in filter(None, map(RESULT.match, [name, *results])):
                said.setdefault(found[1], set()).add(found[2])
            return said
    return {}
