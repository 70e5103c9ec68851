"""What the forms of the desk are made of, where there are many on one page."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pitches.web.ready import Ready

register = template.Library()
ONCE = "_token"


@register.simple_tag(takes_context=True)
def token(context: Context) -> SafeString:
    """That this site drew the form, and for which desk; worded once for a page, where forms are many."""
    request = context["request"]
    if not hasattr(request, ONCE):
        fields, seat = [("csrfmiddlewaretoken", str(context["csrf_token"]))], context.get("seat")
        fields += [("desk", seat.page.pk)] if seat else []
        setattr(request, ONCE, format_html_join("", '<input type="hidden" name="{}" value="{}">', fields))
    worded: SafeString = getattr(request, ONCE)
    return worded


@register.simple_tag
def ready_buttons(choices: Iterable[Ready], field: str, keys: bool) -> SafeString:  # noqa: FBT001 (a tag of templates)
    """The buttons of a panel, digits shown or not. A session draws the same ones for each card."""
    return _buttons(tuple(choices), field, keys, get_language())


@lru_cache(maxsize=256)
def _buttons(choices: tuple[Ready, ...], field: str, keys: bool, language: str) -> SafeString:  # noqa: FBT001
    return render_to_string("desk/_ready.html", {"choices": choices, "field": field, "keys": keys})


@register.filter
def segments(meter: Iterable[str]) -> SafeString:
    """The bar of a session: how far it is."""
    return format_html_join("", '<i class="{}"></i>', ((part,) for part in meter))
