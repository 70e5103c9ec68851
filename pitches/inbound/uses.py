"""What becomes of a mail that a person wrote to an address of ours, by the kind of the address."""

from collections.abc import Callable
from typing import Any

from pitches.inbound.addressed import addressed
from pitches.inbound.forwarding import forwarded
from pitches.inbound.parsed import Parsed
from pitches.inbound.replying import replied
from pitches.models import Letter, LetterEnd

# Each runs in the transaction of its letter and gets what stands behind the address: a Pitch, a Page, a User (the
# owner). It returns how the letter ended, and a word about it for the operator.
HANDLERS: dict[str, Callable[[Letter, Parsed, Any], tuple[LetterEnd, str]]] = {
    "reply": replied,
    "page": addressed,
    "forward": forwarded,
}
