"""`migrate` in the tests: an empty database gets a copy of the tables that the migrations have once made.

The migrations take a second or two, the copy takes half a one. `manage.py up` never comes here.
"""

import fcntl
import hashlib
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from portal.up import servers


class Command(migrate.Command):
    def handle(self, *args, **options):
        line = connections[options["database"]]
        folder = os.environ.get("HALFDOOR_TABLES")
        if not folder or settings.MIGRATION_MODULES or line.introspection.table_names():
            super().handle(*args, **options)
            return
        copy = Path(folder) / f"{digest()}.sql"
        with alone(copy.parent):
            if not copy.exists():
                super().handle(*args, **options)
                keep(line, copy)
                return
        pour(line, copy)
        super().handle(*args, **options)  # what follows every migration


def digest():
    """Another one whenever a migration has changed, or Django, which turns them into SQL."""
    seen = hashlib.sha256(django.__version__.encode())
    for path in sorted(settings.BASE_DIR.glob("*/migrations/*.*")):
        seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()[:16]


@contextmanager
def alone(folder):
    """One process makes the copy, the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(line, copy):
    """Write the tables down; those of older migrations go."""
    for old in copy.parent.glob("*.sql"):
        old.unlink()
    fresh = copy.with_suffix(".new")
    ask("pg_dump", line, "--file", str(fresh))
    fresh.rename(copy)


def pour(line, copy):
    ask("psql", line, "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--file", str(copy))


def ask(program, line, *words):
    """Let a program of PostgreSQL work on the database of a connection."""
    line.ensure_connection()
    info = line.connection.info
    where = ["--host", info.host, "--username", info.user, "--dbname", info.dbname]
    subprocess.run([servers.postgres_bin() / program, *where, *words], stdout=subprocess.DEVNULL, check=True)
