"""Shortens the leases."""

import os
from datetime import timedelta

from django.apps import AppConfig


class Chaos(AppConfig):
    """Only for the processes of a chaos run."""

    name = "tests.chaos"

    def ready(self):
        from portal import leases

        leases.LEASE = timedelta(seconds=int(os.environ.get("LEASE_SECONDS", "30")))
