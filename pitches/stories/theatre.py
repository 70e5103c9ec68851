"""A database for one evening: made on the server that is there, or on a throw-away one, and dropped afterwards."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection

from portal.up import throwaway


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Inside the block the default connection is a fresh, migrated database."""
    name = f"halfdoor_story_{uuid4().hex[:12]}"
    with ExitStack() as stack:
        if not _reachable():
            connection.settings_dict["HOST"] = str(stack.enter_context(throwaway.postgres()))
        home = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            _switch(name)
            call_command("migrate", verbosity=0)
            mail.outbox = []
            yield
        finally:
            _switch(home)
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.close()


def _switch(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _reachable() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        connection.close()
        return False
    return True
