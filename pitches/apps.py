"""The domain, as a Django app."""

from django.apps import AppConfig


class PitchesConfig(AppConfig):
    """Pages, doors, pitches and what happens to them."""

    name = "pitches"
    verbose_name = "Pitches"
