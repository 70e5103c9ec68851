"""One POST to a webhook: to the address that was looked at, by name in Host and TLS, and over after ten seconds.

No redirects, no proxies, no second try here, and nothing of the answer is kept but its number.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from pitches.hooks import addresses

TIMEOUT = 10.0  # seconds for all of it: the name, every address, and however slowly the other side speaks
ADDRESSES = 3  # of one host are tried, at most
READ = 1024  # bytes of an answer that are read, and forgotten
BROKEN = (HTTPError, HTTPException, OSError, ValueError)


class NotTold(Exception):
    """It was not taken; the message is a code of CALL_ERRORS in pitches/web/plan_words.py."""


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send it. Returns the status of the answer. Raises NotTold, or addresses.Refused."""
    if addresses.problem(url):
        raise addresses.Refused(url)
    parts, ends = urlsplit(url), time.monotonic() + TIMEOUT
    try:
        found = addresses.resolve(parts, TIMEOUT)[:ADDRESSES]
    except (OSError, UnicodeError) as error:
        raise NotTold("name") from error
    for place, address in enumerate(found):
        left = max(ends - time.monotonic(), 0.01)  # zero would mean no timeout at all
        connection = _connection(parts, address, left / (len(found) - place))
        try:
            with _cut_off(connection, left):
                return _ask(connection, parts, body, headers)
        except BROKEN as error:
            problem = _said(error)
            if problem != "unreachable":  # it may have been heard: no other address is told
                raise NotTold(problem) from error
        finally:
            connection.close()
    raise NotTold("unreachable")


def _connection(parts: SplitResult, address: str, seconds: float) -> HTTPConnection:
    """A line to one address, which has so many seconds to be there: a silent one leaves time for the next."""
    port, host = addresses.port_of(parts), (parts.hostname or "").rstrip(".")
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    return HTTPSConnection(
        address, port, timeout=seconds, cert_reqs="CERT_REQUIRED", server_hostname=host, assert_hostname=host
    )


def _ask(connection: HTTPConnection, parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.connect()
    connection.sock.settimeout(TIMEOUT)  # from here on, no other address is tried
    connection.request("POST", target, body=body, headers=headers | {"Host": parts.netloc}, preload_content=False)
    answer = connection.getresponse()
    with suppress(*BROKEN):
        answer.read(READ)
    return answer.status


@contextmanager
def _cut_off(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """A time for the whole conversation: the timeout of a socket begins anew with each byte that comes."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        line = connection.sock
        if line is not None:
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.start()
    try:
        yield
    except BROKEN as error:
        if late.is_set() and _said(error) != "unreachable":
            raise NotTold("late") from error
        raise
    finally:
        timer.cancel()


def _said(error: Exception) -> str:
    """What went wrong, as a code. Only what broke before a byte was sent is "unreachable"."""
    text = type(error).__name__
    if "Timeout" in text and "Connect" not in text:
        return "late"
    if isinstance(error, ssl.SSLError) or "SSL" in text or "Certificate" in text:
        return "certificate"
    return "unreachable" if text in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError") else "broken"
