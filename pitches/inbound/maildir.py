"""The folder into which a mail server puts what comes in, as Postfix and Dovecot do it: INBOUND_MAILDIR."""

import logging
import os
from pathlib import Path

from django.conf import settings

from pitches.inbound import taking
from pitches.inbound.keeping import RAW_KEPT
from pitches.models import CameBy
from portal import clock

log = logging.getLogger(__name__)
AT_ONCE = 200
SEEN = ":2,S"  # how a maildir marks what was read


def collect() -> int:
    """Take in what lies in new/. Returns how many were new. Two that look at once do no harm: a mail is one row."""
    if not (settings.INBOUND_DOMAIN and settings.INBOUND_MAILDIR):
        return 0
    return sum(_take(path) for path in _files("new")[:AT_ONCE])


def _take(path: Path) -> bool:
    """First the row, then the file: whoever dies in between leaves a mail that is known already."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        if path.exists():
            log.warning("A mail in INBOUND_MAILDIR cannot be read: %s", error.strerror)
        return False
    new = taking.take(raw, came_by=CameBy.MAILDIR)
    try:
        path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}{SEEN}")
    except FileNotFoundError as error:
        log.debug("Somebody else was there first: %s", error)
    return new


def _files(folder: str) -> list[Path]:
    """The mails in a part of the maildir, the oldest first."""
    try:
        with os.scandir(Path(settings.INBOUND_MAILDIR) / folder) as found:
            return [Path(one.path) for one in sorted(found, key=lambda one: one.name) if _is_mail(one)]
    except OSError as error:
        log.warning("INBOUND_MAILDIR cannot be read: %s", error.strerror)
        return []


def _is_mail(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")


def forget() -> int:
    """Delete what was taken in a week ago. Returns how many files."""
    if not (settings.INBOUND_DOMAIN and settings.INBOUND_MAILDIR):
        return 0
    before, gone = (clock.now() - RAW_KEPT).timestamp(), 0
    for path in _files("cur"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    return gone
