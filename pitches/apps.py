"""The domain, as a Django app."""

from django.apps import AppConfig


class PitchesConfig(AppConfig):
    """Pages, doors, pitches and what happens to them."""

    name = "pitches"
    verbose_name = "Pitches"

    def ready(self) -> None:
        """Hear what the mail provider says."""
        from pitches.inbound import providers  # noqa: PLC0415 (the models must be loaded first)

        providers.listen()
