"""Locks of the database, by name: one at a time over several transactions, and whoever comes second does not wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether this is the only one in a block of that name. False: another one is in it.

    The lock belongs to the session of the database, not to a transaction, and so ends with a process that dies. It
    does not work behind a pooler that lends its sessions to one transaction after the other, nor does LISTEN.
    """
    mine = _ask("pg_try_advisory_lock", name)
    try:
        yield mine
    finally:
        if mine:
            _leave(name)


def _leave(name: str) -> None:
    """Connections live on after a task, and the lock would with them. A session that is lost has lost it already."""
    try:
        _ask("pg_advisory_unlock", name)
    except (OperationalError, InterfaceError):
        connection.close()


def _ask(function: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
