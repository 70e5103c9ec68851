"""The plumbing, as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Accounts, mail drawer, checks and commands."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Register the deployment checks, and hear what happens to sign-ins."""
        from portal import accounts, checks  # noqa: F401, PLC0415 (apps must be loaded first)
