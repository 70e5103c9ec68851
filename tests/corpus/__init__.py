"""Made-up pitches for tests/test_likeness.py: one text that is sent to many pages, and many texts that have nothing
in common but the phrases that everybody uses.
"""

import random
from dataclasses import dataclass
from pathlib import Path

NAMES = "Maya Tom Ines Jonas Aiko Lena Omar Priya Hugo Sofia Ruth Kofi Anna Pedro Mei Nils Zoe Ivan Carla Yusuf".split()
PAPERS = ("The Long Funnel|Growth Notes|Marketing Monday|Signal and Noise|The Weekly Brief|Open Tabs|Plain Numbers|The "
          "Desk|Small Batch|Morning Ledger|Two Cents|Field Notes|Slow News|The Margin").split("|")  # fmt: skip
GREETINGS = ("Hi {name},|Hello {name}!|Dear {name},|Hey {name} -|Good morning {name},|{name}, a quick one:|Hi there,|"
             "Hope you are well, {name}.|").split("|")  # fmt: skip
INSERTED = (
    "We saw your post about remote teams last week.",
    "Your piece on attribution made the rounds in our office.",
    "I have been reading {paper} since the very first issue.",
    "Congratulations on the new podcast season, by the way!",
    "A mutual friend suggested that I write to you.",
    "Our chief executive is in your city next month.",
    "I listened to your episode on pricing on the train today.",
    "We are happy to work around your calendar entirely.",
)
# Pairs of words that mean the same: each letter takes one or the other.
SAME = (
    ("survey", "study"), ("asked", "surveyed"), ("people", "adults"), ("shows", "reveals"), ("free", "no charge"),
    ("numbers", "figures"), ("share", "send"), ("full", "complete"), ("quickly", "fast"), ("readers", "subscribers"),
    ("happy", "glad"), ("reasons", "causes"), ("often", "frequently"), ("chart", "graph"), ("answers", "replies"),
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What of a pitch is compared."""

    line: str
    why: str
    detail: str


HERE = Path(__file__).parent
# Letters as agencies merge them: a name, the line, why, and sentences of which the middle two may change places.
LETTERS = {
    name: (line, why, told)
    for name, line, why, *told in (letter.splitlines() for letter in (HERE / "letters.txt").read_text().split("\n\n"))
}


def merged(letter: str, seed: int) -> Words:
    """One of the many copies of a letter: another name, publication, number and greeting, two sentences in another
    order, a few words replaced, a sentence put in.
    """
    chance = random.Random(f"{letter} {seed}")
    line, why, middle = LETTERS[letter]
    told = list(middle)
    if chance.random() < 0.5:
        told[1], told[2] = told[2], told[1]
    told.insert(chance.randrange(len(told) + 1), chance.choice(INSERTED))
    names = {"name": chance.choice(NAMES), "paper": chance.choice(PAPERS)}

    def said(text: str) -> str:
        text = text.replace("{hello}", chance.choice(GREETINGS))
        text = text.replace("{n}", f"{chance.randrange(3, 9000):,}").format(**names)
        for one, other in SAME:
            text = text.replace(one, other) if swapped[one] else text
        return text.strip()

    swapped = {one: chance.random() < 0.3 for one, _other in SAME}
    return Words(said(line), said(why), said(" ".join(told)))


# ── many that have nothing to do with each other ─────────────────────────────
# The same told twice, and something else, in German, Arabic and Japanese.
TONGUES = [tongue.splitlines() for tongue in (HERE / "tongues.txt").read_text().split("\n\n")]
# A trade, and what may be said in it: its things (a), its doings (b), its people (c), its places (d), its words (e).
TRADES = (HERE / "trades.txt").read_text().splitlines()
LINES = (
    "{a}, made so that {c} can {b}", "Why {c} in {d} began to {b}", "A {a} that helps to {b}",
    "{n} {c} told us about {e0} and {e1}", "What {d} teaches about {e0}", "From {d}: {c} who {b}",
    "The {a} that nobody in {d} wanted", "Can a {a} {b}? {c} tried", "{c} against {e0}: a year in {d}",
    "First look: a {a} from {d}", "{e0}, {e1} and the new {a}", "How to {b} with one {a}",
    "Open data on {e0} from {n} {c}", "An hour with {c} in {d}", "The price of {e0} in {n} towns",
)  # fmt: skip
SENTENCES = (
    "Most {c} we met know {e0} from childhood, yet hardly one of them had ever seen a {a} from the inside.",
    "In {d} the change took {n} months and one very stubborn {a2}.",
    "You can touch the {a} and the {a2}, take both apart, and ask why the {e0} is where it is.",
    "It started when {c} tried to {b} and found the {e1} in the wrong place.",
    "What surprised us was {e2}: it fell by {n} percent once the {a} came.",
    "There is a film of {n} minutes, shot in {d}, in which {c2} explain {e1} better than any brochure.",
    "Two of the {c} are sceptical about {e0} and will say so on the record.",
    "The {a2} costs less than a bicycle and lasts longer than most marriages.",
    "We kept a diary of every failure, from {e0} to {e2}, and it is rather funny.",
    "Nothing about it is smart: no app, no account, just {e1} and a {a}.",
    "A photographer spent {n} nights in {d} and came back with {c2} at work.",
    "The method is old; {c2} used to {b2} in much the same way before the war.",
    "Regulators looked at {e1} last autumn and left the {a2} alone.",
    "If you ever wanted to {b2}, {d} is where to begin, and {c} will show you.",
    "Half of the profit goes to {c2}, which is written into the statutes.",
    "Its inventor repaired a {a2} for {n} years before she drew the first sketch.",
    "We measured {e0}, {e2} and patience; only the last one ran out.",
    "The town council of {d} pays for {n} of them from next spring.",
    "Until then {c} had to {b2} with borrowed tools and a good deal of luck.",
    "You would be the first outside {d} to see how {c2} {b}.",
    "A {a} weighs as much as a cat, folds once, and survives being dropped by {c}.",
    "Rivals say that {e0} cannot be had at this price; we publish the bill of materials.",
    "Somebody has to {b}, and machines are bad at it, as {c} in {d} found out.",
    "Ask us for the list of {n} {c2} who sent theirs back, and why.",
)
REASONS = (
    "Your readers ask how to {b}; here are {n} {c} who did.",
    "Because {e0} is changing, and {c} notice it before anybody else.",
    "People who follow you care about {e1}, and this is the first {a} made for them.",
    "It is a story about {c2} rather than about us, and it happens in {d}.",
    "You wrote about {e0} some time ago; the {a} answers what was left open.",
    "Many of those who read you {b2} themselves, and would laugh at the {a2}.",
    "It gives {c} something they can try at home, with a {a2} and an hour.",
    "There are {n} years of records on {e2} behind it, all open.",
    "It shows {d} from a side that no travel guide has.",
    "Whoever has struggled with {e0} will want to know what {c2} do about it.",
)
HOUSE = (
    "Happy to send samples, pictures and data if that helps.",
    "There is no fee and no obligation, of course.",
    "Let me know if you would like to learn more, and I will get back to you the same day.",
    "We would love to hear what you think.",
    "I can arrange an interview with the founder at any time that suits you.",
    "High-resolution images and a press kit are behind the link.",
    "I hope this finds you well, and that it is of interest to your readers.",
    "We are a small independent agency and only write when we believe that it fits.",
    "Everything in here may be quoted freely, with a link to the source.",
    "Please feel free to pass this on to a colleague if it is not for you.",
    "Thank you very much for taking the time to read this.",
    "Our client is a family business with a long tradition and big plans for the coming year.",
    "If now is not the right moment, we are glad to come back later in the year.",
    "I thought this might be a perfect fit for your audience.",
)


def unrelated(seed: int) -> Words:
    """A pitch of its own, in one of forty trades, with one to three of the phrases that everybody uses."""
    chance = random.Random(f"unrelated {seed}")
    parts = chance.choice(TRADES).partition(": ")[2].split(" | ")
    kinds = {kind: chance.sample(part.split(", "), 3) for kind, part in zip("abcde", parts, strict=True)}
    slots = {kind: found[0] for kind, found in kinds.items()} | {f"{kind}2": found[1] for kind, found in kinds.items()}
    slots |= {f"e{place}": word for place, word in enumerate(kinds["e"])}

    def said(templates: tuple[str, ...], most: int, least: int = 1) -> list[str]:
        chosen = chance.sample(templates, chance.randint(least, most))
        return [text.format(**slots, n=chance.randrange(3, 900)) for text in chosen]

    told = said(SENTENCES, 6, 2) + said(HOUSE, 3)
    chance.shuffle(told)
    return Words(said(LINES, 1)[0], " ".join(said(REASONS, 2)), " ".join(told))
