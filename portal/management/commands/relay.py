"""`manage.py relay`: from rows to rings."""

import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from portal import checks
from portal.celery import app
from portal.relay import Bell, Relay


class Command(BaseCommand):
    """Hear what PostgreSQL says and ring Celery. One is enough; two do no harm."""

    help = "Listen to PostgreSQL and ring the Celery workers."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped; not at all for a production that is not safe."""
        checks.refuse()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        Relay(Bell(app), import_string(settings.WORK)).run()
