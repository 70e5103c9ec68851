"""The share picture of a page: its name, its headline, and a street of up to six doors as they stand."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageFont

from pitches.web.painting import (
    FINE,
    FRAME,
    FRAME_LINE,
    INK,
    INK2,
    LAMP,
    PAINTS,
    STONE,
    WALL,
    Brush,
    arch,
    half_door,
    halo,
)

WIDTH, HEIGHT = 1200, 630  # pixels, as Open Graph and Twitter cards show best
MOST_DOORS = 6
EDGE, GROUND = 72, 540  # pixels: the margin, and where the street begins
DOOR, TALL = 1.22, 1.95  # pixels for one length of a door; where no headline stands above
STEP = 146  # lengths from door to door
COLOURS = 224  # of the palette: it keeps the file under 120 kB
ELLIPSIS = "…"
FONTS = settings.BASE_DIR / "static/fonts"
SERIF, SANS, BOLD = ("young-serif.woff2", None), ("ahn.woff2", 400), ("ahn.woff2", 700)
Face = tuple[str, int | None]


@dataclass(frozen=True)
class Scene:
    """What is on the picture. Words that no font here can write are left out."""

    name: str
    handle: str
    headline: str
    paint: str
    doors: tuple[tuple[str, str], ...]  # look and paint
    state: str
    link: str


def draw(scene: Scene) -> bytes:
    """The picture as a PNG."""
    brush = Brush(Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), WALL))
    _street(brush, scene.doors[:MOST_DOORS], DOOR if writable(scene.headline) else TALL)
    _words(brush, scene)
    small = brush.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    kept = BytesIO()
    small.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _street(brush: Brush, doors: Sequence[tuple[str, str]], scale: float) -> None:
    scale = min(scale, (WIDTH - 2 * EDGE) / (STEP * max(1, len(doors)) - STEP + 98))
    places = [(EDGE + (STEP * number - 11) * scale, GROUND - 169 * scale) for number in range(len(doors))]
    for place, (look, _paint) in zip(places, doors, strict=True):
        halo(brush.moved(place, scale), look)
    brush.rect(0, GROUND, WIDTH, HEIGHT - GROUND, STONE)
    brush.rect(0, GROUND, WIDTH, 2, FRAME_LINE)
    for place, (look, paint) in zip(places, doors, strict=True):
        half_door(brush.moved(place, scale), look, paint)


def _words(brush: Brush, scene: Scene) -> None:
    name, handle = writable(scene.name), f"@{scene.handle}"
    _portrait(brush, name or scene.handle, scene.paint)
    _write(brush, (EDGE + 108, 66), _cut(name or handle, BOLD, 36, WIDTH - 2 * EDGE - 108), BOLD, 36)
    _write(brush, (EDGE + 108, 112), _cut(scene.link, SANS, 27, WIDTH - 2 * EDGE - 108), SANS, 27, colour=INK2)
    headline = writable(scene.headline)
    face = SERIF if can_write(headline, SERIF) else BOLD
    size, lines = _fit(headline, face)
    for number, line in enumerate(lines):
        _write(brush, (EDGE, 178 + number * size * 1.14), line, face, size)
    _write(brush, (EDGE, 574), writable(scene.state), SANS, 27, colour=LAMP)


def _portrait(brush: Brush, name: str, paint: str) -> None:
    """An arch with initials, as components/portrait.html; without them when they cannot be written."""
    shape = arch(EDGE, EDGE + 84, 92, 150)
    brush.fill(arch(EDGE - 4, EDGE + 88, 92, 154), FRAME)
    brush.fill(shape, PAINTS.get(paint, PAINTS["teal"]))
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    letters = "".join(dict.fromkeys(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))).upper()
    if letters and can_write(letters, SERIF):
        wide = font(SERIF, 34).getlength(letters) / FINE
        _write(brush, (EDGE + 42 - wide / 2, 82), letters, SERIF, 34, colour="#FFFFFF")


# ── letters ──────────────────────────────────────────────────────────────────
@lru_cache(maxsize=32)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A font of ours in a size (pixels of the picture that is kept)."""
    name, weight = face
    found = ImageFont.truetype(str(FONTS / name), size * FINE)
    if weight:
        found.set_variation_by_axes([weight])
    return found


@lru_cache(maxsize=4096)
def _has(char: str, face: Face) -> bool:
    """Does the font have this letter? What it lacks is drawn as the box of an unassigned one."""
    drawn, missing = (font(face, 20).getmask(one) for one in (char, "\U0010ffff"))
    return char.isspace() or (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def can_write(text: str, face: Face) -> bool:
    """Has the font every letter of it?"""
    return all(_has(char, face) for char in text)


def writable(text: str) -> str:
    """A text without signs that our fonts lack, such as emoji; nothing at all when letters would be missing."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(char for char in plain if _has(char, BOLD))
    lost = sum(char.isalnum() or unicodedata.combining(char) > 0 for char in plain if not _has(char, BOLD))
    return "" if lost else " ".join(kept.split())


def _write(brush: Brush, at: tuple[float, float], text: str, face: Face, size: int, *, colour: str = INK) -> None:
    """Write a line; `at` is the upper corner where it begins."""
    if text:
        brush.draw.text(brush.points([at])[0], text, fill=colour, font=font(face, size))


def _wide(text: str, face: Face, size: int) -> float:
    return font(face, size).getlength(text) / FINE


def _cut(text: str, face: Face, size: int, room: float) -> str:
    """As much of a line as fits."""
    if _wide(text, face, size) <= room:
        return text
    while text and _wide(text + ELLIPSIS, face, size) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _fit(text: str, face: Face) -> tuple[int, list[str]]:
    """The largest size in which a headline takes two lines; cut off if no size is small enough."""
    room = WIDTH - 2 * EDGE
    for size in (64, 56, 48):
        lines = _wrap(text, face, size, room)
        if len(lines) <= 2:
            return size, _balanced(lines, text, face, size)
    return size, [lines[0], _cut(" ".join(lines[1:]), face, size, room)]


def _balanced(lines: list[str], text: str, face: Face, size: int) -> list[str]:
    """Two lines of about the same length, rather than one and a word."""
    for share in (0.55, 0.65, 0.75, 0.85):
        tighter = _wrap(text, face, size, share * (WIDTH - 2 * EDGE))
        if len(tighter) == len(lines) and ELLIPSIS not in "".join(tighter):
            return tighter
    return lines


def _wrap(text: str, face: Face, size: int, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _wide(longer, face, size) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, face, size, room))
    return lines
