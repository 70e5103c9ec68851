"""The words that a search found, marked in the row; everything else is escaped."""

import re
import unicodedata

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pitches.models import Pitch
from pitches.search import Hits
from pitches.web import cards
from pitches.web.access.search import START, STOP
from portal import spelling

STEMS = re.compile(f"{START}([^{STOP}]*){STOP}")
LETTERS = re.compile(r"([^\W_]+)")


def mark(row: Pitch, hits: Hits) -> Pitch:
    """Put the marked line, name and company on a row, and a piece of the reason where something was found there."""
    text = str(getattr(row, "marked_text", ""))
    return cards.wear(
        row,
        shown_line=_marked(str(getattr(row, "marked_line", row.line)), hits),
        shown_name=_marked(row.name, hits, within=True),
        shown_company=_marked(row.company, hits, within=True),
        shown_text=_marked(text, hits) if START in text else "",
    )


def _marked(text: str, hits: Hits, *, within: bool = False) -> SafeString:
    """Stems were marked by the database; parts of names, beginnings and slips are seen here."""
    pieces = (
        format_html("<mark>{}</mark>", piece) if place % 2 else _looked_through(piece, hits, within=within)
        for place, piece in enumerate(STEMS.split(text))
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _looked_through(text: str, hits: Hits, *, within: bool) -> SafeString:
    words = LETTERS.split(text.replace(START, "").replace(STOP, ""))
    return format_html_join("", "{}", ((_word(word, hits, within=within),) for word in words))


def _word(said: str, hits: Hits, *, within: bool) -> SafeString | str:
    plain = _plain(said)
    return format_html("<mark>{}</mark>", said) if plain and _is_found(plain, hits, within=within) else said


def _is_found(plain: str, hits: Hits, *, within: bool) -> bool:
    for word in hits.words:
        part = len(word.plain) >= 3 and (word.plain in plain if within else plain.startswith(word.plain))
        slip = hits.alike and len(word.plain) >= 4 and len(plain) >= 3 and spelling.apart(word.plain, plain) <= 1
        if part or slip or plain == word.plain:
            return True
    return False


def _plain(said: str) -> str:
    """Without accents and case, as the database folds it."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", said) if not unicodedata.combining(letter)
    ).lower()
