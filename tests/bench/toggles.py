"""Somebody turns the switch of a door at the desk, and everybody looks at the page: does anybody see it as it was?"""

import http.client
import re
import threading
from dataclasses import dataclass

import redis

LOOKS = 4  # after each turn, over new connections, so that both workers of the web server are asked
CSRF = "a" * 32
SAID = re.compile(r'href="/@bench/door"[^>]*>[^<]*<span class="sr">, (\w+)<')
WORDS = {"open": "Open", "closed": "Closed"}


@dataclass
class Seen:
    """What a run has seen."""

    turns: int = 0
    looks: int = 0
    stale: int = 0
    found: int = 0  # what the cache had, of what it was asked for

    def __str__(self):
        return f"{self.stale} stale in {self.turns:,} turns and {self.looks:,} looks; the cache had {self.found:,}"


def ask(house, method, path, **headers):
    """One request over a connection of its own: (status, text)."""
    line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    try:
        body = headers.pop("body", None)
        line.request(method, path, body, {"Host": house.host, "Connection": "close"} | headers)
        response = line.getresponse()
        return response.status, response.read().decode()
    finally:
        line.close()


def turn(house, state):
    """One tap of the switch at the desk."""
    headers = {
        "Cookie": f"session={house.session}; csrf={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    status, text = ask(house, "POST", "/desk/doors/door/state", body=f"state={state}", **headers)
    assert status in (302, 303), (status, text)


def look(house):
    """How the door stands, as a stranger is told."""
    status, text = ask(house, "GET", "/@bench")
    found = SAID.search(text)
    assert found, (status, text)
    return found[1]


def found_in_cache(house):
    """How often the cache had what it was asked for, since it was started; 0 while it is away."""
    client = redis.Redis(unix_socket_path=str(house.valkey))
    try:
        return client.info("stats")["keyspace_hits"]
    except redis.RedisError:
        return 0
    finally:
        client.close()


def run(house, turns, *, outages=0):
    """Turn the switch, look, and kill and start Valkey `outages` times in between. Others look all the time."""
    seen, over = Seen(), threading.Event()
    crowd = [threading.Thread(target=_crowd, args=(house, over), daemon=True) for _ in range(2)]
    for one in crowd:
        one.start()
    span = turns // (2 * outages + 1) or 1
    for number in range(turns):
        part, step = divmod(number, span)
        if outages and step == 0 and 0 < part <= 2 * outages:
            seen.found += found_in_cache(house)
            house.kill("broker") if part % 2 else house.start("broker")
        state = ("closed", "open")[number % 2]
        turn(house, state)
        seen.stale += sum(look(house) != WORDS[state] for _ in range(LOOKS))
        seen.turns, seen.looks = seen.turns + 1, seen.looks + LOOKS
    over.set()
    for one in crowd:
        one.join()
    seen.found += found_in_cache(house)
    return seen


def _crowd(house, over):
    while not over.wait(0.005):
        look(house)
