"""Threads that begin at one moment, each with a connection of its own; and the checksum of all tables."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.apps import apps
from django.db import connection

THREADS = 8


def race(act: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """What each of the threads got, or the class of what it raised."""
    start = threading.Barrier(threads)

    def run(number: int) -> Any:
        connection.ensure_connection()
        start.wait(timeout=30)
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001 (what is raised is what is looked at)
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def tables() -> list[str]:
    """Every table of the product."""
    return sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})


def checksum(*without: str) -> dict[str, str]:
    """The content of every table, in a few letters each."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            if table not in without:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                rows = "\n".join(row for (row,) in cursor.fetchall())
                found[table] = hashlib.sha256(rows.encode()).hexdigest()[:12]
    return found
