"""The folder into which a mail server puts what comes in, as Postfix and Dovecot do it: INBOUND_MAILDIR."""

import logging
import os
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError

from pitches.inbound import taking
from pitches.inbound.keeping import RAW_KEPT
from pitches.models import CameBy
from portal import clock

log = logging.getLogger(__name__)
AT_ONCE = 200
SEEN = ":2,S"  # how a maildir marks what was read
ASIDE = "failed"  # the folder beside new/ and cur/ for what cannot be taken in
_stuck: set[Path] = set()  # what this process could neither take in nor put aside


def collect() -> int:
    """Take in what lies in new/. Returns how many were new. Two that look at once do no harm: a mail is one row."""
    if not (settings.INBOUND_DOMAIN and settings.INBOUND_MAILDIR):
        return 0
    return sum(_take_or_leave(path) for path in [path for path in _files("new") if path not in _stuck][:AT_ONCE])


def _take_or_leave(path: Path) -> bool:
    """One bad file stops no other: it is put aside, for an operator to look at."""
    try:
        return _take(path)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise  # no fault of the file
    except FileNotFoundError as error:
        log.debug("Somebody else was there first: %s", error)
    except Exception as error:
        log.exception("%s in INBOUND_MAILDIR cannot be taken in", path.name)
        _put_aside(path, error)
    return False


def _take(path: Path) -> bool:
    """First the row, then the file: whoever dies in between leaves a mail that is known already."""
    with path.open("rb") as file:
        raw = file.read(taking.HUGE + 1)
    new = taking.take(raw, came_by=CameBy.MAILDIR)
    _move(path, "cur", f"{path.name.partition(':')[0]}{SEEN}")
    return new


def _put_aside(path: Path, why: Exception) -> None:
    try:
        _move(path, ASIDE, path.name)
    except OSError as error:
        _stuck.add(path)
        log.warning("%s stays in new/ (%s) and is not looked at again: %s", path.name, error.strerror, why)


def _move(path: Path, folder: str, name: str) -> None:
    there = path.parent.parent / folder
    there.mkdir(exist_ok=True)
    path.rename(there / name)


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
    for path in _files("cur") + (_files(ASIDE) if Path(settings.INBOUND_MAILDIR, ASIDE).exists() else []):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                gone += 1
        except OSError as error:
            log.debug("%s stays in cur/: %s", path.name, error.strerror)
    return gone
