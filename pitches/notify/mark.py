"""How far this outbox has got, in the database and in a file beside it: a restored backup must not send a day again.

The number in the database goes up with each batch and is committed before the batch is sent; then the file is
written. A database that knows a smaller number than the file was set back.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pitches.models import Sending

log = logging.getLogger(__name__)
LEAP = 1_000_000  # batches; more than one host can be ahead of another


def go_on() -> bool:
    """One batch more. False if the database is older than what was sent; then nothing may be sent.

    The row is locked before the file is read: a number in the file was committed, so no other worker is ahead.
    """
    if not settings.MAIL_MARK:
        return True
    with transaction.atomic():
        row = Sending.objects.select_for_update().get(pk=Sending.THE_ROW)
        if _is_behind(row):
            return False
        row.batches += 1
        row.save(update_fields=["batches"])
    _write(row)
    return True


def is_ahead() -> bool:
    """Does the file know of more than the database? Nothing is changed by asking."""
    return bool(settings.MAIL_MARK) and _is_behind(Sending.objects.get(pk=Sending.THE_ROW))


def leap() -> None:
    """What the database says is right from now on: its number goes beyond every file. In the caller's transaction.

    Other hosts have files of their own, which may be ahead of this one.
    """
    if settings.MAIL_MARK:
        row = Sending.objects.select_for_update().get(pk=Sending.THE_ROW)
        row.batches = max(row.batches, _read()[1]) + LEAP
        row.save(update_fields=["batches"])


def accept() -> None:
    """Write the file anew, once the database has taken its leap."""
    if settings.MAIL_MARK:
        _write(Sending.objects.get(pk=Sending.THE_ROW))


def trouble() -> str:
    """Why the file cannot be written; empty where it can be, or where none is wanted."""
    if not settings.MAIL_MARK:
        return ""
    path = Path(settings.MAIL_MARK)
    try:
        if path.is_dir():
            return f"{path} is a folder"
        path.parent.mkdir(parents=True, exist_ok=True)
        probe = path.with_name(f"{path.name}.try.{os.getpid()}")
        probe.touch()
        probe.unlink()
    except OSError as error:
        return str(error)
    return ""


def _is_behind(row: Sending) -> bool:
    name, sent = _read()
    return bool(name) and (name != row.name.hex or row.batches < sent)


def _read() -> tuple[str, int]:
    """The name of the outbox and its number; nothing where there is no file, or not one of ours."""
    with suppress(OSError):
        name, _space, sent = Path(settings.MAIL_MARK).read_text(encoding="ascii", errors="replace").partition(" ")
        if len(name) == 32 and sent.strip().isdecimal():
            return name, int(sent)
        log.warning("%s does not say how far the outbox has got. It is written anew.", settings.MAIL_MARK)
    return "", 0


def _write(row: Sending) -> None:
    path = Path(settings.MAIL_MARK)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(f"{row.name.hex} {row.batches}\n", encoding="ascii")
        fresh.replace(path)
    except OSError as error:
        log.warning("%s cannot be written, so a restored backup would not be noticed: %s", path, error)
