"""The order of the start: lock, servers, tables, first content, static files, then the four processes."""

import hashlib
import http.client
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connections

from portal import embedded, env, words
from portal.celery import QUEUES
from portal.up import guards, servers
from portal.up.process import Child
from portal.up.supervisor import Failed, Interrupted, Supervisor

DEMO_PAGE, DEMO_EMAIL = "/@maya", "maya@maya.example"
# Seconds for the top floor (web, worker, beat, relay), then for the servers: together under five.
GRACE = (2.0, 2.0)


def run(*, empty: bool = False) -> int:
    """Run everything until somebody stops it; `empty` leaves out the demo. The answer is the exit code."""
    stack = Supervisor()
    held = None
    try:
        refuse_production()
        held = guards.lock(settings.VAR)
        guards.need_free(settings.PORT)
        guards.sign(held, settings.PORT)
        stack.listen()
        build(stack, empty=empty)
        while True:
            stack.turn()
    except Interrupted:
        stack.say("stopping…")
        return 0
    except Failed as failure:
        stack.say(str(failure))
        return 1
    finally:
        stack.stop(grace=GRACE)
        if held:
            held.close()


def refuse_production() -> None:
    """The embedded stack is for a laptop or a small server that does not call itself production."""
    if settings.PRODUCTION:
        raise Failed(
            "`up` is not for production: with PRODUCTION on (or DATABASE_URL set) start web, worker, beat and relay "
            "as processes of their own (docs/run-it.md). For trying it out: PRODUCTION=no."
        )


def build(stack: Supervisor, *, empty: bool) -> None:
    """From nothing to a page that answers."""
    stack.say("starting…")
    sockets = start_servers(stack)
    with stack.working():
        collect_static()
        words.compile_all()
    if settings.EMBEDDED:
        stack.until(lambda: servers.database_answers(sockets), seconds=60, what="PostgreSQL")
    with stack.working():
        call_command("migrate", interactive=False, verbosity=0)
    web, *others = processes()
    stack.start([web])
    with stack.working():
        if not empty:
            furnish(stack)
        connections.close_all()
    for child in others:
        stack.add(child)
    stack.until(lambda: answers(stack, "/healthz") is not None, seconds=60, what="The site")
    announce(stack, demo=answers(stack, DEMO_PAGE) == http.client.OK)


def start_servers(stack: Supervisor) -> Path:
    """Start the servers for which no address was given."""
    var, sockets = settings.VAR, embedded.socket_dir(settings.VAR)
    floor: list[Child] = []
    own_broker = not (env.secret("BROKER_URL") and env.text("CACHE_URL"))
    if settings.EMBEDDED or own_broker:
        owner = servers.account(var)
        servers.prepare_sockets(sockets, owner)
    if settings.EMBEDDED:
        data = var / "postgres"
        servers.init_postgres(data, owner)
        servers.forget_stale_pid(data)
        floor.append(servers.postgres(data, sockets, owner))
    if own_broker:
        floor.append(servers.valkey(var / "valkey", sockets, owner))
    stack.start(floor)
    return sockets


def processes() -> Sequence[Child]:
    """Web, worker, beat and relay: the same four as in a large installation."""
    python = sys.executable
    celery = (python, "-m", "celery", "--quiet", "-A", "portal")
    quiet = ("--loglevel", "WARNING")
    surroundings = os.environ | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        "PORT": str(settings.PORT),
    }
    options = {"cwd": settings.BASE_DIR, "env": surroundings}
    worker = (*celery, "worker", "-Q", ",".join(QUEUES), "-c", "2", "--without-gossip", "--without-mingle", *quiet)
    return (
        Child("web", (python, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"), options=options),
        # An orphaned worker may wait for ever for a broker that is gone too. Its leases bring its work back.
        Child("worker", worker, signal.SIGTERM, signal.SIGKILL, options),
        Child("beat", (*celery, "beat", "--pidfile=", *quiet), options=options),
        Child("relay", (python, "manage.py", "relay"), options=options),
    )


def furnish(stack: Supervisor) -> None:
    """Put the demo into an empty house."""
    if "demo" in get_commands() and not get_user_model().objects.exists():
        stack.say("moving in: the demo page of Maya Lind")
        call_command("demo", verbosity=0)


def collect_static() -> None:
    """Collect the static files, when one of them has changed since the last time."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{storage.path(path)} {found.st_mtime_ns} {found.st_size}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(seen.hexdigest())


def answers(stack: Supervisor, path: str) -> int | None:
    """The status with which the site answers, or None while it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=3)
    try:
        with stack.working():
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def announce(stack: Supervisor, *, demo: bool) -> None:
    """The one block that a person should read."""
    site = f"http://localhost:{settings.PORT}"
    rows = [("Desk", f"{site}/desk"), ("Mails", f"{site}/dev/mail")]
    if demo:
        rows = [
            ("Demo page", site + DEMO_PAGE),
            ("Desk", f"{site}/desk   sign in as {DEMO_EMAIL}; the code is in the mail drawer:"),
            ("Mail drawer", f"{site}/dev/mail"),
        ]
    bold, plain = ("\x1b[1m", "\x1b[0m") if stack.colour else ("", "")
    width = max(len(name) for name, _ in rows)
    lines = [f"{bold}Halfdoor is ready.{plain}", *(f"  {name:<{width}}  {where}" for name, where in rows)]
    lines.append(f"  Ctrl-C stops everything; what you did stays in {os.path.relpath(settings.VAR)}.")
    print("\n  " + "\n  ".join(lines) + "\n", flush=True)  # noqa: T201 (this is the terminal's own program)
