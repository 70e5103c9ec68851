"""PostgreSQL and Valkey from their wheels: under which account, in which folder, with which command."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from portal import embedded
from portal.up.process import Child, die_with_parent
from portal.up.supervisor import Failed

LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 108


@dataclass(frozen=True)
class Account:
    """Who runs the servers. PostgreSQL refuses root."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """What Popen needs to run as this account."""
        if self.uid == os.geteuid():
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path, *, near: Path) -> bool:
        """Whether this account reaches the program and the folder."""
        words = [*self.prefix, "/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", str(near), str(program)]
        try:
            return subprocess.run(words, capture_output=True, check=False, **self.options).returncode == 0
        except OSError:
            return False


def account(near: Path) -> Account:
    """Ourselves; or, for root: nobody, or a user of our own namespace where nobody cannot reach the files."""
    me = Account(os.geteuid(), os.getegid())
    if me.uid != 0:
        return me
    nobody = pwd.getpwnam("nobody")
    unshare = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    last_words = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
    for candidate in (Account(nobody.pw_uid, nobody.pw_gid), Account(0, me.gid, (*unshare, *last_words))):
        if candidate.can_run(postgres_bin() / "postgres", near=near):
            return candidate
    raise Failed(
        "PostgreSQL does not run as root, and the account `nobody` cannot reach this folder. "
        "Start as an ordinary user, or move the folder to a place that others can read, such as /srv."
    )


def postgres_bin() -> Path:
    """The folder of the PostgreSQL programs, or a sentence."""
    if found := embedded.postgres_bin():
        return found
    raise Failed("The embedded PostgreSQL is not installed here. Install requirements.txt, or set DATABASE_URL.")


def valkey_binary() -> Path:
    """The Valkey server, or a sentence."""
    if found := embedded.valkey_binary():
        return found
    raise Failed(
        "The embedded Valkey is not installed here. Install requirements.txt, or set BROKER_URL and CACHE_URL."
    )


def prepare_sockets(folder: Path, owner: Account) -> None:
    """Make the folder of the sockets, which nobody else may enter."""
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") > LONGEST_SOCKET_PATH + 8:
        raise Failed(f"The path of the temporary folder is too long for a socket: {folder}. Set TMPDIR to a short one.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), owner.uid}:
        raise Failed(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.")
    give(folder, owner)
    folder.chmod(0o700)


def give(path: Path, owner: Account) -> None:
    """Make the account the owner of a folder and all that is in it."""
    if path.lstat().st_uid == owner.uid:
        return
    if os.geteuid() != 0:
        raise Failed(f"{path} belongs to another account. Start as that one, or: sudo chown -R $USER {path}")
    for found in (path, *path.rglob("*")):
        os.chown(found, owner.uid, owner.gid, follow_symlinks=False)


def init_postgres(data: Path, owner: Account, *, sync: bool = True) -> None:
    """Make the database cluster once. It is renamed into place when it is complete."""
    if data.exists():
        give(data, owner)
        return
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    give(fresh, owner)
    words = [
        *owner.prefix,
        str(postgres_bin() / "initdb"),
        "-D",
        str(fresh),
        "-U",
        "halfdoor",
        "--auth=trust",
        "-E",
        "UTF8",
    ]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    words += [] if sync else ["--no-sync"]
    done = subprocess.run(
        words,
        capture_output=True,
        check=False,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
        **owner.options,
    )
    if done.returncode:
        raise Failed("PostgreSQL could not make its data folder: " + done.stderr.decode(errors="replace").strip())
    fresh.rename(data)


def forget_stale_pid(data: Path) -> None:
    """Remove postmaster.pid when its number belongs to a process that is not this PostgreSQL.

    PostgreSQL itself only looks whether the number is alive, so after a reboot it may refuse to start.
    Our lock guarantees that no other supervisor is at work on this folder.
    """
    path = data / "postmaster.pid"
    if sys.platform != "linux" or not path.exists():
        return
    number = path.read_text().split("\n", 1)[0].strip()
    try:
        if data.samefile(f"/proc/{int(number)}/cwd"):
            return
    except (OSError, ValueError):
        pass
    path.unlink(missing_ok=True)


def postgres(data: Path, sockets: Path, owner: Account, *settings: str) -> Child:
    """PostgreSQL on a socket only. INT is its quick and clean stop; TERM would wait for every client."""
    wanted = ("listen_addresses=", "unix_socket_permissions=0700", "max_connections=60", *settings)
    words = [*owner.prefix, str(postgres_bin() / "postgres"), "-D", str(data), "-k", str(sockets)]
    words += [word for setting in wanted for word in ("-c", setting)]
    return Child("postgres", words, signal.SIGINT, signal.SIGINT, owner.options, whispers=True)


def valkey(data: Path, sockets: Path, owner: Account) -> Child:
    """Valkey on a socket only; what is in a queue survives a restart."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    give(data, owner)
    words = [*owner.prefix, str(valkey_binary()), "--port", "0", "--unixsocket", str(sockets / "valkey.sock")]
    words += ["--unixsocketperm", "700", "--dir", str(data), "--appendonly", "yes", "--save", ""]
    words += ["--maxmemory-policy", "noeviction", "--loglevel", "warning"]
    return Child("valkey", words, options=owner.options, whispers=True)


def database_answers(sockets: Path) -> bool:
    """Whether PostgreSQL answers and has our database, which is made here the first time."""
    try:
        with psycopg.connect(host=str(sockets), user="halfdoor", dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'halfdoor'").fetchone()
            if not found:
                connection.execute("CREATE DATABASE halfdoor")
    except psycopg.OperationalError:
        return False
    return True
