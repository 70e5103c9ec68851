"""How an attempt to send ended, read from what the mail server or the mail provider said."""

import re
import smtplib
from collections.abc import Iterator
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)

# RFC 3463: 5.1 is the address (but 5.1.7 and 5.1.8, which are the sender's) and 5.2.1 a mailbox that is shut. A full
# mailbox, a policy or a broken route is no reason never to write again.
OF_THE_ADDRESS = re.compile(r"^5\.(?:1\.(?:[0-69]|\d{2,3})|2\.[01]|0\.0)$")
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# A mail server may say at the address what it minds about us.
OF_US = re.compile(
    r"\b5\.(?:1\.[78]|7\.(?:0|8|9|11|14))\b|^530\b|sender address rejected|not owned by user|"
    r"relay(?:ing)? (?:access )?denied|authentication required|client host .*(?:blocked|rejected)|"
    r"spamhaus|\b(?:block|black|deny) ?list|listed (?:at|by|on) |\b(?:spf|dkim|dmarc)\b|\breputation\b",
    re.IGNORECASE,
)
OF_THE_WORDS = re.compile(r"^5\.(?:3\.4|6\.\d+)$")  # too large, or in a form that is not taken
FOR_NOW = frozenset({408, 425, 429, 503})  # HTTP: the mail itself was not judged, and surely not taken
NEVER_SENT = (AnymailSerializationError, AnymailUnsupportedFeature, AnymailInvalidAddress)
OUR_SETTINGS = (AnymailConfigurationError, smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)
# A connection that never came about, in the words of requests, urllib3, botocore and Python.
NOT_REACHED = frozenset(
    {
        *("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError"),
        *("EndpointConnectionError", "ProxyConnectionError", "ConnectionRefusedError", "gaierror"),
        "SSLCertVerificationError",
    }
)


def of(error: BaseException) -> str:
    """How it ended: one of these.

    "retry" (not now), "denied" (we are not let in: our sender, our account), "bounced" (the address takes none),
    "refused" (this mail is not taken) and "unknown".
    """
    if isinstance(error, OUR_SETTINGS):
        return "denied"
    if isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)):
        return _of_smtp(error)
    if isinstance(error, (AnymailRecipientsRefused, *NEVER_SENT)):
        return "refused"
    if isinstance(error, AnymailAPIError):
        return "retry" if _was_not_reached(error) else _of_http(_status(error))
    return "unknown"


def takes_none(error: BaseException) -> bool:
    """Does the address take no mail? A provider that knows it did not even try, so nothing came back."""
    return isinstance(error, AnymailRecipientsRefused) or of(error) == "bounced"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and what it came from."""
    found: BaseException | None = error
    for _depth in range(10):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _was_not_reached(error: BaseException) -> bool:
    return any(kind.__name__ in NOT_REACHED for one in _chain(error) for kind in type(one).__mro__)


def _status(error: AnymailAPIError) -> int | None:
    """Of the answer: anymail knows it, or the library of Amazon does."""
    if error.status_code is not None:
        return int(error.status_code)
    for one in _chain(error):
        said = getattr(one, "response", None)
        if isinstance(said, dict):
            status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
            return int(status) if status else None
    return None


def _of_http(status: int | None) -> str:
    """An answer in the fives may have come after the mail was taken, and so may one that cannot be read."""
    if status in FOR_NOW:
        return "retry"
    return "denied" if status is not None and 400 <= status < 500 else "unknown"


def _of_smtp(error: Any) -> str:
    at_the_address = isinstance(error, smtplib.SMTPRecipientsRefused)
    said = list(error.recipients.values()) if at_the_address else [(error.smtp_code, error.smtp_error)]
    code, words = max(said, key=lambda one: one[0])
    if code < 500:
        return "retry"
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    enhanced = ENHANCED.search(text)
    if OF_US.search(f"{code} {text}"):
        return "denied"
    if not at_the_address:
        return "refused" if enhanced and OF_THE_WORDS.match(enhanced[0]) else "denied"
    return "bounced" if enhanced is None or OF_THE_ADDRESS.match(enhanced[0]) else "refused"
