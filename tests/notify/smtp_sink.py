"""A small mail server on the loopback, for tests: it takes mail, or misbehaves in the ways that mail servers do."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

# ok: takes it. 451: not now. 550: never. from: not from this sender. data: not with these words. refuse: says so at the
# door. drop: takes the mail, and the line is dead. slow: takes the mail and answers when nobody listens any more.
# bye: takes the mail, and hangs up before the next. shut: says so first, as a server that is stopped does.
MODES = ("ok", "451", "550", "from", "data", "refuse", "drop", "slow", "bye", "shut")
SLOWNESS = 2.5  # seconds; the tests set EMAIL_TIMEOUT to less


class _Talk(socketserver.StreamRequestHandler):
    """One conversation. Its mode is asked anew for each mail."""

    server: "SmtpSink"

    def say(self, line: str) -> None:
        """One line to the client."""
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        """Answer commands until the client is gone."""
        self.server.talks += 1
        if self.server.next_mode(peek="refuse") == "refuse":
            self.say("554 nobody is at home")
            return
        self.say("220 sink.example")
        try:
            while line := self.rfile.readline():
                if not self.answer(line.decode("ascii", "replace").strip().upper()):
                    return
        except OSError:
            return

    def answer(self, line: str) -> bool:
        """Answer one command; False ends the conversation."""
        if line.startswith(("EHLO", "HELO")):
            self.say("250 sink.example")
        elif line.startswith("MAIL"):
            self.mode = self.server.next_mode()
            self.server.senders.append(line.partition("<")[2].partition(">")[0].lower())
            self.say((self.server.words or "550 not from you") if self.mode == "from" else "250 ok")
        elif line.startswith("RCPT") and self.mode in ("451", "550"):
            self.say(self.server.words if self.mode == "550" and self.server.words else f"{self.mode} not you")
        elif line.startswith("DATA"):
            return self.take()
        elif line.startswith("QUIT"):
            self.say("221 bye")
            return False
        else:
            self.say("250 ok")
        return True

    def take(self) -> bool:
        """Take the words of a mail."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        time.sleep(self.server.pause)
        if self.mode == "data":
            self.say(self.server.words)
            return True
        self.server.keep(b"".join(lines))
        if self.mode == "drop":
            return False
        if self.mode == "slow":
            time.sleep(SLOWNESS)
        self.say("250 taken")
        if self.mode == "shut":
            self.say("421 4.3.2 going down")
        return self.mode not in ("bye", "shut")


class SmtpSink(socketserver.ThreadingTCPServer):
    """The server. `modes` says how the next mails are treated, one after the other; then all are taken."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.modes: list[str] = []
        self.words = ""  # of a 550
        self.pause = 0.0  # seconds before each mail is taken
        self.raw: list[bytes] = []
        self.senders: list[str] = []  # of the envelopes, in small letters
        self.talks = 0
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def mails(self) -> list[Message]:
        """What was taken, parsed."""
        return [message_from_bytes(raw) for raw in self.raw]

    def next_mode(self, peek: str = "") -> str:
        """How the next mail is treated. With `peek`, only used up if it is this mode."""
        with self.lock:
            if peek and (not self.modes or self.modes[0] != peek):
                return ""
            return self.modes.pop(0) if self.modes else "ok"

    def wait_for(self, mails: int, seconds: float = 30) -> bool:
        """Until so many mails were taken."""
        end = time.monotonic() + seconds
        while len(self.raw) < mails and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.raw) >= mails

    def keep(self, raw: bytes) -> None:
        """Remember a mail."""
        with self.lock:
            self.raw.append(raw)


@contextmanager
def running() -> Iterator[SmtpSink]:
    """A sink that listens while the block runs."""
    with SmtpSink() as sink:
        threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield sink
        sink.shutdown()
