"""A language that nobody speaks: English with accents, 40 % longer, in brackets.

What stands outside all brackets never went through gettext. The libraries speak it too.
"""

import re
from functools import lru_cache
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.utils.translation import trans_real

from portal import words

CODE = "en-xa"
ACCENTS = str.maketrans("aeiouAEIOUcnsy", "âêîôûÂÊÎÔÛçñšý")
VOWEL = re.compile(r"[aeiou]")
KEPT = re.compile(f"({words.PLACE.pattern}|&[a-z#0-9]+;)")
SPOKEN = {"aria-label", "alt", "placeholder", "title", "content", "data-gone", "label", "summary"}
SILENT = {"script", "style", "code", "pre", "kbd"}
NAMED = re.compile("language|zone|currency")  # choices of things that are called the same everywhere
ENGLISH = re.compile(r"(?<!\w)[A-Za-z]{3,}(?!\w|…)")  # what is cut off is nobody's word
# The names of things, which are the same in every language.
NAMES = set("Halfdoor UTC htmx SHA HTML CSV JSON GBP EUR USD URL DNS TXT PDF website".split())


class Pseudo(NullTranslations):
    """Every text there is, of ours and of the libraries."""

    def gettext(self, message: str) -> str:
        """A format of dates is none to read."""
        context, _mark, text = message.rpartition("\x04")
        if context == "date format" or not text.strip():
            return text
        return "\n".join(map(_spoken, text.split("\n")))

    def ngettext(self, one: str, many: str, count: float) -> str:
        """As in English."""
        return self.gettext(one if count == 1 else many)

    def language(self) -> str:
        """What Django asks for."""
        return CODE

    def to_language(self) -> str:
        """The same."""
        return CODE


@pytest.fixture
def pseudo(settings, monkeypatch):
    """The site speaks it, and nothing else."""
    settings.LANGUAGES, settings.LANGUAGE_CODE = [(CODE, "⟦Pseudo⟧")], CODE
    monkeypatch.setattr(trans_real, "check_for_language", lru_cache(lambda code: True))
    monkeypatch.setitem(trans_real._translations, CODE, Pseudo())
    trans_real._default = None
    trans_real.activate(CODE)
    yield CODE
    trans_real.deactivate()


def _spoken(line: str) -> str:
    said = "".join(part if place % 2 else _longer(part) for place, part in enumerate(KEPT.split(line)))
    head, tail = len(said) - len(said.lstrip()), len(said.rstrip())
    return f"{said[:head]}⟦{said[head:tail]}⟧{said[tail:]}" if said.strip() else said


def _longer(text: str) -> str:
    return VOWEL.sub(lambda hit: hit[0] * 2, text).translate(ACCENTS)


class Spoken(HTMLParser):
    """All that a page says: its text, and what it says to those who do not see it."""

    def __init__(self, html):
        super().__init__()
        self.said, self.open = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        there = dict(attrs)
        self.open += tag in SILENT or (tag == "select" and bool(NAMED.search(there.get("name", ""))))
        if not (tag == "meta" and there.get("name") not in ("description", None)):
            self.said += [] if self.open else [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self.open = max(0, self.open - (tag in SILENT or tag == "select"))

    def handle_data(self, data):
        if not self.open:
            self.said.append(data)


def stored() -> set[str]:
    """Every word that somebody wrote into the database."""
    found = set()
    for model in apps.get_models():
        for row in model.objects.values_list():
            found.update(re.findall(r"\w+", " ".join(str(value) for value in row)))
    return found


def unspoken(text: str) -> list[str]:
    """The English words outside all brackets."""
    text = re.sub(r"⟦[^⟦⟧\n]*…(?=\n|$)", " ", text)  # cut off
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return ENGLISH.findall(re.sub(r"\S*(?:[/@]|\.example|localhost)\S*|(?=\S*\d)[\w-]{10,}", " ", text))
