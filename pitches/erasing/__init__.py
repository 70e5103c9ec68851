"""The end of an account: asked for with a press, kept with another for two weeks, and then erased step by step."""

from pitches.erasing.asking import GRACE, NotNow, ask, keep, overview
from pitches.erasing.going import QUEUE, go_on, waiting
from pitches.erasing.journal import again, journal
from pitches.erasing.steps import KEPT_FOR_SENDERS

__all__ = ["GRACE", "KEPT_FOR_SENDERS", "QUEUE", "NotNow", "again", "ask", "go_on", "journal", "keep", "overview",
           "waiting"]  # fmt: skip
