"""A throw-away PostgreSQL and Valkey for the tests, started before Django reads its settings.

Loaded by `-p tests.embedded` (pyproject.toml). Bring your own by setting DATABASE_URL and BROKER_URL.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from portal import words
from portal.up import servers
from portal.up.process import Child, die_with_parent

# Kept between the runs, until a migration changes or `pytest --cache-clear`.
TABLES = Path(__file__).resolve().parents[1] / ".pytest_cache" / "d" / "tables"


def start() -> None:
    """Start both and put their addresses into the environment, which xdist's workers inherit."""
    home = Path(tempfile.mkdtemp(prefix="halfdoor-test-"))
    owner = servers.account(home.parent)
    servers.give(home, owner)
    sockets = home / "run"
    servers.prepare_sockets(sockets, owner)
    servers.init_postgres(home / "postgres", owner, sync=False)
    hasty = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
    running = [
        launch(servers.postgres(home / "postgres", sockets, owner, *hasty)),
        launch(servers.valkey(home / "valkey", sockets, owner)),
    ]
    atexit.register(stop, running, home, os.getpid())
    wait_for(sockets)
    os.environ["DATABASE_URL"] = f"postgresql://halfdoor@/halfdoor?host={sockets}"
    os.environ["BROKER_URL"] = f"redis+socket://{sockets}/valkey.sock?virtual_host=0"
    os.environ["HALFDOOR_VAR"] = str(home / "var")
    os.environ["HALFDOOR_TABLES"] = str(TABLES)


def launch(child: Child) -> subprocess.Popen[bytes]:
    """Run a server that ends with the tests, however they end."""
    return subprocess.Popen(
        child.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(child.orphan_signal),
        **child.options,
    )


def wait_for(sockets: Path) -> None:
    """Until PostgreSQL answers."""
    end = time.monotonic() + 60
    while not servers.database_answers(sockets):
        assert time.monotonic() < end, "The throw-away PostgreSQL did not start."
        time.sleep(0.02)


def stop(running: list[subprocess.Popen[bytes]], home: Path, pid: int) -> None:
    """Nothing of it is needed: the quickest end."""
    if os.getpid() != pid:
        return
    for process in running:
        process.kill()
        process.wait()
    shutil.rmtree(home, ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ:
    words.compile_all()
if "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("DATABASE_URL"):
    start()
