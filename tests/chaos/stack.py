"""Every process of the product in groups of their own, to be killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal.up import guards, servers, throwaway
from portal.up.process import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
PORTS = range(8140, 8199)


class Stack:
    """PostgreSQL, Valkey, web, worker, beat and relay. Everything is started from the main thread."""

    def __init__(self, home, sockets, smtp_port, lease):
        self.home, self.sockets, self.owner = home, sockets, servers.account(home)
        self.port = next(port for port in PORTS if guards.is_free(port))
        self.running = {}
        self.broker = servers.valkey(home / "valkey", sockets, self.owner)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": f"postgresql://halfdoor@/halfdoor?host={sockets}",
            "BROKER_URL": f"redis+socket://{sockets}/valkey.sock?virtual_host=0",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "SECRET_KEY": "only-for-chaos-only-for-chaos-only-for-chaos-0123456789",
            "PRODUCTION": "no",
            "HALFDOOR_VAR": str(home / "var"),
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
            "LEASE_SECONDS": str(lease),
            "PYTHONWARNINGS": "ignore",
        }

    def words(self, name):
        """The command of a process."""
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
        return {
            "broker": list(self.broker.command),
            "web": [sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"],
            "worker": [*celery, "worker", "-Q", "codes,now,soon,later", "-c", "2", "--without-gossip",
                       "--without-mingle", "--loglevel", "WARNING"],
            "beat": [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"],
            "relay": [sys.executable, "manage.py", "relay"],
        }[name]  # fmt: skip

    def start(self, *names):
        """Start processes, each as the leader of its group; what they say goes into a file."""
        for name in names:
            options: dict[str, Any] = {"cwd": ROOT, "env": self.environment} | (
                self.broker.options if name == "broker" else {}
            )
            with (self.home / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    self.words(name),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                    **options,
                )

    def kill(self, name):
        """kill -9 of a process and of all its children."""
        process = self.running.pop(name, None)
        if process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def manage(self, *words):
        """Run a management command of the product: (exit code, what it said)."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def answers(self, path="/@chaos"):
        """The status that the site answers with; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until(self, condition, seconds):
        """Whether something became true in time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def log(self, name):
        """What a process has said."""
        return (self.home / f"{name}.log").read_text(errors="replace")


@contextlib.contextmanager
def standing(smtp_port, senders, lease=30):
    """A stack that runs while the block does, and is gone afterwards."""
    with throwaway.postgres() as sockets:
        stack = Stack(sockets.parent, sockets, smtp_port, lease)
        try:
            for words in (
                ["migrate", "-v0"],
                ["shell", "-c", f"from tests.chaos.furnish import *; furnish({senders})"],
            ):
                code, said = stack.manage(*words)
                assert code == 0, said
            stack.start("broker", "web", "worker", "beat", "relay")
            assert stack.wait_until(lambda: stack.answers() == 200, 60), stack.log("web")
            yield stack
        finally:
            for name in list(stack.running):
                stack.kill(name)
