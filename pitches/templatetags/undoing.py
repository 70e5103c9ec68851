"""The way back in the line that says what just happened."""

import json
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message

register = template.Library()
MARK = "undo:"


@register.filter
def way_back(message: Message) -> dict[str, Any] | None:
    """What "Undo" sends, and where to; None where nothing can be undone. web/undoing.py put it there."""
    tags = message.extra_tags or ""
    return json.loads(tags.removeprefix(MARK)) if tags.startswith(MARK) else None
