"""A cache whose loss costs speed, never an answer: what cannot be read was never there."""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.retry import Retry

TIMEOUT = 0.3  # seconds
RUN = re.compile(rb"^run_id:(\w+)", re.MULTILINE)


def _forgiving(name: str, instead: Any) -> Callable[..., Any]:
    """The method of the same name, which answers `instead` when the server does not."""
    method = getattr(RedisCache, name)

    @wraps(method)
    def quiet(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except redis.RedisError:  # away, full, loading, read-only: all the same to a reader
            return instead(*args, **kwargs) if callable(instead) else instead

    return quiet


def _default(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


def _all(data: dict[str, Any], *args: Any, **kwargs: Any) -> list[str]:
    return list(data)


def _delta(key: str, delta: int = 1, version: int | None = None) -> int:
    return delta


class KeptClient(RedisCacheClient):
    """Django makes a new client for each question, which costs more than the question."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """One to read with and one to write with."""
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """Asked for every public page, so without what the client wraps around a question: half of the CPU."""
        wanted, unpack = list(keys), self._serializer.loads  # type: ignore[attr-defined] # the stubs do not know it
        pool = self.get_client().connection_pool
        connection = pool.get_connection()
        try:
            connection.send_command("MGET", *wanted)
            found = connection.read_response()
        finally:
            pool.release(connection)
        return {key: unpack(value) for key, value in zip(wanted, found, strict=True) if value is not None}


class ForgivingCache(RedisCache):
    """Redis or Valkey. While it is away every look is a miss, at once and without an error.

    `life` names the run of the server that this thread is connected to: one that was restarted, or that took over
    from another, may have forgotten what it was told last. Empty before the first look, and where it is kept secret.
    """

    life = ""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        quick = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "retry": Retry(NoBackoff(), 0)}
        options = quick | params.get("OPTIONS", {}) | {"redis_connect_func": self._greet}
        super().__init__(server, params | {"OPTIONS": options})
        self._class = KeptClient

    def _greet(self, connection: AbstractConnection) -> None:
        """Of each new connection, before anything is asked over it: whose is it?"""
        self.life = ""
        connection.on_connect()
        connection.send_command("INFO", "server")
        try:
            said = connection.read_response()
        except redis.ResponseError:  # an account that may not ask
            return
        found = RUN.search(bytes(said))
        self.life = found[1].decode() if found else ""

    get = _forgiving("get", _default)
    add = _forgiving("add", instead=True)
    set = _forgiving("set", instead=None)
    touch = _forgiving("touch", instead=False)
    delete = _forgiving("delete", instead=False)
    get_many = _forgiving("get_many", lambda *args, **kwargs: {})
    has_key = _forgiving("has_key", instead=False)
    incr = _forgiving("incr", _delta)
    set_many = _forgiving("set_many", _all)
    delete_many = _forgiving("delete_many", instead=None)
    clear = _forgiving("clear", instead=False)
