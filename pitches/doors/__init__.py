"""Doors and the page they hang on: hang and change a door, put a page up, keep its hours, give keys, share it."""

from pitches.doors.editing import KEPT, Changed, change, hang, hang_again, keep_version, reorder, stood, take_down
from pitches.doors.page import Taken, keep_digest, keep_hours, keep_shortcuts, publish, set_up

__all__ = [
    "KEPT",
    "Changed",
    "Taken",
    "change",
    "hang",
    "hang_again",
    "keep_digest",
    "keep_hours",
    "keep_shortcuts",
    "keep_version",
    "publish",
    "reorder",
    "set_up",
    "stood",
    "take_down",
]
