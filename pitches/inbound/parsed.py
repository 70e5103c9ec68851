"""What a mail says, read so that no bytes whatever can break the reader."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32
from email.utils import parseaddr
from typing import Any

from pitches.inbound.plainly import plainly

log = logging.getLogger(__name__)
# The newer policies parse headers when they are asked for, and break over some.
AS_WRITTEN: Any = Compat32()
HEADERS = 100_000  # bytes that are looked through for headers, where the rest cannot be read
MOST_PARTS, MOST_DEEP = 100, 20  # of what is looked at; more is nobody's honest mail
MOST_TEXT, MOST_SAID, MOST_NAMED = 100_000, 20_000, 2_000  # characters of a part, of a header, of From
ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,189}")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|=\?[^?\s]+\?[bqBQ]\?[^?]*\?=')
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The parser gives every line through all the containers around it; deeper than this it would take minutes.
CONTAINER = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
MOST_CONTAINERS = 40
UNREADABLE = "X-Halfdoor-Unreadable"
IDS = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True)
class Parsed:
    """A mail that came in. Only `mail` is as it was written; all else is decoded text without control characters."""

    mail: EmailMessage
    sender: str
    name: str
    to: str
    subject: str
    text: str
    attachments: tuple[str, ...]
    message_id: str
    references: tuple[str, ...]


def parse(raw: bytes) -> Parsed:
    """Read a mail. Never raises: what cannot be read is empty."""
    mail = _mail(raw)
    name, sender = _author(mail)
    texts, attachments = _contents(mail)
    mentioned = f"{header(mail, 'References')} {header(mail, 'In-Reply-To')}"
    ids = IDS.findall(header(mail, "Message-ID"))
    return Parsed(
        mail=mail,
        sender=sender,
        name=name,
        to=next(iter(addresses_in(header(mail, "To"))), ""),
        subject=" ".join(header(mail, "Subject").split())[:250],
        text=_said(texts),
        attachments=attachments,
        message_id=ids[0] if ids else "",
        references=tuple(dict.fromkeys(IDS.findall(mentioned)))[:100],
    )


def headers(mail: EmailMessage, name: str) -> list[str]:
    """All the values of a header, decoded."""
    return [_decoded(value) for key, value in mail.raw_items() if key.lower() == name.lower()]


def header(mail: EmailMessage, name: str) -> str:
    """The first value of a header, decoded; empty where there is none."""
    return next(iter(headers(mail, name)), "")


def parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are no containers, in their order. Not by walk(), which is deep where the mail is."""
    waiting: list[tuple[Any, int]] = [(mail, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part, deep = waiting.pop()
        inside = part.get_payload()
        if not isinstance(inside, list):
            yield part
        elif deep < MOST_DEEP and not _is_attached_mail(part, deep):
            waiting += [(one, deep + 1) for one in reversed(inside)]
        else:
            yield part


def _is_attached_mail(part: Any, deep: int) -> bool:
    return deep > 0 and _kind(part).startswith("message/")


# ── reading ──────────────────────────────────────────────────────────────────
def _mail(raw: bytes) -> EmailMessage:
    """The mail, or of one that cannot be read what its headers say."""
    if len(CONTAINER.findall(raw)) <= MOST_CONTAINERS:
        try:
            return BytesParser(EmailMessage, policy=AS_WRITTEN).parsebytes(raw)
        except Exception:
            log.info("A mail of %s bytes cannot be read", len(raw), exc_info=True)
    return _headers_only(raw)


def _headers_only(raw: bytes) -> EmailMessage:
    try:
        mail: EmailMessage = BytesHeaderParser(EmailMessage, policy=AS_WRITTEN).parsebytes(raw[:HEADERS])
    except Exception:  # noqa: BLE001
        mail = EmailMessage(policy=AS_WRITTEN)
    mail.set_payload("")
    mail[UNREADABLE] = "yes"
    return mail


def _kind(part: Any) -> str:
    try:
        return str(part.get_content_type())
    except Exception:  # noqa: BLE001
        return "application/octet-stream"


def _unfolded(value: Any) -> str:
    """As it was written, in the charset that raw bytes look like; on one line."""
    text = str(value).encode("utf-8", "surrogateescape")
    try:
        said = text.decode("utf-8")
    except UnicodeDecodeError:
        said = text.decode("cp1252", "replace")
    return UNSEEN.sub(" ", said[:MOST_SAID].replace("\n", " ").replace("\t", " ")).strip()


def _decoded(value: Any) -> str:
    said = _unfolded(value)
    try:
        words = [(one, charset or "ascii") for one, charset in decode_header(said)]
        said = "".join(one if isinstance(one, str) else _text_of(one, charset) for one, charset in words)
    except Exception:  # noqa: BLE001 (an encoded word that is none stays as it was written)
        return said
    return UNSEEN.sub(" ", said.replace("\n", " ").replace("\t", " ")).strip()


def _text_of(raw: bytes, charset: str) -> str:
    """In the charset that was said, or in the one it looks like."""
    for guess in (charset, "utf-8"):
        try:
            return raw.decode(guess)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _author(mail: EmailMessage) -> tuple[str, str]:
    """Name and address of who says they wrote it. No address where not exactly one is named.

    Looked for before anything is decoded: an encoded name may well contain another address, which counts for nothing.
    """
    lines = [_unfolded(value) for key, value in mail.raw_items() if key.lower() == "from"]
    if sum(map(len, lines)) > MOST_NAMED:
        return "", ""
    found = {one for line in lines for one in addresses_in(QUOTED.sub(" ", line))}
    if len(lines) != 1 or len(found) != 1:
        return "", ""
    try:
        name = parseaddr(lines[0])[0]
    except Exception:  # noqa: BLE001
        name = ""
    return " ".join(_decoded(name).split())[:120], found.pop()


def addresses_in(line: str) -> list[str]:
    """The addresses in a line, in small letters, whatever stands between them."""
    return [found.lower()[:254] for found in ADDRESS.findall(line)]


def _contents(mail: EmailMessage) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    attachments = []
    for part in parts(mail):
        kind, name = _kind(part), _file_name(part)
        if kind in texts and not name and not _is_attached(part):
            texts[kind].append(_body(part))
        elif kind.startswith(("multipart/", "message/delivery-status", "text/rfc822-headers")) and not name:
            continue
        else:
            attachments.append(name or UNSEEN.sub("", kind))
    return texts, tuple(attachments)


def _is_attached(part: Any) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _file_name(part: Any) -> str:
    try:
        found = part.get_filename()
    except Exception:  # noqa: BLE001
        return "?"
    return _decoded(found)[:120] if found else ""


def _body(part: Any) -> str:
    try:
        raw = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
    except Exception:  # noqa: BLE001
        return ""
    said = _text_of((raw or b"")[: MOST_TEXT * 4], charset)[:MOST_TEXT]
    return UNSEEN.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def _said(texts: dict[str, list[str]]) -> str:
    """The words: of the plain parts, or of the others where those say nothing."""
    plain = "\n\n".join(text.strip() for text in texts["text/plain"] if text.strip())
    return plain or "\n\n".join(filter(None, (plainly(html).strip() for html in texts["text/html"])))
