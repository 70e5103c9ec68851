"""Half-doors at dusk, in Pillow: what the stylesheet and components/door.html draw in SVG, in the same lengths.

Everything is drawn twice as large as it is kept, which makes smooth edges.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageOps

Point = tuple[float, float]
Box = tuple[int, int, int, int]

FINE = 2

# The dusk of static/halfdoor.css.
WALL, INK, INK2, STONE, LAMP = "#0F181E", "#EDF3EC", "#AFBEB7", "#1B2930", "#FFCB52"
FRAME, FRAME_LINE, KNOB, LEDGE = "#2C3E47", "#41555F", "#D9BF7C", "#7A5A33"
ENVELOPE, ENVELOPE_LINE = "#F3EFE2", "#6D6450"
INSET, DIM = "#FFFFFF26", "#00000055"
PAINTS = {
    "green": "#1F6A51",
    "blue": "#2C5F9B",
    "plum": "#744470",
    "red": "#93392F",
    "gold": "#A9761C",
    "teal": "#21707A",
}
# The light and the small things of components/door.html, which have no name in the stylesheet.
LIT, PAPER, PAPER_LINE, HANDS = ("#FFF6DA", "#FFDF8E", "#F7B93C"), "#FFFDF4", "#8D8166", "#14261F"
PLATE_LINE, SIGN, SIGN_INK, LOCK, SILVER = "#B7A98A", "#F4DFA9", "#7A6E57", "#FFE39B", "#FFFDF4"
DULL = 0.72  # how much colour a shut door keeps


class Brush:
    """Draws at a place and in a scale: shapes of the SVG on a picture that is twice as fine."""

    def __init__(self, image: Image.Image, at: Point = (0, 0), scale: float = 1) -> None:
        self.image, self.at, self.scale = image, at, scale * FINE
        self.draw = ImageDraw.Draw(image, "RGBA")

    def moved(self, at: Point, scale: float) -> "Brush":
        """The same picture, with another corner and another scale."""
        return Brush(self.image, at, scale)

    def points(self, shape: Sequence[Point]) -> list[Point]:
        """Where the points of a shape lie on the picture."""
        return [(self.at[0] * FINE + x * self.scale, self.at[1] * FINE + y * self.scale) for x, y in shape]

    def box(self, left: float, top: float, wide: float, high: float) -> Box:
        """A rectangle as whole pixels."""
        (x0, y0), (x1, y1) = self.points([(left, top), (left + wide, top + high)])
        return round(x0), round(y0), round(x1), round(y1)

    def fill(self, shape: Sequence[Point], colour: str) -> None:
        """A filled shape."""
        self.draw.polygon(self.points(shape), colour)

    def line(self, shape: Sequence[Point], colour: str, width: float) -> None:
        """A line through points."""
        self.draw.line(self.points(shape), colour, max(1, round(width * self.scale)), joint="curve")

    def rect(self, left: float, top: float, wide: float, high: float, colour: str, *, round_by: float = 0) -> None:
        """A filled rectangle, with round corners."""
        self.draw.rounded_rectangle(self.box(left, top, wide, high), round_by * self.scale, colour)

    def outline(self, shape: Sequence[Point], colour: str, width: float) -> None:
        """The closed outline of a shape; a colour that is half clear stays even."""
        self.draw.polygon(self.points(shape), None, colour, max(1, round(width * self.scale)))

    def ring(self, left: float, top: float, wide: float, high: float) -> None:
        """The outline of a panel that is let into a door."""
        box, width = self.box(left, top, wide, high), max(1, round(2 * self.scale))
        self.draw.rounded_rectangle(box, 3 * self.scale, None, INSET, width)

    def dot(self, middle: Point, radius: float, colour: str, line: str | None = None, width: float = 1.4) -> None:
        """A circle."""
        x, y = middle
        box = self.box(x - radius, y - radius, 2 * radius, 2 * radius)
        self.draw.ellipse(box, colour, line, round(width * self.scale) if line else 0)

    def shine(self, mask: Image.Image, box: Box, colour: str, strength: float) -> None:
        """Light in a colour, as strong as the mask is bright."""
        size = (box[2] - box[0], box[3] - box[1])
        soft = mask.resize(size, Image.Resampling.BILINEAR).point(lambda value: value * strength)
        self.image.paste(ImageColor.getrgb(colour), box[:2], soft)


# ── shapes ───────────────────────────────────────────────────────────────────
def arch(left: float, right: float, spring: float, base: float) -> list[Point]:
    """A round arch on two straight sides."""
    middle, radius = (left + right) / 2, (right - left) / 2
    bend = [(middle - radius * cos(step * pi / 48), spring - radius * sin(step * pi / 48)) for step in range(49)]
    return [(left, base), *bend, (right, base)]


def curve(start: Point, near: Point, far: Point, end: Point) -> list[Point]:
    """A cubic Bézier curve as points."""
    steps = [step / 16 for step in range(17)]
    parts = [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in steps]
    return [
        tuple(a * start[axis] + b * near[axis] + c * far[axis] + d * end[axis] for axis in (0, 1))  # type: ignore[misc]
        for a, b, c, d in parts
    ]


def dull(colour: str) -> str:
    """The colour of a shut door: less of it, as saturate() does it."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    grey = 0.213 * red + 0.715 * green + 0.072 * blue
    return "#{:02x}{:02x}{:02x}".format(*(round(grey + DULL * (part - grey)) for part in (red, green, blue)))


@lru_cache(maxsize=1)
def _lights() -> tuple[Image.Image, Image.Image, Image.Image]:
    """Light round a point, light that falls off downwards, and the colours inside a lit door."""
    # Pillow's gradient ends in the corners; light ends in a circle.
    distance = Image.radial_gradient("L").point(lambda value: min(255, value * 2**0.5))
    downwards = ImageOps.invert(Image.linear_gradient("L"))
    return ImageOps.invert(distance), downwards, ImageOps.colorize(distance, LIT[0], LIT[2], LIT[1], midpoint=140)


# ── a door ───────────────────────────────────────────────────────────────────
def halo(brush: Brush, look: str) -> None:
    """The light that an open door throws on the wall; to be drawn before all doors."""
    if look in ("open", "until"):
        brush.shine(_lights()[0], brush.box(-36, -26, 192, 184), LAMP, 0.42)


def half_door(brush: Brush, look: str, paint: str) -> None:
    """A door as it stands: open, until, key, or else shut."""
    colour = PAINTS.get(paint, PAINTS["green"])
    lit = look in ("open", "until")
    if lit:
        _beam(brush)
    brush.fill(arch(11, 109, 58, 164), FRAME)
    brush.outline(arch(11, 109, 58, 164), FRAME_LINE, 1.5)
    brush.rect(5, 162, 110, 7, FRAME_LINE, round_by=2)
    brush.rect(6, 163, 108, 5.4, FRAME, round_by=1.5)
    if lit:
        _light(brush)
        _halves(brush, colour)
        if look == "until":
            _clock(brush)
    else:
        _shut(brush, colour if look == "key" else dull(colour))
        _lock(brush) if look == "key" else _sign(brush)


def _beam(brush: Brush) -> None:
    box = brush.box(2, 164, 116, 20)
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    outline = [(x - box[0], y - box[1]) for x, y in brush.points([(24, 164), (96, 164), (118, 184), (2, 184)])]
    ImageDraw.Draw(mask).polygon(outline, 255)
    brush.shine(ImageChops.multiply(mask, _lights()[1].resize(mask.size)), box, LAMP, 0.75)


def _light(brush: Brush) -> None:
    box = brush.box(20, 18, 80, 144)
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in brush.points(arch(20, 100, 58, 162))], 255)
    wide, high = mask.size
    # The middle of the light is a bit under the middle of the door, and it reaches three quarters of its size.
    inside = _lights()[2].resize((round(wide * 1.5), round(high * 1.5)))
    light = Image.new("RGB", mask.size, LIT[2])
    light.paste(inside, (round(wide * (0.5 - 0.75)), round(high * (0.62 - 0.75))))
    brush.image.paste(light, box[:2], mask)


def _halves(brush: Brush, colour: str) -> None:
    """The upper half swung in, the lower half shut, the ledge with a letter."""
    swing = curve((20, 58), (20, 45), (26, 33), (36, 26))
    brush.fill([(20, 96), *swing, (40, 40), (40, 99)], colour)
    brush.fill([(36, 26), (40, 40), (40, 99), (36.5, 98.6)], DIM)
    brush.outline([(24.5, 88), *curve((24.5, 60), (24.5, 53), (27, 47), (31, 42.5)), (33, 47.5), (33, 89)], INSET, 2)
    brush.rect(22, 96, 76, 66, colour)
    brush.ring(33, 108, 22, 42)
    brush.ring(65, 108, 22, 42)
    brush.dot((90, 104), 4, KNOB)
    brush.rect(13, 90.5, 94, 7, LEDGE, round_by=2.5)
    brush.fill(turned([(55, 72), (85, 72), (85, 90.5), (55, 90.5)]), ENVELOPE)
    brush.line(turned([(55, 72), (85, 72), (85, 90.5), (55, 90.5), (55, 72)]), ENVELOPE_LINE, 1)
    brush.line(turned([(55.5, 73.5), (70, 83.5), (84.5, 73.5)]), PAPER_LINE, 1.1)


def turned(shape: Sequence[Point]) -> list[Point]:
    """The letter lies a little askew: seven degrees about its middle."""
    lean = -7 * pi / 180
    middle_x, middle_y = 70, 82
    return [
        (
            middle_x + (x - middle_x) * cos(lean) - (y - middle_y) * sin(lean),
            middle_y + (x - middle_x) * sin(lean) + (y - middle_y) * cos(lean),
        )
        for x, y in shape
    ]


def _clock(brush: Brush) -> None:
    brush.line([(46, 96), (46, 105)], SILVER, 1.6)
    brush.dot((46, 117), 13, PAPER, PAPER_LINE)
    brush.line([(46, 109.5), (46, 117), (51, 120.2)], HANDS, 2.2)


def _shut(brush: Brush, colour: str) -> None:
    brush.fill(arch(20, 100, 58, 162), colour)
    brush.outline(arch(33, 87, 59, 82), INSET, 2)
    brush.ring(33, 106, 22, 44)
    brush.ring(65, 106, 22, 44)
    brush.rect(20, 92.5, 80, 3, DIM)


def _sign(brush: Brush) -> None:
    brush.dot((90, 102), 4.2, KNOB)
    brush.line([(60, 60), (60, 66)], SIGN, 1.6)
    brush.line([(46, 74), (60, 63), (74, 74)], SIGN, 1.6)
    brush.rect(40, 73, 40, 15, PLATE_LINE, round_by=2.5)
    brush.rect(40.8, 73.8, 38.4, 13.4, PAPER, round_by=2)
    brush.rect(46, 79, 28, 2.6, SIGN_INK, round_by=1.3)


def _lock(brush: Brush) -> None:
    brush.shine(_lights()[0], brush.box(77, 90, 26, 26), LAMP, 0.42)
    brush.dot((90, 101), 3.6, LOCK)
    brush.fill([(88.4, 102), (91.6, 102), (93.3, 110), (86.7, 110)], LOCK)
    brush.dot((90, 86), 4, KNOB)
