"""Print docs/states.md: the map of states and of what follows, as the code has it."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from pitches.lifecycle import MOVES
from pitches.models import Fact, PitchState
from pitches.reactions import AFTER, Reaction

MAIL_NUMBER = re.compile(r"^[\d, ]+: ")  # the catalogue counts its mails
INTRODUCTION = """\
# States, moves and reactions

Made by `python manage.py statemap > docs/states.md` out of `MOVES` in [lifecycle.py](../pitches/lifecycle.py) and
`AFTER` in [reactions.py](../pitches/reactions.py). Do not edit it by hand: a test compares it with the code.
"""


class Command(BaseCommand):
    """`manage.py statemap > docs/states.md`."""

    help = "Print docs/states.md out of lifecycle.MOVES and reactions.AFTER."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the whole page, in English."""
        with override("en"):
            self.stdout.write("\n".join((INTRODUCTION, *_diagram(), "", *_moves(), "", *_reactions())))


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {PitchState.UNPROVEN.value}"
    for state, targets in MOVES.items():
        yield from (f"    {state.value} --> {to.value}" for to in PitchState if to in targets)
        if not targets:
            yield f"    {state.value} --> [*]"
    yield "```"


def _moves() -> Iterator[str]:
    yield from ("## Moves", "", "| from | in words | may go to |", "|---|---|---|")
    for state, targets in MOVES.items():
        names = ", ".join(f"`{to.value}`" for to in PitchState if to in targets) or "nowhere: this is an end"
        yield f"| `{state.value}` | {state.label} | {names} |"


def _reactions() -> Iterator[str]:
    yield from ("## What follows", "", "| event | in words | then, in this order |", "|---|---|---|")
    labels = dict((*PitchState.choices, *Fact.choices))
    for what, then in AFTER.items():
        steps = "<br>".join(f"`{_name(one)}`: {_first_line(one)}" for one in then) or "nothing"
        yield f"| `{what!s}` | {labels[what]} | {steps} |"


def _name(reaction: Reaction) -> str:
    return f"{reaction.__module__.removeprefix('pitches.')}.{reaction.__name__}"


def _first_line(reaction: Reaction) -> str:
    first = (reaction.__doc__ or "").strip().partition("\n")[0]
    return MAIL_NUMBER.sub("", first)
