"""Doors and the page they hang on: hang and change a door, put a page up, keep its hours, give keys, share it."""

from pitches.doors.editing import KEPT, Changed, change, hang, hang_again, keep_version, reorder, stood, take_down
from pitches.doors.page import (
    PageChanged,
    Taken,
    begin,
    hide,
    keep_digest,
    keep_hours,
    keep_settings,
    keep_shortcuts,
    keep_words,
    publish,
    set_up,
)

__all__ = [
    "KEPT",
    "Changed",
    "PageChanged",
    "Taken",
    "begin",
    "change",
    "hang",
    "hang_again",
    "hide",
    "keep_digest",
    "keep_hours",
    "keep_settings",
    "keep_shortcuts",
    "keep_version",
    "keep_words",
    "publish",
    "reorder",
    "set_up",
    "stood",
    "take_down",
]
