"""The owner's picture: decoded, turned upright, cropped and drawn anew, so that nothing of the file itself is kept."""

import hashlib
import io
import warnings

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from pitches import lifecycle
from pitches.models import Fact, Page, Portrait
from portal.models import User

MOST_BYTES = 8 * 1024 * 1024  # of a file
MOST_PIXELS = 40_000_000  # 160 MB decoded; a phone takes 12 to 24 million
LONGEST_SIDE, SHORTEST_SIDE = 12_000, 100  # pixels
SIZE = (480, 600)  # pixels, as a portrait on a phone with three of them to a point
HEAVIEST = 60_000  # bytes of what is served
QUALITIES = (82, 70, 55, 40, 25, 10)
KINDS = ("PNG", "JPEG", "WEBP", "GIF")  # by what is inside; neither name nor type of the upload is looked at
PAPER = (255, 254, 250)  # behind what is transparent

# Pillow looks at the size when it opens a file, before a pixel is decoded. By itself it would only warn.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class BadPicture(Exception):
    """This cannot be a portrait. The message is a sentence for the owner."""


def keep(page: Page, raw: bytes, *, by: User) -> Portrait:
    """Draw a portrait from an uploaded file. Raises BadPicture."""
    image = drawn(raw)
    digest = hashlib.sha256(image).hexdigest()[:16]
    with transaction.atomic():
        _changed(page, by, "portrait")
        kept, _new = Portrait.objects.update_or_create(page=page, defaults={"image": image, "digest": digest})
    return kept


def remove(page: Page, *, by: User) -> None:
    """Go back to initials. Doing it again changes nothing."""
    with transaction.atomic():
        if Portrait.objects.filter(page=page).delete()[0]:
            _changed(page, by, "no portrait")


def _changed(page: Page, by: User, note: str) -> None:
    now = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    now.version += 1
    now.save(update_fields=["version"])
    lifecycle.record(Fact.PAGE_CHANGED, now, by=by, note=note)


def drawn(raw: bytes) -> bytes:
    """A WebP of 480 x 600 from a PNG, JPEG, WebP or GIF (its first frame). Raises BadPicture."""
    if len(raw) > MOST_BYTES:
        raise BadPicture(_("This file is too large: at most 8 MB."))
    try:
        with Image.open(io.BytesIO(raw), formats=KINDS) as picture:
            _measure(picture)
            picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))  # a JPEG is decoded no larger than it is needed
            return _saved(_upright(picture))
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(_too_big()) from error
    except Exception as error:  # decoders raise whatever they like over bytes that are no picture
        raise BadPicture(_("We cannot read this as a picture. Choose a PNG, JPEG, WebP or GIF.")) from error


def _too_big() -> str:
    return _("This picture has too many pixels. Make it smaller, at most 40 million.")


def _measure(picture: Image.Image) -> None:
    """By the size that the file announces, before a pixel is decoded."""
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
        raise BadPicture(_too_big())
    if min(picture.size) < SHORTEST_SIDE:
        raise BadPicture(_("This picture is too small: at least 100 pixels each way."))


def _upright(picture: Image.Image) -> Image.Image:
    """The first frame, turned as its camera said, cropped around the upper middle, on paper, without metadata."""
    whole = picture.convert("L") if picture.mode.startswith("I") else picture
    fit = ImageOps.fit(ImageOps.exif_transpose(whole).convert("RGBA"), SIZE, Image.Resampling.LANCZOS, 0, (0.5, 0.35))
    fresh = Image.new("RGB", SIZE, PAPER)
    fresh.paste(fit, mask=fit)
    return fresh


def _saved(picture: Image.Image) -> bytes:
    """As WebP, in the best quality that is light enough."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= HEAVIEST:
            break
    return out.getvalue()
