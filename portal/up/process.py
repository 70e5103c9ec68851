"""One child process: it dies with us, even when we are killed, and its lines carry its name."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

PR_SET_PDEATHSIG = 1
# A child that lived shorter than this has failed to start.
QUICK = 10.0
MOST_QUICK_FAILURES = 5
PAUSES = (0.0, 0.1, 0.3, 0.6, 1.0)


def die_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    """A hook for Popen: on Linux the kernel sends `sig` to the child when we are gone, kill -9 included.

    The kernel watches the thread that forks, so children are started from the main thread only.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, sig)
        if os.getppid() != parent:
            os._exit(1)

    return hook


@dataclass
class Child:
    """What to run, how to ask it to stop, and how it fares."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    options: dict[str, Any] = field(default_factory=dict)
    # What a server says is shown only when it ends by itself.
    whispers: bool = False
    whispered: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    popen: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_again_at: float | None = None
    unread: bytes = b""

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor."""
        self.start_again_at, self.started_at, self.unread = None, time.monotonic(), b""
        self.popen = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(self.orphan_signal),  # noqa: PLW1509 (this program has one thread)
            **self.options,
        )
        assert self.popen.stdout is not None
        os.set_blocking(self.popen.stdout.fileno(), False)

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.popen is not None and self.popen.poll() is None

    @property
    def output(self) -> int:
        """The file descriptor of what it says."""
        assert self.popen is not None
        assert self.popen.stdout is not None
        return self.popen.stdout.fileno()

    def lines(self) -> list[str]:
        """The whole lines it has said since we last looked."""
        try:
            while chunk := os.read(self.output, 65536):
                self.unread += chunk
        except BlockingIOError:
            pass
        *whole, self.unread = self.unread.split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in whole if line.strip()]

    def ask_to_stop(self) -> None:
        """Ask once: a second signal would make Celery drop what it is doing."""
        if self.popen is not None and self.running:
            self.popen.send_signal(self.stop_signal)

    def kill_group(self) -> None:
        """End it and whatever it has left behind."""
        if self.popen is not None:
            try:
                os.killpg(self.popen.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def plan_restart(self) -> bool:
        """Note an unexpected end. False when it has failed too often in a row to try again."""
        now = time.monotonic()
        self.failures = self.failures + 1 if now - self.started_at < QUICK else 1
        if self.failures > MOST_QUICK_FAILURES:
            return False
        self.start_again_at = now + PAUSES[self.failures - 1]
        return True
