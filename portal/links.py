"""Links: absolute ones to ourselves, and a strict reader of what others send."""

import re
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import domains

# Zero-width characters, bidi marks and overrides (Unicode TR 36, "Trojan Source"), tags: nobody sees them.
HIDDEN = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f"
FORBIDDEN = re.compile(rf"[\s\\<>\"'`{{}}|^\x00-\x20\x7f-\x9f\u200c\u200d{HIDDEN}]")


NO_ADDRESS = _("Enter a web address, such as https://example.com/study.")


def absolute(path: str) -> str:
    """A path of this site as it stands in a mail."""
    return f"{settings.SITE_URL}{path}"


def read(text: str) -> tuple[str, str]:
    """Return (address, host) of a link that every browser reads in the same way, or raise ValidationError.

    Python and browsers (WHATWG URL) disagree about backslashes, user names and odd hosts; those are refused, because
    the host that is shown must be the host that is opened.
    """
    link = text.strip()
    if "://" not in link and not link.startswith(("//", "\\")):
        link = f"https://{link}"
    if " " in link:
        raise ValidationError(NO_ADDRESS, code="link")
    if FORBIDDEN.search(link):
        raise ValidationError(_("This link has characters that browsers read differently."), code="link")
    try:
        parts = urlsplit(link)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValidationError(NO_ADDRESS, code="link") from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port not in (None, 80, 443):
        raise ValidationError(_("Enter a plain web address without a user name or a port."), code="link")
    if not domains.is_public(host):
        raise ValidationError(NO_ADDRESS, code="link")
    rest = link.split(parts.netloc, 1)[1]
    return f"{parts.scheme}://{host}{rest}", host


def _ascii_host(host: str) -> str:
    try:
        found = idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(host) from error
    if found.endswith("."):  # also written as a full stop of another script
        raise ValueError(host)
    return found
