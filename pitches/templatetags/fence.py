"""What keeps scripts out of a form, as hidden fields of it: `{% fence %}`."""

from typing import Any

from django import template
from django.template import Context

from portal import seen

register = template.Library()


@register.inclusion_tag("components/fence.html", takes_context=True)
def fence(context: Context) -> dict[str, Any]:
    """The field that stays empty, when the form was seen, and a sum where pitches/web/knocking.py asks for one."""
    request = context["request"]
    return {"seen": seen.mark(request), "sum": getattr(request, "sum", None)}
