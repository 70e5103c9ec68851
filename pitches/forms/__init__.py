"""What may come in: one form for the page, the API and the mail parser."""

from pitches.forms.pitch import PitchForm

__all__ = ["PitchForm"]
