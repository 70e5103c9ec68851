"""One run of chaos: load, kills, drain, and the questions that are asked afterwards."""

import hashlib
import queue
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg

from tests.chaos import clients
from tests.chaos.furnish import address

CONVERSATION = 90  # seconds, as in pitches/notify/outbox.py

CLIENTS = 8
VICTIMS = ("worker", "worker", "relay", "broker", "beat", "web")


@dataclass
class Report:
    """The figures of a run, and what is wrong with them."""

    seed: int
    figures: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)

    def __str__(self):
        lines = [f"seed {self.seed}", *(f"{name}: {value}" for name, value in self.figures.items())]
        return "\n".join([*lines, *(f"WRONG  {line}" for line in self.wrong)])


class Load:
    """Eight senders at a time."""

    def __init__(self, stack, post, pitches, first=0):
        self.stack, self.post = stack, post
        self.waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(first, first + pitches):
            self.waiting.put(number)
        self.acked, self.errors, self.retries, self.slowest = {}, [], 0, 0.0
        self.threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    @property
    def going(self):
        """Whether anybody is still at it."""
        return any(thread.is_alive() for thread in self.threads)

    def _client(self):
        while True:
            try:
                number = self.waiting.get_nowait()
            except queue.Empty:
                return
            browser = clients.Browser(self.stack.port)
            try:
                self.acked[number] = clients.hand_in(browser, self.post, number)
            except clients.GaveUp as error:
                self.errors.append(str(error))
            self.retries += browser.retries
            self.slowest = max(self.slowest, browser.slowest)


def storm(stack, load, moments, chance, victims):
    """Kill something whenever so many pitches were taken, and start it again a moment later."""
    kills: Counter[str] = Counter()
    away: dict[str, float] = {}
    while load.going or away:
        now = time.monotonic()
        for name in [name for name, back in away.items() if back <= now]:
            del away[name]
            stack.start(name)
        if moments and len(load.acked) >= moments[0] and len(away) < 2:
            moments.pop(0)
            name = chance.choice([name for name in victims if name not in away])
            stack.kill(name)
            kills[name] += 1
            away[name] = now + chance.uniform(0, 1.5)
        time.sleep(0.02)
    return kills


class Rows:
    """What the database says afterwards."""

    def __init__(self, stack):
        self.stack = stack

    def ask(self, sql):
        """The first column of a query."""
        with psycopg.connect(host=str(self.stack.sockets), user="halfdoor", dbname="halfdoor") as line:
            return [row[0] for row in line.execute(sql).fetchall()]

    def left(self):
        """How much work is not done."""
        events = "SELECT count(*) FROM pitches_event WHERE reacted_at IS NULL AND NOT dead"
        mails = "SELECT count(*) FROM pitches_message WHERE state IN ('pending', 'sending')"
        return self.ask(events)[0] + self.ask(mails)[0]


def drain(stack, backlog):
    """Seconds until nothing is left to do, or None.

    A mail whose worker was killed in the middle of its conversation is free again after CONVERSATION.
    """
    rows, began = Rows(stack), time.monotonic()
    done = stack.wait_until(lambda: rows.left() == 0, 30 + CONVERSATION + backlog / 10)
    return round(time.monotonic() - began, 1) if done else None


def chaos(stack, sink, *, pitches, kills, seed, victims=VICTIMS):
    """Load with kills, then the questions."""
    chance, post, report = random.Random(seed), clients.Post(sink), Report(seed)
    moments = sorted(chance.sample(range(1, max(2, pitches * 9 // 10)), kills))
    began = time.monotonic()
    load = Load(stack, post, pitches)
    killed = storm(stack, load, moments, chance, victims)
    took = time.monotonic() - began
    backlog = Rows(stack).left()
    drained = drain(stack, backlog)
    report.figures = {
        "pitches": pitches,
        "acked": len(load.acked),
        "kills": dict(killed),
        "load": f"{took:.0f} s, {pitches / took:.1f} pitches/s, {load.retries} requests tried again, "
        f"slowest answer {load.slowest:.1f} s",
        "drained": f"{drained} s (backlog {backlog})",
    }
    report.wrong += load.errors
    if drained is None:
        report.wrong.append(f"{Rows(stack).left()} rows are still not done")
    questions(stack, post, load, sum(killed.values()), report)
    return report


ROUTED = "SELECT p.token_hash FROM pitches_event e JOIN pitches_pitch p ON p.id = e.pitch_id WHERE e.was = 'arrived'"
PROVEN = "SELECT token_hash FROM pitches_pitch WHERE state <> 'unproven'"
DOUBTFUL = """SELECT m."to" FROM pitches_attempt a JOIN pitches_message m ON m.id = a.message_id
              WHERE a.outcome = 'unknown'"""


def questions(stack, post, load, crashes, report):
    """What must be true after any number of kills."""
    post.read()
    about_pitches(Rows(stack), post, load, report)
    about_repeats(Rows(stack), post, crashes, report)
    code, said = stack.manage("doctor")
    report.figures["doctor"] = said.strip()
    if code:
        report.wrong.append(f"doctor: {said.strip()}")


def about_pitches(rows, post, load, report):
    """Whatever was acknowledged is stored, once, routed, once, and its sender has a receipt."""
    mine = {hashlib.sha256(token.encode()).hexdigest() for token in load.acked.values()}
    proven, routed, receipts = set(rows.ask(PROVEN)), Counter(rows.ask(ROUTED)), receipts_in(post)
    checks = {
        "acked missing": len(mine - proven),
        "stored twice": sum(count > 1 for count in Counter(rows.ask("SELECT email FROM pitches_pitch")).values()),
        "not routed once": sum(routed[key] != 1 for key in proven | mine),
        "receipts missing": sum(address(number) not in receipts for number in load.acked),
    }
    report.figures |= checks
    report.wrong += [f"{name}: {count}" for name, count in checks.items() if count]


def about_repeats(rows, post, crashes, report):
    """A mail comes twice only after a crash, and each such attempt is on record as unknown."""
    repeated = Counter(to for _, to, _ in post.ids) - Counter(to for _, to in {(key, to) for key, to, _ in post.ids})
    doubtful = Counter(rows.ask(DOUBTFUL))
    report.figures |= {"mails repeated": sum(repeated.values()), "outcome unknown": sum(doubtful.values())}
    if repeated - doubtful or sum(repeated.values()) > crashes * 2:  # a worker sends two mails at a time
        report.wrong.append(f"mails repeated: {dict(repeated)}, unknown: {dict(doubtful)}, crashes: {crashes}")


def receipts_in(post):
    """Who got mail that is not a code: in a chaos run these are receipts."""
    codes = {key for key, to, subject in post.ids if clients.CODE.search(subject) or "code" in subject.lower()}
    return {to for key, to, _ in post.ids if key not in codes}
