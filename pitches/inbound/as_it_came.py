"""What django-anymail does with a mail before we see it: take it apart, in the request, by the newer rules of Python.

Those take hours over a header that is long on purpose, or break, and then the provider sends it again. So a mail that
comes in one piece is left in one piece, and of headers that come one by one the beginning is looked at.
"""

from collections.abc import Iterable
from email.parser import BytesHeaderParser
from email.policy import Compat32, EmailPolicy
from typing import Any

from anymail import inbound

from pitches.inbound.parsed import HEADERS, MOST_NAMED

CONTENT = 300  # characters of Content-Type and the like


def _short(name: str, value: Any) -> Any:
    most = CONTENT if name.lower().startswith("content-") else MOST_NAMED + 1  # of From more is nobody's name
    return value[:most] if isinstance(value, str) else value


class _Short(EmailPolicy):
    """Headers that come one by one: the beginning, or nothing where that breaks the reader."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, _short(name, value)

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        try:
            return super().header_store_parse(name, _short(name, value))
        except Exception:  # noqa: BLE001 (no bytes whatever may break the reader)
            return super().header_store_parse(name, "")


class _Plain(Compat32):
    """Headers of a mail in one piece: as they are, and always text."""

    def header_fetch_parse(self, name: str, value: Any) -> str:
        return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


SHORT: Any = _Short()
PLAIN: Any = _Plain()


def leave() -> None:
    """From now on django-anymail takes nothing apart."""
    usual = inbound.AnymailInboundMessage.__init__

    def begin(self: Any, policy: Any = SHORT) -> None:
        usual(self, policy=policy)

    def whole(cls: Any, raw: bytes) -> Any:
        mail: Any = BytesHeaderParser(cls, policy=PLAIN).parsebytes(bytes(raw)[:HEADERS])
        mail.came = bytes(raw)
        return mail

    def of_text(cls: Any, raw: str) -> Any:
        return whole(cls, raw.encode("utf-8", "replace"))

    def of_chunks(cls: Any, chunks: Iterable[bytes]) -> Any:
        return whole(cls, b"".join(chunks))

    message: Any = inbound.AnymailInboundMessage
    message.__init__, inbound.default_policy = begin, SHORT
    message.parse_raw_mime, message.parse_raw_mime_bytes = classmethod(of_text), classmethod(whole)
    message.parse_raw_mime_chunks = classmethod(of_chunks)
