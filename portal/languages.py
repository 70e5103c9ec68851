"""Languages: which one a text is written in, what they are called, and which of them the site speaks."""

import pycld2
from django.conf import settings
from django.utils.translation import get_language, get_language_info, get_supported_language_variant
from django.utils.translation import gettext as _

# What may be chosen by a person, and what may be guessed: languages that Django can name and CLD2 can tell.
KNOWN = (
    "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gd gl he hi hr hu hy id is it ja ka kk kn ko lt "
    "lv mk ml mr ms my nb ne nl nn pa pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi zh-hans zh-hant"
).split()  # fmt: skip
# CLD2 speaks of some by older names.
CALLED = {"iw": "he", "no": "nb", "zh": "zh-hans", "zh-Hant": "zh-hant"}
CAPITALS = ("de", "lb")
ENOUGH = 40  # bytes; of less nobody can be sure
MOST = 4000  # code points that are looked at


def guess(text: str) -> str:
    """The language that a text is written in, as a code of KNOWN; empty where nobody can be sure."""
    seen = text[:MOST].encode()
    if len(seen) < ENOUGH:
        return ""
    try:
        sure, _bytes, found = pycld2.detect(seen, isPlainText=True)
    except pycld2.error:  # characters that no text has
        return ""
    code = CALLED.get(found[0][1], found[0][1])
    return code if sure and code in KNOWN else ""


def offered(wanted: str) -> str:
    """The language of the site that is nearest to this one; its first where there is none."""
    try:
        return get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


def now() -> str:
    """The language of whoever this is done for: of the reader within a request."""
    return get_language() or settings.LANGUAGE_CODE


def keeps_capitals() -> bool:
    """Does the language of the reader write nouns with a capital in the middle of a sentence?"""
    return (get_language() or "").partition("-")[0] in CAPITALS


def name(code: str) -> str:
    """What a language is called: "German". A code that nobody has a word for stays as it is."""
    try:
        return _(get_language_info(code.lower())["name"])
    except KeyError:
        return code


def choices() -> list[tuple[str, str]]:
    """Every known language with its own name for itself and ours, by its own."""
    named = [(code, get_language_info(code)["name_local"]) for code in KNOWN]
    return sorted(((code, own[:1].upper() + own[1:]) for code, own in named), key=lambda one: one[1].casefold())
