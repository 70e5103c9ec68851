"""How an attempt to send ended, read from what the mail server or the mail provider said."""

import re
import smtplib
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)

# RFC 3463: 5.1 is the address and 5.2.1 a mailbox that is shut. A full mailbox, a policy or a broken route is no reason
# never to write again.
OF_THE_ADDRESS = re.compile(r"^5\.(?:1\.\d+|2\.[01]|0\.0)$")
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
FOR_NOW = frozenset({401, 403, 408, 425, 429})  # HTTP: our key, our speed; the mail itself was not judged
NEVER_SENT = (AnymailConfigurationError, AnymailSerializationError, AnymailUnsupportedFeature, AnymailInvalidAddress)


def of(error: Exception) -> str:
    """One of "retry", "bounced" (the address takes none), "refused" (this mail is not taken) and "unknown"."""
    if isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)):
        return _of_smtp(error)
    if isinstance(error, AnymailRecipientsRefused):
        return "bounced"
    if isinstance(error, NEVER_SENT):
        return "refused"
    if isinstance(error, AnymailAPIError):
        return _of_http(error.status_code)
    return "unknown"


def _of_http(status: int | None) -> str:
    """An answer in the fives may have come after the mail was taken."""
    if status is None or status >= 500:
        return "unknown"
    return "retry" if status in FOR_NOW else "refused"


def _of_smtp(error: Any) -> str:
    at_the_address = isinstance(error, smtplib.SMTPRecipientsRefused)
    said = list(error.recipients.values()) if at_the_address else [(error.smtp_code, error.smtp_error)]
    code, words = max(said, key=lambda one: one[0])
    if code < 500:
        return "retry"
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    enhanced = ENHANCED.search(text)
    of_the_address = enhanced is None or OF_THE_ADDRESS.match(enhanced[0])
    return "bounced" if at_the_address and of_the_address else "refused"
