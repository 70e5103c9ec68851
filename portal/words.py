"""The words of the site in other languages: locale/<language>/LC_MESSAGES/django.po and what is made of it.

Everything is pure Python (Babel, and what Django makes of a template), so that no machine needs gettext's programs.
`manage.py words` is the way to it; docs/developers.md says how to add a language.
"""

import difflib
import io
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
CODE, TEMPLATES = ("portal", "pitches"), (".html", ".txt", ".mjml")
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACE = re.compile(r"%\([a-z_]+\)[sd]|%%|%[sd]|\{[a-z_]*\}|<[^>]+>|https?://[^\s<>]+")
NEAR = 0.8  # how much of a text that is gone must be in a new one, that its translation is offered
Key = tuple[str, str]


def key_of(message: Message) -> Key:
    """What tells a text from all others: its context and its words, of which a plural has two."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


# ── what there is ────────────────────────────────────────────────────────────
def texts() -> Catalog:
    """Every text of the code and the templates, without a translation."""
    found = Catalog(charset="utf-8")
    for path in _sources():
        place = [(path.relative_to(ROOT).as_posix(), 1)]
        for _line, words, comments, context in extract("python", _as_code(path), CALLS, ["Translators:"]):
            found.add(words, None, place, auto_comments=comments, context=context)
    return found


def _sources() -> list[Path]:
    found = [one for folder in CODE for one in (ROOT / folder).rglob("*.py") if "migrations" not in one.parts]
    found += [one for one in (ROOT / "templates").rglob("*") if one.suffix in TEMPLATES]
    return sorted(found, key=Path.as_posix)  # a text stands at the first of its places, read or written


def _as_code(path: Path) -> io.BytesIO:
    """A template as the calls that are in it."""
    if path.suffix == ".py":
        return io.BytesIO(path.read_bytes())
    from django.utils.translation.template import templatize  # noqa: PLC0415 (the tests compile before Django is there)

    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return io.BytesIO(f"({' '.join(code.splitlines())})".encode())


# ── one language ─────────────────────────────────────────────────────────────
def languages() -> list[str]:
    """Those that have a catalogue."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def file_of(language: str) -> Path:
    """Where the translations of a language are."""
    return LOCALE / language / "LC_MESSAGES/django.po"


def translated(language: str) -> Catalog:
    """What is translated so far."""
    if not file_of(language).exists():
        return Catalog(locale=language)
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def merged(language: str, wanted: Catalog) -> Catalog:
    """The texts that there are, each with the translation it had. What is new is empty, or nearly what is gone."""
    before = {key_of(one): one for one in translated(language) if one.id}
    there = {key_of(text) for text in wanted}
    gone = {key[1]: one for key, one in before.items() if key not in there and isinstance(one.id, str) and one.string}
    result = Catalog(locale=language, charset="utf-8")
    for text in wanted:
        if not text.id:
            continue
        old, flags = before.get(key_of(text)), set(text.flags)
        if old is None and isinstance(text.id, str):
            near = difflib.get_close_matches(text.id, gone, n=1, cutoff=NEAR)
            old, flags = (gone[near[0]], flags | {"fuzzy"}) if near else (None, flags)
        elif old and old.fuzzy:
            flags.add("fuzzy")
        same = old is not None and isinstance(old.id, str) == isinstance(text.id, str)
        kept = old.string if old and same else None
        result.add(text.id, kept, text.locations, flags, text.auto_comments, context=text.context)
    return result


def fill(language: str, more: Path) -> int:
    """Take translations from a file such as `missing` makes. How many were taken."""
    catalogue, taken = translated(language), 0
    with more.open("rb") as file:
        offered = {key_of(one): one for one in read_po(file, locale=language) if one.id and any(_forms(one))}
    for text in catalogue:
        found = offered.get(key_of(text)) if text.id else None
        if found and isinstance(found.id, str) == isinstance(text.id, str):
            text.string, taken = found.string, taken + 1
            text.flags.discard("fuzzy")
    keep(language, catalogue)
    return taken


def missing(language: str) -> Catalog:
    """What has no translation, or one that nobody has looked at since its text changed."""
    result = Catalog(locale=language, charset="utf-8")
    for one in translated(language):
        if one.id and (one.fuzzy or not all(_forms(one))):
            result[one.id] = one
    return result


def written(language: str, catalogue: Catalog) -> bytes:
    """A catalogue as a file: in the order of the files, without a date or a name, so that a change is a small one."""
    kept = io.BytesIO()
    write_po(kept, catalogue, width=0, sort_by_file=True, omit_header=True, include_lineno=False)
    head = (
        *(f"Language: {language}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8"),
        *("Content-Transfer-Encoding: 8bit", f"Plural-Forms: {get_plural(language).plural_forms}"),
    )
    lines = "".join(f'"{line}\\n"\n' for line in head)
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + kept.getvalue()


def keep(language: str, catalogue: Catalog) -> None:
    """Write the catalogue of a language."""
    file_of(language).parent.mkdir(parents=True, exist_ok=True)
    file_of(language).write_bytes(written(language, catalogue))


# ── is it right? ─────────────────────────────────────────────────────────────
def problems(language: str, wanted: Catalog) -> Iterator[str]:
    """What a reader would stumble over: a text in English, half a sentence, a name that is not put in."""
    there = {key_of(one): one for one in translated(language) if one.id}
    for text in wanted:
        if not text.id:
            continue
        found = there.pop(key_of(text), None)
        why = _wrong(text, found) if found else "not in the file: run manage.py words"
        if why:
            yield f"{language}: {why}: {key_of(text)[1]!r}"
    yield from (f"{language}: no such text any more: {words!r}" for _context, words in there)


def _wrong(text: Message, found: Message) -> str:
    said, forms = _forms(found), _all(text.id)
    if not all(said):
        return "not translated"
    if found.fuzzy:
        return "the text has changed (fuzzy)"
    if isinstance(found.id, str) != isinstance(text.id, str):
        return "one form where there are two, or two where there is one"
    places = [set(PLACE.findall(form)) for form in forms]
    if any(set(PLACE.findall(one)) not in places for one in said) or set(PLACE.findall(said[-1])) != places[-1]:
        return "other placeholders or tags"
    if any(_edges(one) != _edges(forms[0]) for one in said):
        return "begins or ends otherwise, or has other line breaks"
    return ""


def _forms(message: Message) -> list[str]:
    return _all(message.string or "")


def _all(words: str | Sequence[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _edges(words: str) -> tuple[bool, bool, int]:
    return words[:1].isspace(), words[-1:].isspace(), words.count("\n")


# ── for Django ───────────────────────────────────────────────────────────────
def compile_all() -> list[str]:
    """Make what Django reads, where a catalogue is newer than that. Which languages were made."""
    return [language for language in languages() if _compile(language)]


def made(code: str) -> bool:
    """Is there what Django reads of the language with this code, such as "pt-br"?"""
    name, _dash, where = code.partition("-")
    return file_of(f"{name}_{where.upper()}" if where else name).with_suffix(".mo").exists()


def stale(language: str) -> bool:
    """Has nobody made yet what Django reads of this catalogue?"""
    source, made = file_of(language), file_of(language).with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _compile(language: str) -> bool:
    if not stale(language):
        return False
    made = file_of(language).with_suffix(".mo")
    half = made.with_name(f"django.{os.getpid()}.half")
    with half.open("wb") as file:
        write_mo(file, translated(language))
    half.replace(made)
    return True
