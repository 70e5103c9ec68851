"""The Celery app and the timetable: every clock of the product in one table."""

import os

from celery import Celery

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
    # What has outlived its purpose.
    "tidy": {"task": "pitches.tasks.tidy", "schedule": 3600.0, "options": {"queue": "later", "expires": 600}},
}
