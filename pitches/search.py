"""Search at the desk: words, people, agencies and doors of one page, by stem, by part of a name, and with a slip.

Every key that is looked for begins with the number of the page (models/findable.py), so that what others have received
costs nothing. Doors and the owner's book are looked up when somebody searches; a new name is found at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q

from pitches.models import Contact, Door, Findable, Page, Sender

LONGEST = 200  # characters of a question; what is behind them is not looked for
WORDS = 8
MOST = 1000  # pitches of one search, the newest
ENOUGH = 2000  # so many are looked at in any order; where there are more, the newest months come first
NEWEST = 5000  # pitches of a page, in the newest months
PEOPLE = 50  # of the owner's book, for one word
UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u9fff"),
    ("\uac00", "\ud7af"),
)

READ = """
SELECT search_plain(raw),
    ARRAY(SELECT unnest(search_stems(config::regconfig, raw)) FROM unnest(%(configs)s::text[]) config),
    ARRAY(SELECT config FROM unnest(%(configs)s::text[]) config WHERE to_tsvector(config::regconfig, raw) = '')
FROM regexp_split_to_table(%(words)s, '[^[:alnum:]]+') WITH ORDINALITY said(raw, place)
WHERE search_plain(raw) <> '' ORDER BY place LIMIT %(most)s
"""
NEAR = """
WITH near AS MATERIALIZED (
    SELECT pitch_id, page_id, at, names, line, keys FROM pitches_findable WHERE keys @@ %s::tsquery LIMIT %s
)
SELECT (SELECT count(*) FROM near),
    ARRAY(SELECT pitch_id FROM near WHERE page_id = %s{sure} ORDER BY at DESC, pitch_id DESC LIMIT %s)
"""
# A word with a wrong, a missing or a superfluous letter (long words: two), or with two letters in each other's place.
SLIP = """EXISTS (SELECT FROM unnest(string_to_array(names || ' ' || line, ' ')) word
    WHERE abs(length(word) - length(%s)) <= 2 AND levenshtein_less_equal(word, %s, 2) <= CASE
        WHEN length(%s) >= 12 OR (length(word) = length(%s) AND translate(word, %s, '') = '') THEN 2 ELSE 1 END)"""


@dataclass(frozen=True)
class Word:
    """One word that was typed: plain, its stems, the languages that always say it, and whom or what it names here."""

    plain: str
    stems: tuple[str, ...]
    common: tuple[str, ...] = ()
    doors: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class Hits:
    """What was found: the newest first, at most MOST; whether there is more; whether only something alike was."""

    pks: tuple[int, ...] = ()
    more: bool = False
    alike: bool = False
    words: tuple[Word, ...] = ()


def find(page: Page, said: str, *, doors: Iterable[Door], door: Door | None = None) -> Hits:
    """The pitches of a page in which every word is found, behind one door or any. Without words: all behind the door.

    `doors` are those of the page. Three to eight queries, however much there is.
    """
    words = _read(page, said, doors)
    if not words and (said.strip() or door is None):
        return Hits()
    code = said[:LONGEST].strip().upper().replace("\0", "").encode(errors="replace").decode()
    hits = _look(page, words, door, code, alike=False)
    if not hits.pks and any(_slips(page, word) for word in words):
        hits = _look(page, words, door, code, alike=True)
    return replace(hits, words=tuple(words))


# ── what was typed ───────────────────────────────────────────────────────────
def _read(page: Page, said: str, doors: Iterable[Door]) -> list[Word]:
    text = said[:LONGEST].replace("\0", " ").encode(errors="replace").decode()
    with connection.cursor() as cursor:
        cursor.execute(READ, {"words": text, "configs": _configs(page), "most": WORDS})
        rows = cursor.fetchall()
    named = list(doors)
    people = _people(page, [row[0] for row in rows])
    return [
        Word(
            plain=plain,
            stems=tuple(sorted({*stems, plain})),
            common=tuple(common),
            doors=tuple(door.pk for door in named if _names(door.name, plain)),
            people=who,
        )
        for (plain, stems, common), who in zip(rows, people, strict=True)
    ]


def _names(name: str, plain: str) -> bool:
    words = name.casefold().split()
    return any(word.startswith(plain) for word in words) if len(plain) < 3 else plain in name.casefold()


def _configs(page: Page) -> list[str]:
    """The languages of what a page has received: one step of the index for each."""
    walk = """WITH RECURSIVE seen(config) AS (
        (SELECT config FROM pitches_findable WHERE page_id = %(page)s ORDER BY config LIMIT 1)
        UNION ALL SELECT (SELECT config FROM pitches_findable WHERE page_id = %(page)s AND config > seen.config
            ORDER BY config LIMIT 1) FROM seen WHERE seen.config IS NOT NULL
    ) SELECT config FROM seen WHERE config IS NOT NULL"""
    with connection.cursor() as cursor:
        cursor.execute(walk, {"page": page.pk})
        return [row[0] for row in cursor.fetchall()] or ["simple"]


def _people(page: Page, words: list[str]) -> list[tuple[int, ...]]:
    """Whom each word names in the owner's book, by name or tag: people, and those of an agency who pitched here."""
    asked = {f"said_{place}": _in_the_book(plain) for place, plain in enumerate(words) if len(plain) >= 3}
    if not asked:
        return [()] * len(words)
    book = Contact.objects.filter(reduce(or_, asked.values()), page=page).annotate(**asked)
    rows = list(book.values("sender_id", "agency_id", *asked)[:PEOPLE])
    theirs = _colleagues(page, {row["agency_id"] for row in rows if row["agency_id"]})
    named = []
    for place in range(len(words)):
        hits = [row for row in rows if row.get(f"said_{place}")]
        people = {row["sender_id"] for row in hits if row["sender_id"]}
        people |= {person for row in hits for person in theirs.get(row["agency_id"], ())}
        named.append(tuple(sorted(people)))
    return named


def _in_the_book(plain: str) -> Q:
    named = Q(name__unaccent__icontains=plain) | Q(company__unaccent__icontains=plain)
    return named | Q(tags__contains=[plain])


def _colleagues(page: Page, agencies: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    if agencies:
        people = Sender.objects.filter(agency__in=agencies, pitches__page=page).distinct()[: PEOPLE * 4]
        for person, agency in people.values_list("pk", "agency_id"):
            found.setdefault(agency or 0, []).append(person)
    return found


# ── the keys ─────────────────────────────────────────────────────────────────
def _key(page: Page, text: str) -> str:
    """One key, quoted: whatever was typed, it is never an operator."""
    return "'" + f"{page.pk}{text}".replace("\\", "\\\\").replace("'", "''") + "'"


def _all(parts: Iterable[str]) -> str:
    return "(" + " & ".join(parts) + ")"


def _any(parts: Iterable[str]) -> str:
    return "(" + " | ".join(parts) + ")"


def threes(plain: str) -> list[str]:
    """Each three letters of a word, as the database cuts it: a space is its edge."""
    padded = f" {plain} "
    return [padded[place : place + 3] for place in range(len(plain))]


def _exact(page: Page, word: Word) -> list[str]:
    """The keys of rows in which the word stands, or whose door, sender or language make it so."""
    begun = (word.plain,) if len(word.plain) >= 3 else ()
    found = [_key(page, f"/{stem}") for stem in word.stems if not stem.startswith(begun)]
    found += [_key(page, f"/{plain}") + ":*" for plain in begun]
    found += [_key(page, f"={config}") for config in word.common]
    found += [_key(page, f"#{door}") for door in word.doors]
    return found + [_key(page, f"^{person}") for person in word.people]


def _parts(page: Page, word: Word) -> list[str]:
    """The keys of rows that may hold the word within a name; in scripts without spaces, within the line, too."""
    plain = word.plain
    unspaced = any(first <= letter <= last for letter in plain for first, last in UNSPACED)
    if len(plain) < 3:
        found = [_key(page, f"~ {plain}") + ":*"]
        return [*found, *(_key(page, f"{kind}{plain}") + ":*" for kind in "~:" if unspaced)]
    inner = threes(plain)[1:-1]
    return [_all(_key(page, kind + three) for three in inner) for kind in ("~:" if unspaced else "~")]


def _slips(page: Page, word: Word) -> list[str]:
    """The keys of rows that may hold the word with a slip, in a name or in the line. Short words have none."""
    plain = word.plain
    if len(plain) < 4 or len(plain) > 40:
        return []
    return [_all(_key(page, kind + three) for three in group) for kind in "~:" for group in _unbroken(plain)]


def _unbroken(plain: str) -> list[list[str]]:
    """What a slip leaves of the threes of a word, which breaks at most four in a row: at least one of these groups."""
    cut = threes(plain)
    size = len(cut)
    if size >= 12:  # even two slips
        third = (size - 6) // 3
        return [cut[:third], cut[third + 3 : 2 * third + 3], cut[2 * third + 6 :]]
    if size >= 7:
        half = (size - 3) // 2
        return [cut[:half], cut[half + 3 :]]
    swapped = {f"{plain[:at]}{plain[at + 1]}{plain[at]}{plain[at + 2 :]}" for at in range(size - 1)} - {plain}
    broken = 3 if size >= 5 else 2  # in four letters only a missing one
    rest = [cut[:at] + cut[at + broken :] for at in range(size - broken + 1)]
    return [threes(other) for other in sorted(swapped)] + rest


def _question(page: Page, words: list[Word], door: Door | None, code: str, *, alike: bool) -> str:
    groups = [
        _any([*_exact(page, word), *_parts(page, word), *(_slips(page, word) if alike else [])]) for word in words
    ]
    asked = [_any([_all(groups), _key(page, f"!{code}")])] if groups else []
    return _all([*asked, *([_key(page, f"#{door.pk}")] if door else [])])


def _sure(page: Page, words: list[Word], code: str, *, alike: bool) -> tuple[str, list[Any]]:
    """What the keys leave open: three letters here and three there are no part of a name."""
    clauses, values = [], []
    for word in words:
        like = f"%{word.plain}%"
        exact = _any([*_exact(page, word), _key(page, f"!{code}")])
        clauses.append(f"(names LIKE %s OR line LIKE %s OR keys @@ %s::tsquery{f' OR {SLIP}' if alike else ''})")
        values += [like, like, exact, *([word.plain] * 5 if alike else [])]
    return "".join(f" AND {clause}" for clause in clauses), values


# ── looking ──────────────────────────────────────────────────────────────────
def _look(page: Page, words: list[Word], door: Door | None, code: str, *, alike: bool) -> Hits:
    """The newest hits. Where there are very many, only the newest months are sorted."""
    asked = _question(page, words, door, code, alike=alike)
    sure = _sure(page, words, code, alike=alike)
    pks, near = _near(page, asked, sure, ENOUGH + 1)
    if near > ENOUGH:
        months = _newest_months(page)
        pks, near = _near(page, f"{asked} & {months}", sure, None) if months else ([], 0)
        if len(pks) <= MOST:
            pks, near = _near(page, asked, sure, None)
    return Hits(tuple(pks[:MOST]), more=len(pks) > MOST, alike=alike and bool(pks))


def _near(page: Page, asked: str, sure: tuple[str, list[Any]], most: int | None) -> tuple[list[int], int]:
    with connection.cursor() as cursor:
        cursor.execute(NEAR.format(sure=sure[0]), [asked, most, page.pk, *sure[1], MOST + 1])
        count, pks = cursor.fetchone()
    return pks, count


def _newest_months(page: Page) -> str:
    """The months that hold the newest pitches of a page, as keys; nothing for a page with few."""
    dates = Findable.objects.filter(page=page).order_by("-at").values_list("at", flat=True)
    first, last = dates[NEWEST : NEWEST + 1].first(), dates.first()
    if first is None or last is None:
        return ""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return _any(_key(page, f"@{month // 12}{month % 12 + 1:02}") for month in months)
