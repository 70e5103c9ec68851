"""The loop: one thread that reads what the children say, restarts those that end, and stops them all."""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from portal.up.process import Child

COLOURS = (36, 35, 32, 33, 34, 31)
TURN = 0.1  # seconds


class Failed(Exception):
    """The stack cannot run; the sentence says why."""


class Interrupted(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """Children in the order of their start; they stop in the reverse order of their `floor`."""

    def __init__(self) -> None:
        self.floors: list[list[Child]] = []
        self.stop_asked = False
        self.stopping = False
        self.interruptible = False
        self.selector = selectors.DefaultSelector()
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    # ── words ────────────────────────────────────────────────────────────────
    def say(self, line: str, child: Child | None = None) -> None:
        """Print one line, with the name of who said it."""
        name = child.name if child else "up"
        prefix = f"{name:>8} │ "
        if self.colour:
            code = COLOURS[self.children.index(child) % len(COLOURS)] if child else 90
            prefix = f"\x1b[{code}m{prefix}\x1b[0m"
        print(prefix + line, flush=True)  # noqa: T201 (this is the terminal's own program)

    # ── signals ──────────────────────────────────────────────────────────────
    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self.stop_asked = True
        if self.interruptible:
            raise Interrupted

    def listen(self) -> None:
        """From here on Ctrl-C, TERM and a closed terminal ask for an orderly stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work done in this process, which Ctrl-C may break off."""
        self.interruptible = True
        try:
            if self.stop_asked:
                raise Interrupted
            yield
        finally:
            self.interruptible = False

    # ── children ─────────────────────────────────────────────────────────────
    @property
    def children(self) -> list[Child]:
        """All of them, in the order of their start."""
        return [child for floor in self.floors for child in floor]

    def start(self, children: Sequence[Child]) -> None:
        """Start a floor: what stands on it needs the floors before it."""
        self.floors.append(list(children))
        for child in children:
            self._start(child)

    def add(self, child: Child) -> None:
        """Start one more on the top floor."""
        self.floors[-1].append(child)
        self._start(child)

    def _start(self, child: Child) -> None:
        child.start()
        self.selector.register(child.output, selectors.EVENT_READ, child)

    def turn(self, seconds: float = TURN) -> None:
        """Read, look after the children, and raise when somebody asked us to stop."""
        for key, _events in self.selector.select(seconds) if self.selector.get_map() else ():
            self._read(key.data)
        for child in self.children:
            if child.start_again_at is not None:
                self._restart_if_due(child)
            elif not child.running:
                self._ended(child)
        if self.stop_asked and not self.stopping:
            raise Interrupted

    def until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Turn until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failed(f"{what} did not answer within {seconds:.0f} seconds.")
            self.turn(0.03)

    def _read(self, child: Child) -> None:
        for line in child.lines():
            if child.whispers:
                child.whispered.append(line)
            else:
                self.say(line, child)
        if not child.running and child.output in self.selector.get_map():
            self.selector.unregister(child.output)

    def _ended(self, child: Child) -> None:
        """Restart what ended by itself, quickly; give up when it fails at once again and again."""
        assert child.popen is not None
        if child.popen.stdout is None or child.popen.stdout.closed:
            return
        self._read(child)
        child.popen.stdout.close()
        child.kill_group()
        if self.stopping:
            return
        for line in child.whispered:
            self.say(line, child)
        child.whispered.clear()
        code = child.popen.returncode
        if not child.plan_restart():
            raise Failed(
                f"{child.name} ended {child.failures} times in a row (exit code {code}). Its last lines are above."
            )
        self.say(f"{child.name} ended unexpectedly (exit code {code}); starting it again.")

    def _restart_if_due(self, child: Child) -> None:
        if not self.stopping and child.start_again_at is not None and time.monotonic() >= child.start_again_at:
            self._start(child)

    # ── the end ──────────────────────────────────────────────────────────────
    def stop(self, *, grace: Sequence[float]) -> None:
        """Stop the top floor first; each floor has its grace, then it is killed."""
        self.stopping = True
        for floor, seconds in zip(reversed(self.floors), grace, strict=False):
            for child in floor:
                child.ask_to_stop()
            end = time.monotonic() + seconds
            while any(child.running for child in floor) and time.monotonic() < end:
                self.turn(0.03)
            for child in floor:
                child.kill_group()
        self.turn(0)
