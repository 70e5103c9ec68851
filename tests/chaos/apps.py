"""Shortens the leases, and by as much the time that one conversation with a mail server may take."""

import os
from datetime import timedelta

from django.apps import AppConfig


class Chaos(AppConfig):
    """Only for the processes of a chaos run."""

    name = "tests.chaos"

    def ready(self):
        from pitches.notify import delivery
        from portal import leases

        usual, leases.LEASE = leases.LEASE, timedelta(seconds=int(os.environ.get("LEASE_SECONDS", "30")))
        delivery.CONVERSATION *= leases.LEASE / usual
