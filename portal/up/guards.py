"""What is checked before anything starts: one supervisor for each folder, and a free port."""

import fcntl
import os
import socket
from pathlib import Path
from typing import TextIO

from portal.up.supervisor import Failed


def lock(var: Path) -> TextIO:
    """Hold var/lock for as long as we live; the file names who holds it."""
    var.mkdir(parents=True, exist_ok=True)
    held = (var / "lock").open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.seek(0)
        raise Failed(f"Halfdoor already runs from this folder ({held.read().strip() or 'starting'}).") from error
    held.truncate(0)
    return held


def sign(held: TextIO, port: int) -> None:
    """Write into the lock who holds it."""
    held.write(f"process {os.getpid()}, port {port}\n")
    held.flush()


def is_free(port: int) -> bool:
    """Whether nobody listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def need_free(port: int) -> None:
    """Stop with an offer when the port is taken."""
    if is_free(port):
        return
    other = next((candidate for candidate in range(port + 1, min(port + 50, 65536)) if is_free(candidate)), 0)
    raise Failed(f"Port {port} is taken by another program. Try: PORT={other or 'another'} make run")
