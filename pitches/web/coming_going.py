"""Who was asked to help, came, got another role and went: when, and by whom. For the owner alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from pitches.models import Event, Fact, Page, Role
from pitches.web import access, keyset

AT_ONCE = 20


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
    who = names.get(int(_number(event) or 0), _("Somebody who is forgotten by now"))
    if event.what == Fact.ROLE_CHANGED:
        return _new_role(event.note.partition(" ")[2]) % {"name": who}
    by_themself = event.what == Fact.LEFT and event.by_id is None
    return {
        Fact.ASSISTED: _("You asked %(name)s to help."),
        Fact.JOINED: _("%(name)s agreed, and began to help."),
        Fact.LEFT: _("%(name)s stopped helping.") if by_themself else _("You removed %(name)s."),
    }[Fact(event.what)] % {"name": who}


def _new_role(role: str) -> str:
    """What the owner let somebody do, as a whole sentence, with a place for their name."""
    words: dict[str, str] = {
        Role.MAIL: _("You changed what %(name)s may do: get mail, and see nothing of the desk."),
        Role.READER: _("You changed what %(name)s may do: look, and change nothing."),
        Role.SCREENER: _("You changed what %(name)s may do: sort, and answer nothing."),
        Role.ASSISTANT: _("You changed what %(name)s may do: answer for you."),
    }
    return words.get(role, _("You changed what %(name)s may do."))
