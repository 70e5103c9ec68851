"""Calendar files: names for good, words that a line can hold, days and moments."""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Event as Entry
from icalendar.enums import STATUS, TRANSP

from portal import tokens

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML 1.0 and RFC 5545 have no way to write them


def name_for(what: str, thing: object) -> str:
    """A name for good, whatever its page is called later. It tells nothing."""
    return tokens.link_token("follow", f"{what}:{thing}")


def said(text: str) -> str:
    """Words on one line."""
    return " ".join(CONTROLS.sub(" ", text).split())


def entry(name: str, title: str, at: date, *, sequence: int = 0, cancelled: bool = False) -> Entry:
    """A day, or a moment that takes no time of whoever follows it: in UTC, so that no zone has to be described."""
    return Entry.new(
        uid=f"{name}@{urlsplit(settings.SITE_URL).hostname}",
        summary=said(title),
        start=at.astimezone(UTC) if isinstance(at, datetime) else at,
        sequence=sequence,
        transparency=TRANSP.TRANSPARENT,
        status=STATUS.CANCELLED if cancelled else None,
    )
