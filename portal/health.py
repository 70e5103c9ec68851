"""/healthz: can this process serve, and is the work behind it being done?"""

import socket
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

BROKER_TIMEOUT = 0.3  # seconds
LATE = 60  # seconds


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served. With ?deep, 503 also when the broker is away or work waits too long."""
    deep = "deep" in request.GET
    found = {"database": database_answers()} | ({"broker": broker_answers()} if deep else {})
    age = oldest_work() if found["database"] else None
    late = deep and age is not None and age > LATE
    well = all(found.values()) and not late
    return JsonResponse({"ok": well, **found, "oldest_work_seconds": age}, status=200 if well else 503)


def database_answers() -> bool:
    """Whether PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def oldest_work() -> int | None:
    """How many seconds the oldest event that nobody reacted to has waited."""
    try:
        since = import_string(settings.OLDEST_WORK)()
    except (DatabaseError, InterfaceError):
        return None
    return int((timezone.now() - since).total_seconds()) if since else 0


def broker_answers() -> bool:
    """Whether the broker answers quickly. Only ?deep asks: this is the one place where the web looks at it."""
    url = urlsplit(settings.CELERY_BROKER_URL)
    try:
        with _reach(url.scheme, url.hostname, url.port, unquote(url.path)) as line:
            if not url.scheme.startswith("redis") or url.scheme == "rediss":
                return True
            line.sendall(b"PING\r\n")
            return bool(line.recv(16))
    except (OSError, ValueError):
        return False


def _reach(scheme: str, host: str | None, port: int | None, path: str) -> socket.socket:
    if scheme != "redis+socket":
        usual = 5672 if scheme.startswith(("amqp", "pyamqp")) else 6379
        return socket.create_connection((host or "localhost", port or usual), timeout=BROKER_TIMEOUT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(BROKER_TIMEOUT)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line
