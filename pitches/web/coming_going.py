"""Who was asked to help, came, got another role and went: when, and by whom. For the owner alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches.models import Event, Fact, Page, Role
from pitches.web import access, keyset

AT_ONCE = 20
REMOVED, REFUSED = "removed", "refused"
# Each with a name, and of somebody whose name is forgotten.
WORDS: dict[str, tuple[Promise, Promise]] = {
    Fact.ASSISTED: (
        _("You asked %(name)s to help."),
        _("You asked somebody to help whose name is forgotten by now."),
    ),
    Fact.JOINED: (
        _("%(name)s agreed, and began to help."),
        _("Somebody whose name is forgotten by now agreed, and began to help."),
    ),
    Fact.LEFT: (
        _("%(name)s stopped helping."),
        _("Somebody whose name is forgotten by now stopped helping."),
    ),
    REFUSED: (
        _("%(name)s said no."),
        _("Somebody whose name is forgotten by now said no."),
    ),
    REMOVED: (
        _("You removed %(name)s."),
        _("You removed somebody whose name is forgotten by now."),
    ),
    Role.MAIL: (
        _("You changed what %(name)s may do: get mail, and see nothing of the desk."),
        _("You let somebody whose name is forgotten by now do something else: get mail, and see nothing of the desk."),
    ),
    Role.READER: (
        _("You changed what %(name)s may do: look, and change nothing."),
        _("You let somebody whose name is forgotten by now do something else: look, and change nothing."),
    ),
    Role.SCREENER: (
        _("You changed what %(name)s may do: sort, and answer nothing."),
        _("You let somebody whose name is forgotten by now do something else: sort, and answer nothing."),
    ),
    Role.ASSISTANT: (
        _("You changed what %(name)s may do: answer for you."),
        _("You let somebody whose name is forgotten by now do something else: answer for you."),
    ),
    Fact.ROLE_CHANGED: (
        _("You changed what %(name)s may do."),
        _("You let somebody whose name is forgotten by now do something else."),
    ),
}


@dataclass(frozen=True)
class Step:
    """One line: when, and a sentence."""

    at: datetime
    words: str


def steps(page: Page, after: str) -> dict[str, Any]:
    """The last of them, or those before one of them, and behind which it goes on. Three queries at most."""
    found = list(keyset.behind(access.comings(page), ("-pk",), after)[: AT_ONCE + 1])
    events = found[:AT_ONCE]
    names = dict(access.names_of_helpers([_number(event) for event in events if _number(event)]))
    shown = [Step(event.at, _words(event, names)) for event in events]
    return {"steps": shown, "earlier": events[-1].pk if len(found) > AT_ONCE else "", "later": bool(after)}


def _number(event: Event) -> str:
    return event.note.partition(" ")[0]


def _words(event: Event, names: dict[int, str]) -> str:
    who = names.get(int(_number(event) or 0))
    named, forgotten = WORDS[_step(event)]
    return str(named) % {"name": who} if who else str(forgotten)


def _step(event: Event) -> str:
    """Which of the sentences says it."""
    if event.what == Fact.ROLE_CHANGED:
        role = event.note.partition(" ")[2]
        return role if role in WORDS else Fact.ROLE_CHANGED
    if event.what != Fact.LEFT:
        return event.what
    if event.by_id:
        return REMOVED
    return Fact.LEFT if getattr(event, "joined", False) else REFUSED
