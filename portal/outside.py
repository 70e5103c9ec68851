"""Outside: of all processes, one at a time waits for systems of other people. The others go on with mail and codes.

A system that is silent holds up one worker for seconds. If each ring took another worker, all of them would hang on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection

KEY = "outside"


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process may talk to the outside in this block. False: another one does; come again later.

    The lock belongs to the session of the database, not to a transaction, and so ends with a process that dies. It
    does not work behind a pooler that lends its sessions to one transaction after the other, nor does LISTEN.
    """
    mine = _ask("pg_try_advisory_lock")
    try:
        yield mine
    finally:
        if mine:
            _leave()


def _leave() -> None:
    """Connections live on after a task, and the lock would with them. A session that is lost has lost it already."""
    try:
        _ask("pg_advisory_unlock")
    except (OperationalError, InterfaceError):
        connection.close()


def _ask(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [KEY])
        return bool(cursor.fetchone()[0])
