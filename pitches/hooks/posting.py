"""One POST to a webhook: to the address that was looked at, by name in Host and TLS, and over after ten seconds.

No redirects, no proxies, no second try here, and nothing of the answer is kept but its number.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from pitches.hooks import addresses

TIMEOUT = 10.0  # seconds for all of it, however slowly the other side speaks
ADDRESSES = 3  # of one host are tried, at most
READ = 1024  # bytes of an answer that are read, and forgotten
BROKEN = (HTTPError, HTTPException, OSError, ValueError)


class NotTold(Exception):
    """It was not taken; the message is a code of CALL_ERRORS in pitches/web/plan_words.py."""


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send it. Returns the status of the answer. Raises NotTold, or addresses.Refused."""
    if addresses.problem(url):
        raise addresses.Refused(url)
    parts = urlsplit(url)
    try:
        found = addresses.resolve(parts)
    except (OSError, UnicodeError) as error:
        raise NotTold("name") from error
    for address in found[:ADDRESSES]:
        connection = _connection(parts, address)
        try:
            with _cut_off(connection, TIMEOUT):
                return _ask(connection, parts, body, headers)
        except BROKEN as error:
            problem = _said(error)
            if problem != "unreachable":  # it may have been heard: no other address is told
                raise NotTold(problem) from error
        finally:
            connection.close()
    raise NotTold("unreachable")


def _connection(parts: SplitResult, address: str) -> HTTPConnection:
    port, host = addresses.port_of(parts), (parts.hostname or "").rstrip(".")
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=TIMEOUT)
    return HTTPSConnection(
        address, port, timeout=TIMEOUT, cert_reqs="CERT_REQUIRED", server_hostname=host, assert_hostname=host
    )


def _ask(connection: HTTPConnection, parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.connect()
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
        if late.is_set():
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
