"""What may stand in braces in ready words, and what is filled in for it."""

import re
from datetime import date

from django.utils.translation import gettext as _

from pitches.models import AnswerKind, Pitch, Reason
from portal.templatetags.portal import day

_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")


def known(kind: str, reason: str = "") -> tuple[str, ...]:
    """What can be filled in. A question has its last day, "not now" the day from which on; nothing else has a date."""
    dated = kind == AnswerKind.ASK or reason == Reason.NOT_NOW
    return ("name", "door", "date") if dated else ("name", "door")


def problem(text: str, allowed: tuple[str, ...]) -> str:
    """What is wrong with the braces of a text, as a sentence; empty if nothing is."""
    unknown = next((found[0] for found in _IN_BRACES.finditer(text) if found[1] not in allowed), "")
    said = {"found": unknown, "known": ", ".join(f"{{{name}}}" for name in allowed)}
    if unknown == "{date}":
        return _("There is no date to fill in here. Only a question and “not now” have one.")
    if unknown and not allowed:
        return _("Nothing is filled in here, so take %(found)s out.") % said
    if unknown:
        return _("Nothing can be filled in for %(found)s. You may write %(known)s.") % said
    left = _IN_BRACES.sub("", text)
    if "{" in left or "}" in left:
        return _("A brace stands alone. Close it, or write round brackets.")
    return ""


def filled(text: str, pitch: Pitch, by: date | None) -> str:
    """The words as they are read, a date in the language of the moment. What somebody is called is no place itself."""
    there = {"name": pitch.name, "door": pitch.door.name}
    if "{date}" in text:
        there["date"] = day(by)
    return _IN_BRACES.sub(lambda found: there.get(found[1], found[0]), text)
