"""The Celery app and the timetable: every clock of the product in one table."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# By urgency; a worker drains them in this order.
QUEUES = ("codes", "now", "soon", "later")

app = Celery("halfdoor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # What comes due: reading hours, answers held back, lapses, snoozed pitches.
    "tick": {"task": "pitches.tasks.tick", "schedule": 2.0, "options": {"queue": "now", "expires": 10}},
    # What the relay missed, and rows whose worker died.
    "sweep": {"task": "pitches.tasks.sweep", "schedule": 20.0, "options": {"queue": "soon", "expires": 30}},
    # The DNS records of agencies that prove a domain.
    "look_up": {"task": "pitches.tasks.look_up", "schedule": 30.0, "options": {"queue": "later", "expires": 30}},
    # Work that stands still; before all else, for it may stand still because of what comes after.
    "alarm": {"task": "pitches.tasks.alarm", "schedule": 60.0, "options": {"queue": "codes", "expires": 50}},
    # What has outlived its purpose.
    "tidy": {"task": "pitches.tasks.tidy", "schedule": 3600.0, "options": {"queue": "later", "expires": 600}},
}


def refuse_to_start(**_process: Any) -> None:
    """Worker and beat do not work for a production that is not safe. Celery swallows every error but an exit."""
    from django.core.management.base import SystemCheckError  # noqa: PLC0415 (the settings must be loaded first)

    from portal import checks  # noqa: PLC0415

    try:
        checks.refuse()
    except SystemCheckError as error:
        raise SystemExit(str(error)) from error


worker_init.connect(refuse_to_start)
beat_init.connect(refuse_to_start)
