"""What a file is, by its ending and by its first bytes together; and what it may be called. Nothing is decoded."""

import re
import unicodedata

from django.utils.translation import gettext as _

LONGEST = 120  # characters of a name
PEEK = 1024  # bytes in which a reader of PDF looks for its head
HEADS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/jpeg": b"\xff\xd8\xff",
}
TEXT = "text/plain"
ENDINGS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": TEXT,
}
# A file that is two things at once shows one of these early on.
OTHERS = (b"%pdf-", b"pk\x03\x04", b"<!doctype", b"<html", b"<script", b"<svg", b"<?php", b"rar!\x1a", b"mz\x90\x00")
PROGRAMS = frozenset(
    "apk app bat cmd com cpl dll dmg docm exe hta htm html iso jar js jse lnk mht mhtml msi php ps1 py scr sh svg vb "
    "vbe vbs wsf xhtml xlsm zip".split()
)
UNSAFE = re.compile(r'[<>:"|?*%]')


class FileRefused(Exception):
    """This file is not taken. The message is a sentence for its sender."""


def kind_of(name: str, content: bytes) -> str:
    """The media type, if the ending and the first bytes agree. Raises FileRefused."""
    if not content:
        raise FileRefused(_("This file is empty."))
    stem, ending = _parts(name)
    kind = ENDINGS.get(ending)
    inner = stem.rpartition(".")[2].strip().lower() if "." in stem else ""
    if kind is None or inner in PROGRAMS:
        raise FileRefused(_("Only PDF, PNG, JPEG and plain text files are taken."))
    if not (_is_text(content) if kind == TEXT else _begins_as(kind, content)):
        raise FileRefused(_("What is inside is not what the name says. Only PDF, PNG, JPEG and plain text are taken."))
    return kind


def clean(name: str) -> str:
    """The name without a path, control and bidi characters, at most 120 characters, with its ending."""
    stem, ending = _parts(name)
    stem = stem.strip(" .") or "file"
    return f"{stem[: LONGEST - len(ending) - 1].rstrip(' .')}.{ending}"


def _parts(name: str) -> tuple[str, str]:
    """Stem and ending of a name, as any system would read them once what cannot be seen is gone."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] not in "CZ"
                    or sign == " ")  # fmt: skip
    stem, dot, ending = " ".join(UNSAFE.sub("_", shown).split()).rstrip(" .").rpartition(".")
    return (stem, ending.lower()) if dot else (ending, "")


def _begins_as(kind: str, content: bytes) -> bool:
    """Its own head at the very first byte, and none of another kind soon after."""
    head = HEADS[kind]
    early = content[len(head) : PEEK].lower()
    return content.startswith(head) and not any(other in early for other in OTHERS)


def _is_text(content: bytes) -> bool:
    """UTF-8 that a person can read, and that pretends to be nothing else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in set(text)):
        return False
    early = content[:PEEK].lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    return not early.startswith((*OTHERS, b"<?xml", b"{\\rtf", b"#!"))
