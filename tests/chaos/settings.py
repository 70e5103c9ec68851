"""The settings of the tests, for processes of their own. A short run need not wait for long leases: LEASE_SECONDS."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.apps.Chaos"]
ACCOUNT_RATE_LIMITS = False  # everybody signs in from the same address
