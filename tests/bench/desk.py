"""What the desk costs with a long history: two pages, one with little and one with much behind it, asked in turns.

So both have the same load of the machine, and an empty view of the same process is asked between them.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from pitches import doors
from pitches.models import Answer, Event, Pitch, ReadingSession, Sender
from pitches.stories.theatre import throwaway_database
from portal import clock, gunicorn
from portal.models import User
from tests.bench.search import cpu as cpu_of
from tests.chaos.stack import ROOT

FEW = 1000  # the reference
WAITING, DOORS, TURNS = 60, 5, 40
SENDERS, CROWD = 50, 950  # those who wait now, each with some fifty answers of a hundred thousand; all others
ANSWER, NUMBERS, YEAR, EMPTY = "answer, and the next card", "numbers", "numbers of a year", "an empty view"
P95, FLAT = 15.0, 1.15  # milliseconds of CPU; times the reference
GOALS = {ANSWER: 100.0, NUMBERS: 150.0, YEAR: 500.0}  # an answer: as its key is felt; numbers: what a page may take
GROWS = {NUMBERS, YEAR}  # with what came in that time, and with nothing before it
PRESS, PRESSED, SOME = 150.0, 100, 10  # milliseconds for so many at one press; the queries of so few are the reference
MODEL = 10_000_000  # the numbers of what is made up begin there
UNLIKE_TESTS = {"ROOT_URLCONF": "tests.bench.urls", "WHITENOISE_AUTOREFRESH": False, "WHITENOISE_USE_FINDERS": False}
# As often as they come about; and what each leaves behind: an answer that went out, and three events.
ENDED = ("declined", "declined", "accepted", "lapsed", "declined", "wrong_door", "declined", "withdrawn")
HISTORY = """
INSERT INTO pitches_pitch SELECT made.* FROM generate_series(%(first)s::int, %(last)s) n,
    (SELECT one FROM pitches_pitch one WHERE id = %(model)s) model,
    jsonb_populate_record(one, jsonb_build_object('id', %(model)s + n,
        'code', 'H-' || %(model)s + n, 'token_hash', 'h' || %(model)s + n,
        'form_key', gen_random_uuid(), 'line', 'Survey ' || n || ' of ' ||
            (ARRAY['readers', 'widgets', 'brands'])[1 + n %% 3],
        'state', (%(states)s::text[])[1 + n %% 8], 'sender_id', CASE
            WHEN n <= 100 THEN (%(senders)s::bigint[])[1 + (n - 1) %% 50]
            WHEN n %% 40 = 0 THEN (%(senders)s::bigint[])[1 + n / 40 %% 50]
            ELSE (%(crowd)s::bigint[])[1 + n %% 950] END,
        'door_id', (%(doors)s::bigint[])[1 + n %% 5], 'tags', CASE WHEN n %% 9 = 0 THEN '{spring}' ELSE '{}' END,
        'standing', (ARRAY['stranger', 'known', 'stranger', 'trusted'])[1 + n %% 4],
        'handed_in_at', (one).handed_in_at - n * interval '13 minutes')) made
"""
FOLLOWS = (
    """INSERT INTO pitches_findable (pitch_id, page_id, at, config, names, line, keys)
    SELECT kept.pitch_id, kept.page_id, kept.at, kept.config, kept.names, kept.line, kept.keys
    FROM pitches_pitch pitch CROSS JOIN LATERAL findable_of(pitch) kept WHERE pitch.id BETWEEN %(from)s AND %(to)s""",
    """INSERT INTO pitches_findableword (page_id, word) SELECT DISTINCT page_id, word
    FROM pitches_findable, unnest(string_to_array(names || ' ' || line, ' ')) word
    WHERE pitch_id BETWEEN %(from)s AND %(to)s AND length(word) BETWEEN 3 AND 41""",
    """INSERT INTO pitches_answer SELECT made.* FROM pitches_pitch pitch,
    (SELECT one FROM pitches_answer one WHERE pitch_id = %(model)s) model,
    jsonb_populate_record(one, jsonb_build_object('id', nextval('pitches_answer_id_seq'), 'pitch_id', pitch.id,
        'kind', CASE state WHEN 'accepted' THEN 'yes' ELSE 'no' END,
        'reason', CASE state WHEN 'accepted' THEN '' ELSE 'covered' END,
        'given_at', handed_in_at, 'sent_at', handed_in_at)) made
    WHERE pitch.id BETWEEN %(from)s AND %(to)s AND state IN ('accepted', 'declined')""",
    """INSERT INTO pitches_event SELECT made.* FROM pitches_pitch pitch,
    unnest('{arrived,waiting,answered}'::text[]) what,
    (SELECT one FROM pitches_event one WHERE pitch_id = %(model)s LIMIT 1) model,
    jsonb_populate_record(one, jsonb_build_object('id', nextval('pitches_event_id_seq'), 'pitch_id', pitch.id, 'what',
        CASE what WHEN 'answered' THEN state ELSE what END, 'at', handed_in_at)) made
    WHERE pitch.id BETWEEN %(from)s AND %(to)s""",
)


@dataclass
class Spent:
    """What some requests of one kind cost: milliseconds waited, of CPU here and in the database, and queries."""

    waited: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def add(self, asked: list[str], waited: float, cpu: float) -> None:
        """One request more. `asked` are its queries; those of the last one are kept."""
        self.asked = asked
        self.queries.add(len(asked))
        self.waited.append(waited)
        self.cpu.append(cpu)

    def late(self, some: list[float]) -> float:
        """The 95th of a hundred."""
        return sorted(some)[len(some) * 95 // 100]

    def usual(self) -> float:
        """The middle one of the CPU."""
        return sorted(self.cpu)[len(self.cpu) // 2]


@dataclass
class Desk:
    """A page with its owner at the desk; `grow` gives it a longer past."""

    page: Any
    owner: Client
    model: int
    senders: list[int]
    crowd: list[int]
    past: int = 0

    def grow(self, number: int) -> None:
        """Until there are so many pitches that were answered."""
        values = {
            "first": self.past + 1,
            "last": number,
            "model": self.model,
            "states": list(ENDED),
            "senders": self.senders,
            "crowd": self.crowd,
            "doors": list(self.page.doors.values_list("pk", flat=True)),
            "owner": self.page.owner_id,
            "from": self.model + self.past + 1,
            "to": self.model + number,
        }
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET work_mem = '64MB'")
            for sql in (HISTORY, *FOLLOWS):
                cursor.execute(sql, values)
            cursor.execute("SET session_replication_role = origin; RESET work_mem")
        self.past = number


def begin(number: int = 1) -> Desk:
    """A page with an ordinary ledge: sixty wait, from fifty senders who had an answer before, behind five doors."""
    from tests.factories import AnswerFactory, PitchFactory, SenderFactory

    owner = User.objects.create_user(f"desk{number}@desk.example", name="Maya Desk")
    page = doors.begin(owner, handle=f"long-ago-{number}", name="Maya Desk", cards=WAITING)
    hung = [doors.hang(page, by=owner, slug=f"door-{n}", name=f"Door {n}", blurb="Numbers.") for n in range(DOORS)]
    client = Client(headers={"host": urlsplit(settings.SITE_URL).netloc})
    client.force_login(owner)
    senders = SenderFactory.create_batch(SENDERS)
    crowd = Sender.objects.bulk_create(
        Sender(email=f"c{n}@crowd{number}.example", mailbox=f"c{n}@crowd{number}.example") for n in range(CROWD)
    )
    model = PitchFactory(lapsed=True, door=hung[0], sender=senders[0], pk=number * MODEL)
    AnswerFactory(pitch=model, by=owner)
    Event.objects.create(page=page, pitch=model, what="arrived", at=clock.now(), queue="soon", reacted_at=clock.now())
    for place in range(WAITING):
        standing = ("stranger", "known", "trusted")[place % 3]
        door, sender = hung[place % DOORS], senders[place % SENDERS]
        PitchFactory(waiting=True, door=door, sender=sender, standing=standing, code=f"W-{number}-{place}")
    desk = Desk(page, client, model.pk, [sender.pk for sender in senders], [sender.pk for sender in crowd])
    desk.grow(SENDERS)  # each has an answer
    return desk


def questions(desk: Desk) -> dict[str, Callable[[], Callable[[], Any]]]:
    """What is asked for, by name: each makes ready one request, which is measured alone."""

    def get(path: str) -> Callable[[], Callable[[], Any]]:
        return lambda: lambda: desk.owner.get(path)

    return {
        "inbox": get("/desk/inbox"),
        "what was answered": get("/desk/inbox?show=answered"),
        "session": get("/desk/session"),
        ANSWER: lambda: answer(desk),
        "search": get("/desk/inbox?q=survey+widgets"),
        "search with a slip": get("/desk/inbox?q=wigdets"),
        NUMBERS: get("/desk/numbers"),
        YEAR: get("/desk/numbers?days=365"),
    }


def answer(desk: Desk) -> Callable[[], Any]:
    """A no to the card that is open, as the session sends it."""
    sitting = ReadingSession.objects.get(ended_at=None, page=desk.page)
    waits = dict(Pitch.objects.filter(pk__in=sitting.cards, state="waiting").values_list("pk", "code"))
    code = next(waits[pk] for pk in sitting.cards if pk in waits)
    path, said = f"/desk/session/{sitting.pk}/answer/{code}", {"kind": "no", "reason": "covered"}
    return lambda: desk.owner.post(path, said, headers={"HX-Request": "true"})


def measure(desks: Sequence[Desk], times: int, **more: Callable[[], Any]) -> list[dict[str, Spent]]:
    """Ask all of it and `more`, each some times as its reader would, of one desk and the other in turns.

    Afterwards the ledges are as they were.
    """
    also = {name: partial(lambda view: view, view) for name, view in more.items()}
    asked = [questions(desk) | also for desk in desks]
    spent = [{name: Spent() for name in ready} for ready in asked]
    for desk in desks:
        desk.owner.post("/desk/session/start")
    for name, turn in product(asked[0], range(times + 2)):
        for ready, found in zip(asked, spent, strict=True):
            queries, waited, cpu, status = one(ready[name]())
            assert status == 200, (name, status)
            if turn >= 2:  # the first ones fill caches
                found[name].add(queries, waited, cpu)
    restore()
    return spent


def press(desk: Desk, number: int, times: int) -> Spent:
    """One no to so many at once."""
    spent = Spent()
    for turn in range(times + 1):
        rows = Pitch.objects.filter(page=desk.page, state="waiting").order_by("pk")[:number]
        codes = [f"{row.code}.{row.version}" for row in rows]
        words = {"codes": codes, "press": "no:reason:covered"}
        queries, waited, cpu, status = one(partial(desk.owner.post, "/desk/inbox/answers", words))
        given = Answer.objects.filter(pitch__page=desk.page, pitch__lt=MODEL, undone_at=None).count()
        assert (status, given) == (303, number)
        if turn:
            spent.add(queries, waited, cpu)
        restore()
    return spent


def one(request: Callable[[], Any]) -> tuple[list[str], float, float, int]:
    """The queries, milliseconds waited, milliseconds of CPU here and in the database, and the status of one request."""
    database = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    asked = []

    def counted(execute: Callable[..., Any], sql: str, *words: Any) -> Any:
        asked.append(sql)
        return execute(sql, *words)

    before, here, began = cpu_of(database), time.process_time(), time.perf_counter()
    with connection.execute_wrapper(counted):
        response = request()
    waited, here = time.perf_counter() - began, time.process_time() - here
    return asked, 1000 * waited, 1000 * here + cpu_of(database) - before, response.status_code


def restore() -> None:
    """Take back what was answered in the measurement."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pitches_event WHERE pitch_id < %s", [MODEL])
        for table in ("answer", "spent", "look", "message"):
            cursor.execute(f"DELETE FROM pitches_{table} WHERE pitch_id < %s", [MODEL])
    ReadingSession.objects.all().delete()
    Pitch.objects.filter(pk__lt=MODEL).update(state="waiting", opened_at=None)


def missed(name: str, spent: Spent, few: Spent) -> list[str]:
    """What is wrong with the desk before a long past: too dear, dearer than before a short one, or other queries."""
    goal, ratio, late = GOALS.get(name, P95), spent.usual() / few.usual(), spent.late(spent.cpu)
    wrong = [f"{name}: {late:.1f} ms, goal {goal:.0f} ms"] if late > goal else []
    wrong += [f"{name}: {ratio:.2f}x with a long history, goal {FLAT}x"] if ratio > FLAT and name not in GROWS else []
    asked = sorted(few.queries | spent.queries)  # which of them depends on the card; the same cards were asked
    return wrong + ([f"{name}: {asked} queries"] if few.queries != spent.queries else [])


def bench(say: Callable[[str], object], number: int, times: int = TURNS) -> list[str]:
    """Fill, measure, and say it line by line. The answer is what is wrong."""
    with throwaway_database(), override_settings(**UNLIKE_TESTS):
        desks = [begin(1), begin(2)]
        began = time.perf_counter()
        for desk, past in zip(desks, (FEW, number), strict=True):
            desk.grow(past)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        took = time.perf_counter() - began
        say(f"{number:,} pitches behind one ledge, {FEW:,} behind the other, made in {took:.0f} s.")
        gunicorn.post_worker_init()
        few, much = measure(desks, times, **{EMPTY: lambda: Client().get("/empty")})
        wrong = tell(say, few, much)
        return wrong + at_once(say, desks[1], times // 4)


def tell(say: Callable[[str], object], few: dict[str, Spent], much: dict[str, Spent]) -> list[str]:
    """One line for each question, each figure with its goal. The answer is what is wrong."""
    wrong, empty = [], few.pop(EMPTY).usual() + much.pop(EMPTY).usual()
    say(f"An empty view behind the same middleware: {empty / 2:.2f} ms of CPU. All figures are milliseconds.")
    say("  waited p95   CPU p50   CPU p95 (goal)   of the few   queries   of an empty view")
    for name, spent in much.items():
        goal, ratio, asked = GOALS.get(name, P95), spent.usual() / few[name].usual(), sorted(spent.queries)
        flat = "" if name in GROWS else f" ({FLAT})"
        said = (
            f"{spent.late(spent.waited):12.1f} {spent.usual():9.1f} {spent.late(spent.cpu):9.1f} {f'({goal:.0f})':>6}"
        )
        said += f"   {ratio:5.2f}{flat:7}   {'/'.join(map(str, asked)):>7}   {2 * spent.usual() / empty:5.0f}"
        say(f"{said}  {name}")
        wrong += missed(name, spent, few[name])
    return wrong


def at_once(say: Callable[[str], object], desk: Desk, times: int) -> list[str]:
    """A hundred answers in one request, beside ten."""
    from tests.factories import PitchFactory

    door = desk.page.doors.first()
    PitchFactory.create_batch(PRESSED - WAITING, waiting=True, door=door)
    some, many = (press(desk, number, times) for number in (SOME, PRESSED))
    late, asked = many.late(many.cpu), sorted(many.queries)
    say(f"{PRESSED} answers at one press: CPU p50 {many.usual():.0f} ms, p95 {late:.0f} ms (goal {PRESS:.0f} ms), "
        f"{'/'.join(map(str, asked))} queries (for {SOME}: {'/'.join(map(str, sorted(some.queries)))})")  # fmt: skip
    wrong = [f"{PRESSED} answers: {late:.0f} ms"] if late > PRESS else []
    return wrong + ([f"{PRESSED} answers: {asked} queries"] if many.queries != some.queries else [])


def run(say: Callable[[str], object], number: int) -> list[str]:
    """The same in a process with the settings of the tests: all of the middleware, static files as they lie."""
    asked = f"import sys; from tests.bench import desk; sys.exit(desk.main({number}))"
    words = [sys.executable, "manage.py", "shell", "-v0", "-c", asked]
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(words, cwd=ROOT, env=own, text=True, stdout=subprocess.PIPE) as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
    return [] if process.returncode == 0 else ["the desk"]


def main(number: int) -> int:
    """One run that prints: the exit code."""
    missed = bench(partial(print, flush=True), number)
    print(*missed, sep="\n", flush=True)
    return int(bool(missed))
