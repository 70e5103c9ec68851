"""The share picture of a page: its name, its headline, and a street of up to six doors as they stand."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

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
BESIDE = 108  # pixels: how far the name stands beside the portrait
FONTS = settings.BASE_DIR / "static/fonts"
Face = tuple[Path | str, int | None]  # a file and a weight
SERIF, SANS, BOLD = (FONTS / "young-serif.woff2", None), (FONTS / "ahn.woff2", 400), (FONTS / "ahn.woff2", 700)
# Ours write western Europe. For other names there are those of the system, if it has them.
SYSTEM = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")


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
    headline = set_in(scene.headline, SERIF, BOLD)
    _street(brush, scene.doors[:MOST_DOORS], DOOR if headline[0] else TALL)
    _words(brush, scene)
    _headline(brush, *headline)
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
    room = WIDTH - 2 * EDGE - BESIDE
    name, face = set_in(scene.name, BOLD)
    _portrait(brush, name or scene.handle, scene.paint)
    _write(brush, (EDGE + BESIDE, 66), _cut(name or f"@{scene.handle}", face, 36, room), face, 36)
    _write(brush, (EDGE + BESIDE, 112), _cut(scene.link, SANS, 27, room), SANS, 27, colour=INK2)
    state, face = set_in(scene.state, SANS)
    _write(brush, (EDGE, 574), _cut(state, face, 27, WIDTH - 2 * EDGE), face, 27, colour=LAMP)


def _headline(brush: Brush, text: str, face: Face) -> None:
    size, lines = _fit(text, face)
    for number, line in enumerate(lines):
        _write(brush, (EDGE, 178 + number * size * 1.14), line, face, size)


def _portrait(brush: Brush, name: str, paint: str) -> None:
    """An arch with initials, as components/portrait.html; without them when they cannot be written."""
    shape = arch(EDGE, EDGE + 84, 92, 150)
    brush.fill(arch(EDGE - 4, EDGE + 88, 92, 154), FRAME)
    brush.fill(shape, PAINTS.get(paint, PAINTS["teal"]))
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    letters = "".join(dict.fromkeys(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))).upper()
    letters, face = set_in(letters, SERIF)
    _write(brush, (EDGE + 42 - _wide(letters, face, 34) / 2, 82), letters, face, 34, colour="#FFFFFF")


# ── letters ──────────────────────────────────────────────────────────────────
@lru_cache(maxsize=32)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A font of ours in a size (pixels of the picture that is kept)."""
    name, weight = face
    found = ImageFont.truetype(name, size * FINE)
    if weight:
        found.set_variation_by_axes([weight])
    return found


@lru_cache(maxsize=4096)
def _has(char: str, face: Face) -> bool:
    """Does the font have this letter? What it lacks is drawn as the box of an unassigned one."""
    drawn, missing = (font(face, 20).getmask(one) for one in (char, "\U0010ffff"))
    return char.isspace() or (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


@lru_cache(maxsize=1)
def _of_the_system() -> tuple[Face, ...]:
    found: list[Face] = []
    for name in SYSTEM:
        try:
            font((name, None), 20)
        except OSError:
            continue
        found.append((name, None))
    return tuple(found)


def set_in(text: str, *faces: Face) -> tuple[str, Face]:
    """A text and the first font that has all its letters. Signs that it lacks, such as emoji, are left out; when no
    font has the letters, the text is.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    for face in (*faces, *_of_the_system()):
        kept = "".join(char for char in plain if _has(char, face))
        if not any(char.isalnum() or unicodedata.combining(char) for char in set(plain) - set(kept)):
            return " ".join(kept.split()), face
    return "", faces[0]


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
