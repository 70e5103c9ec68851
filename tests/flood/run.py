"""One run of the flood: friends hand in and people sign in, first in an idle house, then while the strangers come."""

import hashlib
import math
import statistics
import threading
import time
from dataclasses import dataclass, field

import psycopg

from tests.chaos import clients
from tests.flood.furnish import account, device, friend

LONGEST = 2.0  # seconds from the hand-in of a trusted pitch to its lane, at the 95th percentile
LATER = 1.0  # seconds by which a sign-in code may leave later than in an idle house, at the 95th percentile
LOOK = 0.005  # seconds between two looks
PATIENCE = 120  # seconds after which a look ends
WAITING = "SELECT count(*) FROM pitches_event WHERE queue = 'later' AND what = 'arrived' AND reacted_at IS NULL"
# Since when it is in its lane, seen from outside; and when it was handed in, by the clock of the same machine.
IN_LANE = """SELECT extract(epoch FROM arrived.at)::float8 FROM pitches_event arrived
             JOIN pitches_pitch pitch ON pitch.id = arrived.pitch_id
             WHERE pitch.token_hash = %s AND arrived.what = 'arrived' AND pitch.lane = 'trusted'"""


@dataclass
class Waits:
    """Seconds that pitches and codes took."""

    lanes: list = field(default_factory=list)
    codes: list = field(default_factory=list)


@dataclass
class Report:
    """The figures of a run, and what is wrong with them."""

    idle: Waits
    flood: Waits
    poured: int
    left: int
    took: float

    @property
    def wrong(self):
        """What missed its goal."""
        found = []
        if share(self.flood.lanes, 95) > LONGEST:
            found.append(f"a trusted pitch is in its lane after {share(self.flood.lanes, 95):.2f} s, goal {LONGEST} s")
        if share(self.flood.codes, 95) > share(self.idle.codes, 95) + LATER:
            found.append(
                f"a code leaves after {share(self.flood.codes, 95):.2f} s, idle {share(self.idle.codes, 95):.2f} s"
            )
        if not self.left:
            found.append("the strangers were done before the end: this was no flood")
        return found

    def __str__(self):
        done = self.poured - self.left
        rows = [
            ("trusted pitch, from hand-in to its lane", self.idle.lanes, self.flood.lanes),
            ("sign-in code, from the request until the mail server has it", self.idle.codes, self.flood.codes),
        ]
        lines = [f"{self.poured:,} pitches of strangers waited; {done / self.took:.0f} of them routed each second"]
        lines += [
            f"{'milliseconds':60}{'idle p50':>9}{'p95':>7}{'max':>7}{'flood p50':>11}{'p95':>7}{'max':>7}{'of':>5}"
        ]
        for name, idle, flood in rows:
            lines.append(f"{name:60}{_three(idle, 9)}{_three(flood, 11)}{len(flood):5}")
        return "\n".join([*lines, *(f"WRONG  {line}" for line in self.wrong)])


def _three(seconds, width):
    found = (statistics.median(seconds), share(seconds, 95), max(seconds))
    return "".join(f"{1000 * one:{width if place == 0 else 7}.0f}" for place, one in enumerate(found))


def share(seconds, percent):
    """The smallest wait that so many of a hundred did not pass."""
    return sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1]


class Letters:
    """When the mail server had something for an address."""

    def __init__(self, sink):
        self.sink, self.seen, self.at = sink, 0, {}

    def wait_for(self, to):
        """The moment at which it came."""
        wanted, end = f"to: {to}".encode(), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            fresh, now = self.sink.raw[self.seen :], time.time()
            self.seen += len(fresh)
            if any(wanted in raw.lower() for raw in fresh):
                return now
            time.sleep(LOOK)
        raise clients.GaveUp(f"no mail for {to}")


def hand_in(stack, line, number):
    """A friend writes and hands in on the device that is known: seconds until it is in its lane."""
    browser = clients.Browser(stack.port)
    browser.cookies["device"] = device(number)
    answers = browser.form("/@flood/door") | {
        "line": f"Study {number} on why people mute brands",
        "why": "The question your readers ask most, put to people in four countries.",
        "link": f"https://friends{number}.example/study",
        "ask": "write",
        "payer": "client",
        "name": "Ines Okoro",
        "company": "Northbeam",
        "email": friend(number),
    }
    check = browser.send("/@flood/door/pitch", answers, "/d/")
    token = browser.send(check, {"csrfmiddlewaretoken": answers["csrfmiddlewaretoken"]}, "/p/").removeprefix("/p/")
    key, end = hashlib.sha256(token.encode()).hexdigest(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := line.execute(IN_LANE, [key]).fetchone():
            return time.time() - found[0]
        time.sleep(LOOK)
    raise clients.GaveUp(f"pitch {number} is in no lane")


def sign_in(stack, letters, number):
    """Somebody asks for a code: seconds until the mail server has it."""
    browser = clients.Browser(stack.port)
    asked = browser.form("/account/login/code/") | {"email": account(number)}
    began = time.time()
    browser.send("/account/login/code/", asked, "/")
    return letters.wait_for(account(number)) - began


def come(stack, sink, numbers, pause):
    """Friends and people who sign in, one of each after the other, at the same time."""
    waits, letters, wrong = Waits(), Letters(sink), []

    def codes():
        try:
            for number in numbers:
                waits.codes.append(sign_in(stack, letters, number))
                time.sleep(pause)
        except clients.GaveUp as error:
            wrong.append(error)

    other = threading.Thread(target=codes, daemon=True)
    other.start()
    with psycopg.connect(host=str(stack.sockets), user="halfdoor", dbname="halfdoor", autocommit=True) as line:
        for number in numbers:
            waits.lanes.append(hand_in(stack, line, number))
            time.sleep(pause)
    other.join()
    if wrong:
        raise wrong[0]
    return waits


def flood(stack, sink, *, strangers, trusted, say=lambda _line: None, pause=0.3):
    """The whole run on a stack that stands: furnish, idle, pour, flood."""
    quiet = max(3, trusted // 2)
    manage(stack, f"furnish({quiet + trusted})")
    come(stack, sink, range(1), 0)  # whoever comes first warms up the house
    idle = come(stack, sink, range(1, quiet), pause)
    say(f"pouring {strangers:,} pitches…")
    manage(stack, f"pour({strangers})")
    with psycopg.connect(host=str(stack.sockets), user="halfdoor", dbname="halfdoor", autocommit=True) as line:
        began, poured = time.monotonic(), _waiting(line)
        say(f"{poured:,} wait")
        during = come(stack, sink, range(quiet, quiet + trusted), pause)
        left, took = _waiting(line), time.monotonic() - began
    return Report(idle, during, poured, left, took)


def _waiting(line):
    found = line.execute(WAITING).fetchone()
    return found[0] if found else 0


def manage(stack, call):
    """Run a function of furnish.py inside the house."""
    code, said = stack.manage("shell", "-v0", "-c", f"from tests.flood.furnish import *; {call}")
    assert code == 0, said
