"""Portraits: whatever is uploaded, what is kept was drawn here."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile, PngImagePlugin, features

from pitches.doors import portraits
from pitches.models import Event, Portrait
from tests.factories import PageFactory

pytestmark = pytest.mark.django_db
SECRET = b"taken at home, 38.7223 N"


def picture(mode="RGB", size=(600, 800), colour=None):
    return Image.new(mode, size, colour if colour is not None else {"P": 3, "I;16": 40000}.get(mode, "red"))


def as_file(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(raw):
    image = Image.open(io.BytesIO(raw))
    image.load()
    return image


def near(pixel, wanted):
    return all(abs(one - other) < 12 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_one_webp(kind):
    drawn = opened(portraits.drawn(as_file(picture(), kind)))
    assert (drawn.format, drawn.size, drawn.mode) == ("WEBP", (480, 600), "RGB")
    assert near(drawn.getpixel((240, 300)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_is_read(mode):
    assert opened(portraits.drawn(as_file(picture(mode, colour=1 if mode == "1" else None)))).size == (480, 600)


def test_ink_for_print_is_read():
    assert opened(portraits.drawn(as_file(picture("CMYK"), "JPEG"))).mode == "RGB"


@pytest.mark.parametrize("size", [(100, 100), (3000, 200), (200, 3000), (480, 600)])
def test_every_shape_fills_the_frame(size):
    drawn = opened(portraits.drawn(as_file(picture(size=size))))
    assert drawn.size == (480, 600)
    assert all(near(drawn.getpixel(at), (255, 0, 0)) for at in ((0, 0), (479, 0), (0, 599), (479, 599)))


def test_what_is_transparent_lies_on_paper():
    drawn = opened(portraits.drawn(as_file(picture("RGBA", colour=(0, 0, 0, 0)))))
    assert near(drawn.getpixel((240, 300)), portraits.PAPER)


def test_of_what_moves_the_first_frame_is_kept():
    frames = [picture(colour="red"), picture(colour="blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        raw = as_file(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        drawn = opened(portraits.drawn(raw))
        assert getattr(drawn, "n_frames", 1) == 1
        assert near(drawn.getpixel((240, 300)), (255, 0, 0)), kind


def test_a_picture_is_turned_upright():
    lying = picture(size=(800, 600), colour="red")
    lying.paste("blue", (0, 0, 400, 600))  # on its side: blue belongs on top
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = opened(portraits.drawn(as_file(lying, "JPEG", exif=exif, quality=95)))
    assert near(drawn.getpixel((240, 40)), (0, 0, 255))
    assert near(drawn.getpixel((240, 560)), (255, 0, 0))


def with_metadata(kind):
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = SECRET.decode(), {1: "N", 2: (38.0, 43.0, 20.0)}
    more = {"exif": exif, "icc_profile": SECRET * 20}
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", SECRET.decode())
        words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        more |= {"pnginfo": words}
    elif kind == "JPEG":
        more |= {"comment": SECRET, "xmp": SECRET}
    elif kind == "WEBP":
        more |= {"xmp": SECRET}
    return as_file(picture(), kind, **more)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_of_the_file_itself_is_kept(kind):
    raw = with_metadata(kind)
    assert SECRET in raw
    drawn = portraits.drawn(raw + SECRET)
    assert SECRET not in drawn
    assert not {b"EXIF", b"ICCP", b"XMP "} & {drawn[at : at + 4] for at in range(len(drawn))}
    assert not dict(opened(drawn).getexif())


def test_a_busy_picture_is_light_enough():
    noise = Image.effect_noise((1200, 1500), 90).convert("RGB")
    assert len(portraits.drawn(as_file(noise, "JPEG", quality=95))) <= portraits.HEAVIEST * 1.5
    assert len(portraits.drawn(as_file(picture()))) < portraits.HEAVIEST


# ── what is refused ──────────────────────────────────────────────────────────
def refused(raw):
    with pytest.raises(portraits.BadPicture) as bad:
        portraits.drawn(raw)
    return str(bad.value)


UNREADABLE = "We cannot read this as a picture. Choose a PNG, JPEG, WebP or GIF."
TOO_BIG = "This picture has too many pixels. Make it smaller, at most 40 million."


def png_that_says(width, height, body=b""):
    """A few bytes that announce a picture of any size."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "size", [(6500, 6500), (12_001, 200), (200, 12_001), (30_000, 30_000), (2**31 - 1, 2**31 - 1), (50_000, 50_000)]
)
def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch, size):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _picture: pytest.fail("decoded"))
    assert refused(png_that_says(*size)) == TOO_BIG


def test_a_bomb_in_a_gif_and_a_webp_is_refused():
    gif = bytearray(as_file(picture(size=(100, 100)), "GIF"))
    gif[6:10] = struct.pack("<HH", 65535, 65535)
    assert refused(bytes(gif)) == TOO_BIG
    assert refused(as_file(Image.new("L", (9000, 9000)), "WEBP", quality=1)) == TOO_BIG


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_half_a_file_is_refused(kind, share):
    raw = as_file(Image.effect_noise((400, 500), 60).convert("RGB"), kind)
    assert refused(raw[: int(len(raw) * share)]) == UNREADABLE


OTHERS = [kind for kind in ("BMP", "TIFF", "ICO", "PPM", "TGA", "PDF", "EPS") if kind != "PDF" or features.check("jpg")]


@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_are_refused(kind):
    assert refused(as_file(picture(size=(200, 200)), kind)) == UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a/*<script>*/=alert(1)",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0" + b"\0" * 400,
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"PK\x03\x04" + b"\0" * 400,
        bytes(range(256)) * 40,
    ],
)
def test_what_is_no_picture_is_refused(raw):
    assert refused(raw) == UNREADABLE


def test_a_small_picture_and_a_large_file_are_refused():
    assert refused(as_file(picture(size=(99, 400)))) == "This picture is too small: at least 100 pixels each way."
    assert refused(b"x" * (portraits.MOST_BYTES + 1)) == "This file is too large: at most 8 MB."


# ── kept ─────────────────────────────────────────────────────────────────────
def test_a_page_has_one_portrait_and_each_has_its_digest():
    page = PageFactory()
    first = portraits.keep(page, as_file(picture()), by=page.owner).digest
    again = portraits.keep(page, as_file(picture()), by=page.owner).digest
    other = portraits.keep(page, as_file(picture(colour="blue")), by=page.owner).digest
    assert (first == again, first == other, len(first), Portrait.objects.count()) == (True, False, 16, 1)
    page.refresh_from_db()
    assert page.version == 4
    assert list(Event.objects.values_list("note", flat=True)) == ["portrait"] * 3


def test_a_portrait_is_removed_once():
    page = PageFactory()
    portraits.keep(page, as_file(picture()), by=page.owner)
    for _twice in range(2):
        portraits.remove(page, by=page.owner)
    assert (Portrait.objects.count(), Event.objects.filter(note="no portrait").count()) == (0, 1)


def test_a_bad_picture_leaves_the_good_one():
    page = PageFactory()
    kept = portraits.keep(page, as_file(picture()), by=page.owner)
    with pytest.raises(portraits.BadPicture):
        portraits.keep(page, b"hello", by=page.owner)
    assert Portrait.objects.get().digest == kept.digest
