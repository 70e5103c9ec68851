"""How long until a held answer leaves."""

import math
from datetime import datetime

from django import template
from django.utils.translation import ngettext

from portal import clock

register = template.Library()


@register.filter
def seconds_left(moment: datetime | None) -> int:
    """Whole seconds until a moment; none when it has passed."""
    return max(0, math.ceil((moment - clock.now()).total_seconds())) if moment else 0


@register.filter
def in_minutes(moment: datetime | None) -> str:
    """How soon: "in 8 minutes", rounded up."""
    count = max(1, math.ceil(seconds_left(moment) / 60))
    return ngettext("in %(count)s minute", "in %(count)s minutes", count) % {"count": count}
