"""Servers for an evening: a PostgreSQL that keeps nothing, for stories and tests."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.up import servers
from portal.up.supervisor import Failed

# Nothing here has to survive a power cut; and nobody reads what it says, so it must not fill the pipe and stand still.
IN_A_HURRY = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=100",
    "log_min_messages=panic",
)


@contextmanager
def postgres() -> Iterator[Path]:
    """A fresh PostgreSQL with the database `halfdoor`; yields the folder of its socket. Gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="halfdoor-"))
    home.chmod(0o755)
    owner = servers.account(home)
    sockets = home / "run"
    child = None
    try:
        servers.prepare_sockets(sockets, owner)
        servers.init_postgres(home / "pg", owner, sync=False)
        child = servers.postgres(home / "pg", sockets, owner, *IN_A_HURRY)
        child.start()
        _wait(sockets)
        yield sockets
    finally:
        if child and child.popen:
            child.ask_to_stop()
            child.popen.wait(timeout=20)
            if child.popen.stdout:
                child.popen.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


def _wait(sockets: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not servers.database_answers(sockets):
        if time.monotonic() > deadline:
            raise Failed("The throw-away PostgreSQL does not answer.")
        time.sleep(0.05)
