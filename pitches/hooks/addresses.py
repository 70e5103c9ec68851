"""Where a webhook may lead: to a host of the open net, and never back into the network that this runs in.

The name is resolved here, every address is looked at, and the connection goes to the very address that was looked at:
a name that answers something else a moment later changes nothing.
"""

import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Names that stay inside: RFC 6761, RFC 6762, RFC 8375, and what routers and clouds are used to.
INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa")
# Addresses that carry another one, or are no one host: NAT64 (RFC 6052), 6to4, Teredo, site-local, documentation.
NOT_A_HOST = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "100.64.0.0/10", "::/96")
)


class Refused(Exception):
    """It leads where no webhook may lead: the address stands in the message, for the log only."""


def problem(url: str) -> str:
    """What is wrong with an address as it is written: scheme, form or inside; empty if nothing. Asks nobody."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "form"
    if parts.scheme not in (("https",) if settings.PRODUCTION else ("https", "http")):
        return "scheme"
    if not host or parts.username is not None or parts.password is not None or parts.fragment or not _plain(url):
        return "form"
    return "inside" if _named_inside(host) else ""


def _plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and not set(url) & set(' \\"<>^`{|}')


def _named_inside(host: str) -> bool:
    name = host.rstrip(".")
    literal = _literal(name)
    if literal is not None:
        return not may_be_told(literal)
    if settings.WEBHOOK_LOOPBACK and name == "localhost":
        return False
    return "." not in name or any(name == inside or name.endswith(f".{inside}") for inside in INSIDE)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def may_be_told(address: Address) -> bool:
    """Is this an address of the open net? Loopback is, where the settings say so."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return may_be_told(address.ipv4_mapped)
    if address.is_loopback:
        return bool(settings.WEBHOOK_LOOPBACK)
    if any(address in network for network in NOT_A_HOST if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(parts: SplitResult, seconds: float) -> list[str]:
    """The addresses of a host, all of them looked at. Raises Refused if one is inside, OSError if none came."""
    host = parts.hostname or ""
    found = _asked(host, port_of(parts), seconds)
    texts = list(dict.fromkeys(str(one[4][0]) for one in found))
    for text in texts:
        literal = _literal(text)
        if literal is None or not may_be_told(literal):
            raise Refused(f"{host} is {text}")
    return texts


def _asked(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """What the resolver of the system says. It knows no timeout, so a thread waits for it and may be left behind."""
    answer: Future[list[tuple[Any, ...]]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 (raised again where the answer is waited for)
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return answer.result(timeout=seconds)


def port_of(parts: SplitResult) -> int:
    """The port of an address, or the usual one."""
    return parts.port or (443 if parts.scheme == "https" else 80)
