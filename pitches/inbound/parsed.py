"""What a mail says, read so that no bytes whatever can break the reader."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32
from email.utils import parseaddr
from itertools import islice
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded

from pitches.inbound.plainly import plainly

T = TypeVar("T")
# The newer policies parse headers when they are asked for, and break over some.
AS_WRITTEN: Any = Compat32()
HEADERS = 100_000  # bytes of headers at the top; more is nobody's honest mail, and only so much is looked through
MOST_VALUES = 5  # of a header that is there more than once
MOST_PARTS, MOST_DEEP = 100, 20  # of what is looked at; more is nobody's honest mail
MOST_TEXT, MOST_SAID, MOST_NAMED = 100_000, 20_000, 2_000  # characters of a part, of a header, of From
ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,189}")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|=\?[^?\s]+\?[bqBQ]\?[^?]*\?=')
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The parser gives every line through all the containers around it, and makes a mail of every part: with more of either
# it would take minutes.
CONTAINER = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
LINE = re.compile(rb"\r\n|\r|\n")
MOST_CONTAINERS, MOST_LINES = 40, 150_000
# It goes over the rest again for each parameter: a megabyte of them would never end, at any part.
PARAMETERS = re.compile(
    rb"(?:^|[\r\n])content-(?:type|disposition):([^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*)", re.IGNORECASE
)
LONGEST_PARAMETERS = 2_000  # bytes; the longest name of a file has some 800
SLOW = frozenset({"idna", "punycode"})  # charsets that are none of mails, and take longer the more there is
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
    """The first values of a header, decoded."""
    found = (value for key, value in mail.raw_items() if key.lower() == name.lower())
    return [_decoded(value) for value in islice(found, MOST_VALUES)]


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
        inside = parts_of(part)
        if inside is None:
            yield part
        elif deep < MOST_DEEP and not _is_attached_mail(part, deep):
            waiting += [(one, deep + 1) for one in reversed(inside)]
        else:
            yield part


def parts_of(part: Any) -> list[Any] | None:
    """What stands in a container; None for what is none. Words are not asked for: the library would decode them."""
    return part.get_payload() if part.is_multipart() else None


def _is_attached_mail(part: Any, deep: int) -> bool:
    return deep > 0 and _kind(part).startswith("message/")


# ── reading ──────────────────────────────────────────────────────────────────
def _or(otherwise: T, read: Callable[[], T]) -> T:
    """What can be read. That the time of a task is up is no fault of the mail."""
    try:
        return read()
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # noqa: BLE001 (no bytes whatever may break the reader)
        return otherwise


def _mail(raw: bytes) -> EmailMessage:
    """The mail, or of one that cannot be read what its headers say."""
    why = _too_much(raw)
    parser: Any = BytesParser(EmailMessage, policy=AS_WRITTEN)
    mail = None if why else _or(None, lambda: parser.parsebytes(raw))
    if mail is None:
        return _headers_only(raw, why or "cannot be taken apart")
    if sum(len(name) + len(value) for name, value in mail.raw_items()) > HEADERS:
        return _headers_only(raw, "too many headers")
    return mail


def _too_much(raw: bytes) -> str:
    """Why the parser would take too long, found in one go over the bytes; empty where it would not."""
    if any(len(found[1]) > LONGEST_PARAMETERS for found in PARAMETERS.finditer(raw)):
        return "parameters that are too long"
    containers = sum(1 for _found in CONTAINER.finditer(raw))
    if containers > MOST_CONTAINERS:
        return "nested too deeply"
    if containers and sum(1 for _found in LINE.finditer(raw)) > MOST_LINES:
        return "too many lines"
    return ""


def _headers_only(raw: bytes, why: str) -> EmailMessage:
    """Without those that say how to read the rest: nobody may try."""
    nothing = EmailMessage(policy=AS_WRITTEN)
    parser: Any = BytesHeaderParser(EmailMessage, policy=AS_WRITTEN)
    mail = _or(nothing, lambda: parser.parsebytes(raw[:HEADERS]))
    for name in (UNREADABLE, "Content-Type", "Content-Disposition", "Content-Transfer-Encoding"):
        del mail[name]
    mail.set_payload("")
    mail[UNREADABLE] = why
    return mail


def _kind(part: Any) -> str:
    return _or("application/octet-stream", lambda: str(part.get_content_type()))


def _unfolded(value: Any) -> str:
    """As it was written, in the charset that raw bytes look like; on one line."""
    text = _or(b"", lambda: str(value).encode("utf-8", "surrogateescape")) or str(value).encode("utf-8", "replace")
    try:
        said = text.decode("utf-8")
    except UnicodeDecodeError:
        said = text.decode("cp1252", "replace")
    return UNSEEN.sub(" ", said[:MOST_SAID].replace("\n", " ").replace("\t", " ")).strip()


def _decoded(value: Any) -> str:
    written = _unfolded(value)
    words = _or([(written, None)], lambda: decode_header(written))  # an encoded word that is none stays as it is
    said = "".join(one if isinstance(one, str) else _text_of(one, charset or "ascii") for one, charset in words)
    return UNSEEN.sub(" ", said.replace("\n", " ").replace("\t", " ")).strip()


def _text_of(raw: bytes, charset: str) -> str:
    """In the charset that was said, or in the one it looks like. Halves of characters, which no row takes, are `?`."""
    for guess in (charset, "utf-8"):
        try:
            if codecs.lookup(guess).name not in SLOW:
                return raw.decode(guess).encode("utf-8", "replace").decode()
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
    name = _or("", lambda: parseaddr(lines[0])[0])
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
    found = _or("?", part.get_filename)
    return _decoded(found)[:120] if found else ""


def _body(part: Any) -> str:
    raw = _or(b"", lambda: part.get_payload(decode=True)) or b""
    charset = _or("", part.get_content_charset) or "utf-8"
    said = _text_of(raw[: MOST_TEXT * 4], charset)[:MOST_TEXT]
    return UNSEEN.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def _said(texts: dict[str, list[str]]) -> str:
    """The words: of the plain parts, or of the others where those say nothing."""
    plain = "\n\n".join(text.strip() for text in texts["text/plain"] if text.strip())
    return plain or "\n\n".join(filter(None, (plainly(html).strip() for html in texts["text/html"])))
