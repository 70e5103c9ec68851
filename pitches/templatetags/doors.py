"""Draws doors and stamps: inline SVG, painted by class, silent for screen readers."""

from django import template

from portal import icons

register = template.Library()

DRAWN = {
    "open": "open",
    "until": "until",
    "shut": "shut",
    "key": "key",
    "wide": "wide",
    "invited": "key",
    "closed": "shut",
}


def drawing(state: str, paint: str) -> dict[str, str]:
    """What the door template needs; an unknown state is drawn shut, an unknown paint green."""
    return {
        "state": DRAWN.get(state, "shut"),
        "paint": paint if paint in icons.PAINTS else "green",
    }


@register.inclusion_tag("components/door.html")
def door(state: str, paint: str = "green") -> dict[str, str]:
    """A half-door as it stands: `{% door look paint %}`."""
    return drawing(state, paint)


@register.inclusion_tag("components/stamp.html")
def stamp(paint: str = "green", mark: str = "", state: str = "open") -> dict[str, str]:
    """The stamp of a letter: its door, and a short postmark such as a date."""
    return drawing(state, paint) | {"mark": mark}
