"""A book as a signed file: JSON in one spelling, so that every byte of it counts."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from portal import signing

FORMAT, VERSION = "halfdoor book", 1


class NoBook(Exception):
    """This is not a book of ours at all."""


class Altered(Exception):
    """It is a book, and not as it was signed."""


@dataclass(frozen=True)
class Signed:
    """A book whose signature fits: what it says, which site signed it, and with which key."""

    content: dict[str, Any]
    by: str
    key: str

    @property
    def fingerprint(self) -> str:
        """The key as people compare it."""
        return signing.fingerprint(self.key)

    @property
    def is_ours(self) -> bool:
        """Did this very site sign it?"""
        return self.key == signing.public_key()


def dump(content: dict[str, Any]) -> str:
    """The file: the book, the address of this site, its key, and the signature over all of it."""
    whole = {"format": FORMAT, "version": VERSION, "book": content}
    whole |= {"by": settings.SITE_URL, "key": signing.public_key()}
    return _spelled(whole | {"signature": signing.sign(_spelled(whole).encode())})


def read(text: str) -> Signed:
    """Open a file that `dump` made, here or elsewhere. Raises NoBook and Altered."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip()  # what mail and editors do around the words
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise (Altered if f'"format": "{FORMAT}"' in text else NoBook) from error
    if not isinstance(whole, dict) or "signature" not in whole or "book" not in whole:
        raise NoBook
    if _spelled(whole) != text:  # a name that stands twice, another order, a blank: none of it was signed
        raise Altered
    signature, key, by = (str(part) for part in (whole.pop("signature"), whole.get("key"), whole.get("by")))
    if not isinstance(whole["book"], dict) or not signing.fits(_spelled(whole).encode(), key=key, signature=signature):
        raise Altered
    if (whole.get("format"), whole.get("version")) != (FORMAT, VERSION):
        raise NoBook
    return Signed(whole["book"], by, key)


def _spelled(content: dict[str, Any]) -> str:
    """One spelling of one content. Everything is ASCII, so that no editor finds another form of a letter."""
    return json.dumps(content, indent=1, sort_keys=True)
