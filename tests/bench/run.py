"""One run of the bench: the lines that are printed, and what missed its goal."""

import json

from tests.bench import house, toggles

GOAL, GOAL_SAME = 1.0, 1.25  # times the CPU of an empty view behind the same middleware
LINES = {
    "empty": "an empty view behind the same middleware",
    "kept": "the public page from the cache",
    "same": "the same, for a browser that has it (304)",
    "drawn": "the public page, drawn anew (without the CPU of PostgreSQL)",
}


def bench(say, turns=1000):
    """Measure and say it line by line. The answer is what is wrong."""
    wrong = []
    with house.standing() as standing:
        spent = json.loads(standing.measure("tests.bench.cpu"))
        say("CPU milliseconds for a request, web process and Valkey together:")
        for name, words in LINES.items():
            ratio = spent[name] / spent["empty"]
            goal = {"kept": GOAL, "same": GOAL_SAME}.get(name)
            say(f"  {spent[name]:6.3f}  {ratio:5.2f}x  {words}" + (f" (goal {goal:.2f}x)" if goal else ""))
            wrong += [f"{words}: {ratio:.2f}x, goal {goal:.2f}x"] if goal and ratio > goal else []
        for words, outages in (("with the cache", 0), ("with the cache killed and started again", 3)):
            seen = toggles.run(standing, turns, outages=outages)
            say(f"{words}: {seen}")
            wrong += [f"{words}: {seen.stale} stale"] if seen.stale else []
    return wrong
