"""Search at the desk: words, people, agencies and doors of one page, by stem, by part of a name, and with a slip.

Every key that is looked for begins with the number of the page (models/findable.py), so that what others have received
costs nothing. Doors and the owner's book are looked up when somebody searches; a new name is found at once.
"""

import re
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, Q

from pitches.models import Contact, Door, Page, Sender
from portal import clock
from portal.spelling import apart

Row = TypeVar("Row")
LONGEST = 200  # characters of a question; what is behind them is not looked for
WORDS = 8
MOST = 100  # pitches of one search, the newest: four screens of the list
FARTHEST = 2000  # pitches that one search looks at when a filter leaves few of the newest
BEGUN = 40  # words that begin as it was typed; where there are more, it says too little
NEARLY = 20  # words that read almost like it
SHORTEST_SLIP, LONGEST_SLIP, TWO_SLIPS = 4, 40, 12  # letters
NO_LETTERS = re.compile(r"[\W_]+")
ONCE_A_DAY, TURN, AT_ONCE = timedelta(hours=23), 20, 10_000  # of forget(): TURN in seconds, AT_ONCE in pages
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
    ARRAY(SELECT unnest(search_stems(config::regconfig, raw)) FROM unnest(configs) config),
    ARRAY(SELECT config FROM unnest(configs) config WHERE to_tsvector(config::regconfig, raw) = ''),
    CASE WHEN cardinality(begun) <= %(begun)s THEN search_keys(configs, begun) END
FROM search_configs(%(page)s) configs,
    regexp_split_to_table(%(words)s, '[^[:alnum:]]+') WITH ORDINALITY said(raw, place),
    search_begun(%(page)s, search_plain(raw), %(begun)s + 1) begun
WHERE search_plain(raw) <> '' ORDER BY place LIMIT %(most)s
"""
# One row for each word that a page has: what nothing says any more goes, and what two wrote at once goes once.
WORDS_ANEW = """
WITH said AS MATERIALIZED (
    SELECT DISTINCT word COLLATE "C" AS word
    FROM pitches_findable, unnest(string_to_array(names || ' ' || line, ' ')) word
    WHERE page_id = %(page)s AND length(word) BETWEEN 3 AND 41
), kept AS MATERIALIZED (
    SELECT min(id) AS id, word FROM pitches_findableword JOIN said USING (word) WHERE page_id = %(page)s GROUP BY word
), gone AS (
    DELETE FROM pitches_findableword
    WHERE page_id = %(page)s AND NOT EXISTS (SELECT FROM kept WHERE kept.id = pitches_findableword.id) RETURNING id
), missed AS (
    INSERT INTO pitches_findableword (page_id, word)
    SELECT page.id, word FROM said, (SELECT id FROM pitches_page WHERE id = %(page)s FOR KEY SHARE) page
    WHERE NOT EXISTS (SELECT FROM kept WHERE kept.word = said.word) RETURNING id
) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM missed)
"""
NEAR = """
SELECT search_keys(configs, ARRAY(SELECT search_near(%(page)s, plain, %(most)s)))
FROM search_configs(%(page)s) configs, unnest(%(words)s::text[]) WITH ORDINALITY said(plain, place) ORDER BY place
"""


@dataclass(frozen=True)
class Word:
    """One word that was typed: plain, its stems, the languages that always say it, and whom or what it names here.

    `begun` are the stems of words of the page that begin so: None where they are very many. `alike` are those of words
    that read almost like it.
    """

    plain: str
    stems: tuple[str, ...]
    common: tuple[str, ...] = ()
    doors: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    begun: tuple[str, ...] | None = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hits:
    """What was found: the newest first, at most MOST; whether there is more; whether only something alike was."""

    pks: tuple[int, ...] = ()
    more: bool = False
    alike: bool = False
    words: tuple[Word, ...] = ()
    door: Door | None = None
    code: str = ""


def find(page: Page, said: str, *, doors: Iterable[Door], door: Door | None = None) -> Hits:
    """The pitches of a page in which every word is found, behind one door or any. Without words: all behind the door.

    `doors` are those of the page. Three queries, however much there is; one for colleagues of somebody in the book; two
    more where nothing reads exactly like it.
    """
    named = list(doors)
    words = _read(page, said, named)
    if not words and (said.strip() or door is None):
        return Hits()
    code = said[:LONGEST].strip().upper().replace("\0", "").encode(errors="replace").decode()
    pks = _newest(page, words, door, code, MOST)
    alike = [] if pks else _almost(page, words, named)
    if alike:
        words, pks = alike, _newest(page, alike, door, code, MOST)
    hits = Hits(tuple(pks[:MOST]), more=len(pks) > MOST, words=tuple(words), door=door, code=code)
    return replace(hits, alike=bool(alike and pks))


def narrowed(page: Page, hits: Hits, fits: Callable[[tuple[int, ...]], list[Row]]) -> tuple[Hits, list[Row]]:
    """As many hits as are needed to find MOST that fit, and which of them do. All hits, or the newest FARTHEST.

    `fits` asks of the pitches it is given, the newest first, for those that a filter and a list let through.
    """
    found = fits(hits.pks)
    while hits.more and len(found) < MOST and len(hits.pks) < FARTHEST:
        reckoned = int(1.3 * MOST * len(hits.pks) / max(1, len(found)))
        most = min(FARTHEST, max(2 * len(hits.pks), reckoned))
        pks = _newest(page, list(hits.words), hits.door, hits.code, most)
        hits = replace(hits, pks=tuple(pks[:most]), more=len(pks) > most)
        found = fits(hits.pks)
    return hits, found


def forget(now: datetime | None = None) -> int:
    """Let go of the words that no pitch of their page says any more. How many. Each page has its turn once a day.

    Who waits longest comes first, and after some seconds the rest waits for the next time. A pitch that comes meanwhile
    and finds its word still there may lose it; the next day gives it back.
    """
    now, began, done = now or clock.now(), time.monotonic(), 0
    due = Page.objects.filter(Q(words_at=None) | Q(words_at__lte=now - ONCE_A_DAY))
    for pk in due.order_by(F("words_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:AT_ONCE]:
        if time.monotonic() - began > TURN:
            break
        done += _compared(pk)
        Page.objects.filter(pk=pk).update(words_at=now)
    return done


@transaction.atomic
def _compared(page: int) -> int:
    with connection.cursor() as cursor:
        # How many words a page says, the planner cannot know: it would compare each with each.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
        cursor.execute(WORDS_ANEW, {"page": page})
        found: int = cursor.fetchone()[0]
    return found


# ── what was typed ───────────────────────────────────────────────────────────
def _read(page: Page, said: str, doors: list[Door]) -> list[Word]:
    text = said[:LONGEST].replace("\0", " ").encode(errors="replace").decode()
    with connection.cursor() as cursor:
        cursor.execute(READ, {"page": page.pk, "words": text, "begun": BEGUN, "most": WORDS})
        rows = cursor.fetchall()
    people = _people(page, [row[0] for row in rows])
    return [
        Word(
            plain=plain,
            stems=tuple(sorted({*stems, plain})),
            common=tuple(common),
            doors=tuple(door.pk for door in doors if _names(door.name, plain)),
            people=who,
            begun=None if begun is None else tuple(begun),
        )
        for (plain, stems, common, begun), who in zip(rows, people, strict=True)
    ]


def _names(name: str, plain: str) -> bool:
    words = _words(name)
    return any(word.startswith(plain) if len(plain) < 3 else plain in word for word in words)


def _words(name: str) -> list[str]:
    """The words of a name without accents and case."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return NO_LETTERS.split(bare.casefold())


def _almost(page: Page, words: list[Word], doors: list[Door]) -> list[Word]:
    """The same words, each with what reads almost like it: words of the page, and doors. Nothing if none has any."""
    asked = [word.plain if SHORTEST_SLIP <= len(word.plain) <= LONGEST_SLIP else "" for word in words]
    if not any(asked):
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {"page": page.pk, "words": asked, "most": NEARLY})
        near = [tuple(row[0]) for row in cursor.fetchall()]
    found = []
    for word, plain, stems in zip(words, asked, near, strict=True):
        named = [door.pk for door in doors if plain and any(is_slip(plain, other) for other in _words(door.name))]
        found.append(replace(word, alike=stems, doors=(*word.doors, *named)))
    return found if any(word.alike for word in found) or found != words else []


def is_slip(said: str, word: str) -> bool:
    """Is it the word with a letter wrong, missing or too many (in long words two), or two in each other's place?"""
    swapped = len(said) == len(word) and not set(word) - set(said)
    return abs(len(said) - len(word)) <= 2 and apart(said, word) <= (2 if swapped or len(said) >= TWO_SLIPS else 1)


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
    stems = {*word.stems, *(word.begun or ()), *word.alike}
    found = [_key(page, f"/{stem}") for stem in sorted(stems)]
    if word.begun == () and len(word.plain) >= 3:  # in no name and no line, so hardly anywhere
        found.append(_key(page, f"/{word.plain}") + ":*")
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


def _question(page: Page, words: list[Word], door: Door | None, code: str) -> str:
    groups = [_any([*_exact(page, word), *_parts(page, word)]) for word in words]
    asked = [_any([_all(groups), _key(page, f"!{code}")])] if groups else []
    return _all([*asked, *([_key(page, f"#{door.pk}")] if door else [])])


def _newest(page: Page, words: list[Word], door: Door | None, code: str, most: int) -> list[int]:
    """The newest pitches in which every word is, one more than `most` where there are more. One query.

    Three letters here and three there are no part of a name: so much is left open by the keys, for longer words.
    """
    open_ = [word for word in words if len(word.plain) > 3]
    sure = [_any([*_exact(page, word), _key(page, f"!{code}")]) for word in open_]
    values: list[Any] = [page.pk, _question(page, words, door, code), [word.plain for word in open_], sure, most]
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_newest(%s, %s, %s::text[], %s::text[], %s)", values)
        (pks,) = cursor.fetchone()
    return list(pks)
