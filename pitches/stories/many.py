"""Many of one standing, each with a pitch at one door, through the real rooms; what follows is done at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pitches import intake, relationships
from pitches.models import Door, Pitch, Sender, Standing
from pitches.stories.crowd import hand_in
from portal import clock


def come(door: Door, step: Mapping[str, Any]) -> dict[str, int]:
    """So many people whom the owner puts on one rung leave a pitch each; by the names `trusted1`, `trusted2` and on."""
    standing = Standing(step["standing"])
    return {sender.name: hand_in(door, sender).pk for sender in _people(door, standing, int(step["count"]))}


def _people(door: Door, standing: Standing, count: int) -> Iterator[Sender]:
    before = Pitch.objects.filter(page=door.page, name__startswith=standing).count()
    for number in range(before + 1, before + count + 1):
        name = f"{standing.value}{number}"
        sender = intake.sender_of(f"{name}@{name}.example", name=name, company=name)
        Sender.objects.filter(pk=sender.pk, proven_at=None).update(proven_at=clock.now())
        if standing != Standing.STRANGER:
            relationships.set_by_hand(door.page, sender, standing, by=door.page.owner)
        yield sender


def lanes(cards: Iterable[int]) -> dict[str, int]:
    """Of how many cards of a session each lane has some."""
    return dict(Counter(Pitch.objects.filter(pk__in=list(cards)).values_list("lane", flat=True)))


def said_to(cards: Iterable[str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What each pitch is answered; `*` is said to every card that is not named."""
    named = {name: said for name, said in answers.items() if name != "*"}
    return (dict.fromkeys(cards, answers["*"]) if "*" in answers else {}) | named
