"""What a search costs at the database, with pitches of a thousand pages. Its process has a database to fill."""

import itertools
import subprocess
import sys
import time
from pathlib import Path

import django

from portal.up import throwaway
from tests.chaos.stack import ROOT, Stack

PAGES, BATCH = 1000, 200_000
# Of a million pitches the first page has 100,000; pages about the 400th have some 600.
WHERE = {"largest": (1,), "usual": tuple(range(400, 410))}
# Questions of each kind.
KINDS = {
    "a word by its stem": ("researching {word}", None),
    "a part of a name": ("{part}", None),
    "a slip": ("{slip}", None),
    "common on other pages, absent on this one": ("podcast", None),
    "very common here": ("research", None),
    "nowhere at all": ("xylophone", None),
    "a word behind one door": ("research", 1),
    "all behind one door": ("", 1),
}
# The word with the number k; low numbers are frequent.
WORD = """
s[1 + k % 20] || s[1 + k / 20 % 20] || s[1 + k / 400 % 20] || CASE WHEN k >= 8000 THEN s[1 + k / 8000 % 20] ELSE '' END
"""
DRAWN = f"""
(SELECT string_agg({WORD}, ' ') FROM (SELECT floor(40000 * power(random() + 0 * i * n, 4))::int k
    FROM generate_series(1, {{}}) n) drawn)
"""
TEXTS = f"""
CREATE TEMPORARY TABLE texts AS
WITH written AS (SELECT i, {DRAWN.format(8)} || CASE WHEN i % 10 < 3 THEN ' research' ELSE '' END
        || CASE WHEN i % 5 = 4 THEN ' podcast' ELSE '' END line, {DRAWN.format(30)} why
    FROM (SELECT string_to_array('mar ke ti lo su ra ve con tent por sha del fi no gra ble mu tor pe lan', ' ') s) said,
        generate_series(0, 9999) i)
SELECT i, line, why, array(SELECT '/' || unnest(search_stems('english', line || ' ' || why))) keys FROM written
"""
PEOPLE = """
CREATE TEMPORARY TABLE people AS
WITH named AS (SELECT i, format('%s%sa %s%sson %s%s media hello%s %s%s example', a[1 + i % 20], a[1 + i / 7 % 20],
    a[1 + i / 3 % 20], a[1 + i / 11 % 20], a[1 + i / 2 % 20], a[1 + i / 30 % 20], i, a[1 + i / 2 % 20],
    a[1 + i / 30 % 20]) names
    FROM (SELECT string_to_array('el ka pri na mo sa ber to ma lin qu jo an ri wes hol vi du ce ya', ' ') a) s,
        generate_series(0, 49999) i)
SELECT i, names, array(SELECT '/' || unnest(string_to_array(names, ' ')) UNION ALL SELECT '~' || search_threes(names))
    keys FROM named
"""
# On the pages that are asked, nobody writes about podcasts.
MADE = """
CREATE TEMPORARY TABLE made AS
SELECT n, page, page * 10 + n %% 8 AS door, person, at,
    CASE WHEN (page <= 3 OR page BETWEEN 400 AND 409) AND text %% 5 = 4 THEN text - 1 ELSE text END AS text
FROM (SELECT n, 1 + floor(%(pages)s * power(random(), 3))::int page, floor(random() * 10000)::int text,
        floor(random() * 50000)::int person, timestamptz '2022-01-01' + n * interval '5 years' / %(most)s AS at
    FROM generate_series(1, %(most)s) n) drawn
"""
LEFT = """
INSERT INTO pitches_findable (pitch_id, page_id, at, config, names, line, keys)
SELECT n, page, at, 'english', names, line, array_to_tsvector(array(SELECT page || key FROM unnest(
    texts.keys || people.keys || search_moment(at)
    || ARRAY['#' || door, '^' || person, '=english', '!P-' || n]) key))
FROM made JOIN people ON people.i = person JOIN texts ON texts.i = text WHERE n BETWEEN %(first)s AND %(last)s
"""
# What a search shows is read from the pitches themselves: copies of one, but for these columns.
OWN = {
    "id": "n",
    "page_id": "page",
    "door_id": "door",
    "line": "left(texts.line, 90)",
    "why": "left(texts.why, 400)",
    "code": "'P-' || n",
    "token_hash": "n",
    "form_key": "lpad(to_hex(n), 32, '0')::uuid",
    "handed_in_at": "at",
    "state": "(ARRAY['accepted', 'declined', 'lapsed', 'declined', 'waiting'])[1 + n %% 5]",
}
PITCHES = """
INSERT INTO pitches_pitch ({}) SELECT {} FROM made JOIN texts ON texts.i = text, pitches_pitch model
WHERE n BETWEEN %(first)s AND %(last)s AND model.id = %(model)s
"""
ALL_DOORS = """
INSERT INTO pitches_door SELECT made.* FROM generate_series(1, %(pages)s) page, generate_series(0, 7) n,
    (SELECT model FROM pitches_door model LIMIT 1) one, jsonb_populate_record(model, jsonb_build_object(
    'id', page * 10 + n, 'page_id', page, 'slug', 'door-' || n, 'name', 'Door ' || n)) made
WHERE page * 10 + n <> (model).id
"""
ALL_PAGES = """
INSERT INTO pitches_page SELECT made.* FROM generate_series(1, %(pages)s) n,
    (SELECT model FROM pitches_page model LIMIT 1) one,
    jsonb_populate_record(model, jsonb_build_object('id', n, 'handle', 'page' || n, 'owner_id', 1000000 + n)) made
WHERE n <> (model).id
"""
WORDS = """
INSERT INTO pitches_findableword (page_id, word)
SELECT page, unnest(string_to_array(line, ' ')) word FROM (SELECT DISTINCT page, text FROM made) there
    JOIN texts ON texts.i = text
UNION SELECT page, word FROM (SELECT DISTINCT page, person FROM made) there
    JOIN people ON people.i = person, unnest(string_to_array(names, ' ')) word WHERE length(word) BETWEEN 3 AND 41
"""
SIZES = """
SELECT pg_size_pretty(pg_table_size('pitches_findable')), pg_size_pretty(pg_relation_size('findable_keys')),
    pg_size_pretty(pg_total_relation_size('pitches_findableword')),
    (SELECT count(*) FROM pitches_findable WHERE page_id = 1),
    (SELECT count(*) FROM pitches_findable WHERE page_id = 400)
"""
INDEXES = """
SELECT indexrelid::regclass::text FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
WHERE indrelid = %s::regclass AND conname IS NULL
"""
INDEX = (
    "CREATE INDEX findable_keys ON pitches_findable USING gin (keys) WITH (gin_pending_list_limit = 256)",
    "CREATE INDEX findable_newest ON pitches_findable (page_id, at DESC)",
    "CREATE INDEX findable_config ON pitches_findable (page_id, config)",
    "CREATE INDEX findable_word ON pitches_findableword (page_id, word)",
    "CREATE INDEX findable_back ON pitches_findableword (page_id, back)",
)
TABLES = ("pitches_findable", "pitches_findableword", "pitches_pitch")


def seed(cursor, most):
    """Fill the tables of the search and the pitches, with the same mixture at any size."""
    from pitches.models import Pitch
    from tests.factories import PitchFactory

    model = PitchFactory(waiting=True, pk=2_000_000_000).pk
    # More memory makes the index of keys slower, because less of it is near.
    cursor.execute("SET session_replication_role = replica; SELECT setseed(0.5); SET maintenance_work_mem = '128MB'")
    cursor.execute("SET work_mem = '256MB'; TRUNCATE pitches_findable, pitches_findableword")
    for table in TABLES:
        cursor.execute(INDEXES, [table])
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
    for table in TABLES[:2]:
        cursor.execute(f"ALTER TABLE {table} SET UNLOGGED")
    size = {"pages": PAGES, "most": most, "model": model}
    for sql in (TEXTS, PEOPLE):
        cursor.execute(sql)
    for sql in (MADE, "ANALYZE texts, people, made", ALL_PAGES, ALL_DOORS):
        cursor.execute(sql, size)
    columns = [str(field.column) for field in Pitch._meta.concrete_fields]
    pitches = PITCHES.format(", ".join(columns), ", ".join(OWN.get(name, f"model.{name}") for name in columns))
    for first in range(1, most + 1, BATCH):
        for sql in (LEFT, pitches):
            cursor.execute(sql, size | {"first": first, "last": min(first + BATCH - 1, most)})
    for sql in (WORDS, *INDEX):
        cursor.execute(sql)
    cursor.execute(SIZES)
    return cursor.fetchone()


def asked(kind, number, pages):
    """The question, the page and the door of one turn."""
    from pitches.models import Door, Page

    words, door = KINDS[kind]
    page = Page(pk=pages[number % len(pages)])
    names = {"word": ("markesu", "content", "lograve", "torpelo")[number % 4]}
    names |= {"part": ("berto", "linqu", "sama", "priw", "vice")[number % 5] + ("", "s")[number % 2]}
    names |= {"slip": ("linsno", "mdeia", "hleloo", "cotnent", "reserch")[number % 5]}
    return words.format(**names), page, Door(pk=page.pk * 10 + number % 8) if door else None


def cpu(backend):
    """Milliseconds of CPU that PostgreSQL has spent on this connection. Read while it waits, or it is behind."""
    time.sleep(0.005)
    return int(backend.read_text().split()[0]) / 1e6


def measure(kind, turns, pages):
    """Milliseconds of some searches, sorted: CPU of the database, and waited for it; how many found something."""
    from django.db import connection

    spent: list[float] = []
    waited: list[float] = []
    found = 0
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    def timed(execute, *args):
        begun = time.perf_counter()
        try:
            return execute(*args)
        finally:
            waited[-1] += 1000 * (time.perf_counter() - begun)

    with connection.execute_wrapper(timed):
        for number in range(turns):
            question = asked(kind, number, pages)
            waited.append(0.0)
            before = cpu(backend)
            found += bool(look(*question))
            spent.append(cpu(backend) - before)
    return sorted(spent), sorted(waited), found


def look(said, page, door):
    """One search, and the questions of the page that shows it."""
    from django.db.models import Q

    from pitches import search
    from pitches.web import access
    from pitches.web.searching import AT_ONCE

    hits, found = search.narrowed(
        page, search.find(page, said, doors=(), door=door), lambda pks: access.sorted_found(page, pks, Q())
    )
    stems = [stem for word in hits.words for stem in word.stems]
    return access.found_here(page, [one.pk for one in found[:AT_ONCE]], stems, ())


def bench(say, most, turns=60, goal=20.0):
    """Fill, measure, and say it line by line. The answer is what is wrong."""
    from django.db import connection

    wrong = []
    with connection.cursor() as cursor:
        sizes = seed(cursor, most)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
        say(f"{most} pitches of {PAGES} pages, {sizes[3]} of the largest, {sizes[4]} of a usual one;")
        say(f"table {sizes[0]}, index {sizes[1]}, words {sizes[2]}. Milliseconds, p50 and p95:")
    say("  CPU of the database   waited for it")
    for kind, (name, pages) in itertools.product(KINDS, WHERE.items()):
        measure(kind, 5, pages)
        spent, waited, found = measure(kind, turns, pages)
        at, late = turns // 2, turns * 95 // 100
        figures = f"{spent[at]:9.2f} {spent[late]:9.2f} {waited[at]:9.2f} {waited[late]:9.2f}"
        say(f"{figures}  {kind}, {name} page ({found} of {turns} found something; goal {goal:.0f})")
        wrong += [f"{kind}, {name} page: {spent[late]:.1f} ms"] if spent[late] > goal else []
    return wrong


def run(say, most):
    """The same in a PostgreSQL of its own, which is gone afterwards."""
    with throwaway.postgres() as sockets:
        stack = Stack(sockets.parent, sockets, smtp_port=0, lease=30)
        code, said = stack.manage("migrate", "-v0")
        assert code == 0, said
        words = [sys.executable, "-m", "tests.bench.search", str(most)]
        with subprocess.Popen(words, cwd=ROOT, env=stack.environment, text=True, stdout=subprocess.PIPE) as process:
            for line in process.stdout or ():
                say(line.rstrip("\n"))
        return [] if process.returncode == 0 else ["search"]


if __name__ == "__main__":
    django.setup()
    sys.exit(bool(bench(lambda line: print(line, flush=True), int(sys.argv[1]))))
