"""`manage.py up` as a person meets it: one terminal, one Ctrl-C, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from portal import embedded
from portal.up.process import die_with_parent

ROOT = Path(__file__).parents[2]
OURS = {"DATABASE_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PRODUCTION", "EMAIL_URL"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Stack:
    """One run of `manage.py up`."""

    def __init__(self, var: Path, port: int, **more: str) -> None:
        self.var, self.port, self.log = var, port, var.with_name(f"log-{time.monotonic_ns()}")
        surroundings = {name: value for name, value in os.environ.items() if name not in OURS}
        surroundings |= {"HALFDOOR_VAR": str(var), "PORT": str(port), **more}
        with self.log.open("wb") as log:
            words = [sys.executable, "manage.py", "up", "--empty"]
            self.process = subprocess.Popen(
                words,
                cwd=ROOT,
                env=surroundings,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
            )

    def said(self) -> str:
        return self.log.read_text()

    def ready(self) -> "Stack":
        wait_for(lambda: "Halfdoor is ready" in self.said() or self.process.poll() is not None, 90, self.said)
        assert self.process.poll() is None, self.said()
        return self

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def family(self) -> dict[int, str]:
        """All processes under the supervisor, itself included."""
        words = ["ps", "-ww", "-eo", "pid=,ppid=,args="]
        table = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in table.splitlines()]
        found = {self.process.pid: "up"}
        for _ in range(4):
            found |= {int(pid): args for pid, parent, args in rows if int(parent) in found}
        return found

    def child(self, words: str) -> int:
        return next((pid for pid, args in self.family().items() if words in args), 0)


def wait_for(check: Callable[[], object], seconds: float, told: Callable[[], str] = str) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, f"waited in vain\n{told()}"
        time.sleep(0.05)


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those that are still there, the dead whom nobody has buried left out."""
    states = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(pid) for pid, state in (line.split() for line in states.splitlines()) if not state.startswith("Z")}
    return {pid: words for pid, words in pids.items() if pid in running}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Start a stack in a folder whose path is long; it ends with the test."""
    stacks: list[Stack] = []
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    var = tmp_path / ("a-long-name-" * 12) / "var"
    var.parent.mkdir()

    def begin(port: int, **more: str) -> Stack:
        stacks.append(Stack(var, port, **more))
        return stacks[-1]

    yield begin
    for stack in stacks:
        stack.process.kill()
        stack.process.wait()


@pytest.mark.stack
@pytest.mark.timeout(240)
def test_the_stack_starts_heals_stops_and_keeps_its_data(start):
    port = free_port()
    stack = start(port).ready()
    assert {stack.status(path) for path in ("/healthz?deep", "/dev/mail", "/static/halfdoor.css")} == {200}
    assert f"http://localhost:{port}/desk" in stack.said()
    with psycopg.connect(host=str(embedded.socket_dir(stack.var)), user="halfdoor", dbname="halfdoor") as line:
        line.execute("INSERT INTO portal_drawermail (\"to\", subject, raw, arrived_at) VALUES ('a', 'kept', '', now())")

    # A second one on the same folder, and on the same port, says what is wrong and touches nothing.
    second = start(port)
    assert second.process.wait(30) == 1
    assert f"already runs from this folder (process {stack.process.pid}, port {port})" in second.said()

    # What is killed comes back.
    for words in ("celery --quiet -A portal worker", "manage.py relay", "valkey-server", "/postgres -D"):
        wait_for(lambda words=words: stack.child(words), 20, stack.said)
        before = stack.child(words)
        assert before > 1
        os.kill(before, signal.SIGKILL)
        began = time.monotonic()
        wait_for(lambda words=words, before=before: stack.child(words) not in {0, before}, 5, stack.said)
        assert time.monotonic() - began < 3
    wait_for(lambda: stack.status("/healthz?deep") == 200, 30, stack.said)

    # Ctrl-C: everything ends, quickly.
    family, began = stack.family(), time.monotonic()
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(10) == 0, stack.said()
    assert time.monotonic() - began < 5
    assert alive(family) == {}

    # The next start finds what was there; kill -9 leaves nothing behind.
    again = start(port).ready()
    with psycopg.connect(host=str(embedded.socket_dir(again.var)), user="halfdoor", dbname="halfdoor") as line:
        assert line.execute("SELECT subject FROM portal_drawermail").fetchall() == [("kept",)]
    wait_for(lambda: len(again.family()) > 8, 20, again.said)
    family = again.family()
    again.process.kill()
    again.process.wait()
    wait_for(lambda: alive(family) == {}, 10, lambda: str(alive(family)))


def test_a_taken_port_is_said_before_anything_starts(start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        stack = start(port)
        assert stack.process.wait(30) == 1
    assert f"Port {port} is taken" in stack.said()
    assert "make run" in stack.said()
    assert not (stack.var / "postgres").exists()


def test_production_is_refused(start):
    stack = start(free_port(), PRODUCTION="yes", SECRET_KEY="x" * 60)
    assert stack.process.wait(30) == 1
    assert "not for production" in stack.said()
