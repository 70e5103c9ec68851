"""Charts as SVG: pure functions from numbers to shapes, all in parts of a hundred, coloured by the classes they carry.

There is no text in a drawing: words stand beside it in HTML, where they wrap, grow and are read. A sheet turned from
right to left mirrors the whole drawing (static/halfdoor.css), so everything here begins on the left.
"""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# What is not told apart by colour alone: desk/_number_defs.html has these patterns.
HATCHED = {"wrong_door": "hatch-wrong_door", "later": "hatch-later", "lapsed": "hatch-lapsed"}
PLAIN = {"yes": "of-yes", "no": "of-no", "asked": "of-asked", "waiting": "of-waiting", "time": "of-time"}
Part = tuple[str, float]  # what it stands for, how much


def stack(parts: Sequence[Part], most: float) -> SafeString:
    """One bar of several parts, one after the other; `most` fills the whole width."""
    shapes, at = [], 0.0
    for look, size in parts:
        wide = 100 * size / most if most else 0
        shapes.append((_paint(look), _per(at), _per(wide)))
        at += wide
    drawn = format_html_join("", '<rect {} x="{}" width="{}" height="100%" rx="3"/>', shapes)
    return format_html('<svg class="tally" aria-hidden="true" focusable="false">{}</svg>', drawn)


def swatch(look: str) -> SafeString:
    """The small square that says which part is which."""
    return format_html(
        '<svg class="swatch" aria-hidden="true" focusable="false"><rect {} width="100%" height="100%" rx="3"/></svg>',
        _paint(look),
    )


def columns(values: Sequence[float], top: float) -> SafeString:
    """One upright bar for each value; `top` is the height of the drawing."""
    each = 100 / max(1, len(values))
    shapes = [
        (_per(each * (place + 0.15)), _per(_height(value, top)), _per(each * 0.7), _per(100 - _height(value, top)))
        for place, value in enumerate(values)
        if value
    ]
    drawn = format_html_join("", '<rect class="of-time" x="{}" y="{}" width="{}" height="{}"/>', shapes)
    return _plot(drawn)


def course(values: Sequence[float | None], targets: Sequence[float | None], unsure: Sequence[bool], top: float) -> str:
    """A dot for each value, joined where they follow each other; a dash for each target; hollow where it may change."""
    each = 100 / max(1, len(values))
    places = [each * (place + 0.5) for place in range(len(values))]
    points = list(zip(places, values, strict=True))
    dashes = [
        (_per(x - each * 0.38), _per(x + each * 0.38), *[_per(_height(target, top))] * 2)
        for x, target in zip(places, targets, strict=True)
        if target is not None
    ]
    lines = [
        (_per(x0), _per(x1), _per(_height(y0, top)), _per(_height(y1, top)))
        for (x0, y0), (x1, y1) in pairwise(points)
        if y0 is not None and y1 is not None
    ]
    dots = [
        ("dot unsure" if open_ else "dot", _per(x), _per(_height(y, top)))
        for (x, y), open_ in zip(points, unsure, strict=True)
        if y is not None
    ]
    segment = '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return _plot(
        format_html_join("", segment, (("target", *one) for one in dashes)),
        format_html_join("", segment, (("joined", *one) for one in lines)),
        format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="5"/>', dots),
    )


def round_top(value: float) -> int:
    """An even number for the top of a scale, at least two and not below the value: its half is whole as well."""
    scale = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if step * scale >= value:
                return step * scale
        scale *= 10


def _plot(*shapes: SafeString) -> SafeString:
    grid = format_html_join(
        "", '<line class="grid" x1="0" x2="100%" y1="{}" y2="{}"/>', (["0"] * 2, ["50%"] * 2, ["100%"] * 2)
    )
    return format_html(
        '<svg aria-hidden="true" focusable="false">{}{}</svg>',
        grid,
        format_html_join("", "{}", ((one,) for one in shapes)),
    )


def _paint(look: str) -> SafeString:
    if look in HATCHED:
        return format_html('class="hatched" fill="url(#{})"', HATCHED[look])
    return format_html('class="{}"', PLAIN[look])


def _height(value: float, top: float) -> float:
    """How far below the top a value lies."""
    return 100 - 100 * min(value, top) / top


def _per(number: float) -> str:
    return f"{number:.2f}%"
