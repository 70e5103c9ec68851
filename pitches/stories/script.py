"""Reading a story. Unknown keys anywhere are an error with the line number, never ignored."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

ANY: dict[str, Any] = {"*": None}
STANDINGS: dict[str, Any] = {"*": None}
EXPECT = {
    "result": None,
    "why": None,
    "errors": None,
    "lane": None,
    "flags": None,
    "label": None,
    "promised": None,
    "state": None,
    "standing": ANY,
    "mails": ANY,
    "handoff": ANY,
    "said_by": ANY,
    "doors": ANY,
    "came_from": None,
    "sealed": None,
    "terms": None,
    "difference": ANY,
    "version": None,
    "results": None,
    "lanes": ANY,
    "kept_at_least": None,
    "turned_away": None,
    "reopened": None,
    "lapsed": None,
}
PAID = (
    "type",
    "min",
    "max",
    "currency",
    "usage",
    "months",
    "exclusivity",
    "approval_rounds",
    "final_say",
    "publish_to",
)
ANSWERS = {
    **dict.fromkeys(
        ("line", "why", "link", "ask", "payer", "last_day", "detail", "language", "category", "machine_for")
    ),
    "paid": dict.fromkeys(PAID),
    "news": dict.fromkeys(("lifts_at", "zone", "terms", "teaser", "sealed")),
    "own": dict.fromkeys(("1", "2")),
    "event": dict.fromkeys(("starts", "place", "travel", "coverage_expected")),
    "product": dict.fromkeys(("value", "currency", "keep")),
}
DOOR = dict.fromkeys(
    ("slug", "name", "state", "opens_at", "until", "reason", "tiers", "places_per_week", "asks", "questions")
) | {"floor": dict.fromkeys(("amount", "currency"))}
PITCH: dict[str, Any] = dict.fromkeys(("id", "sender", "door", "key", "again_of")) | {"answers": ANSWERS}
STEPS: dict[str, dict[str, Any]] = {
    "pitch": {
        **dict.fromkeys(("id", "sender", "door", "prove", "again", "again_of", "key", "reply_link")),
        "answers": ANSWERS,
    },
    "dry_run": dict.fromkeys(("sender", "door", "proven", "key", "reply_link")) | {"answers": ANSWERS},
    "race": {"pitches": [PITCH], "id": None, "answers": ANY},
    "change": {"id": None, "answers": ANSWERS},
    "follow_up": {"id": None, "answers": ANSWERS},
    "note": dict.fromkeys(("id", "text")),
    "nudge": dict.fromkeys(("id", "text")),
    "withdraw": dict.fromkeys(("id", "text")),
    "put_back": {"id": None},
    "move": {"id": None, "answers": ANSWERS},
    "reply": dict.fromkeys(("id", "text")),
    "watch": dict.fromkeys(("sender", "door")),
    "stop_watch": dict.fromkeys(("sender", "door")),
    "door": dict.fromkeys(("slug", "state", "opens_at", "until", "reason", "tiers", "places_per_week")),
    "key": dict.fromkeys(("id", "door", "uses", "days", "sender")),
    "reply_link": dict.fromkeys(("id", "door", "who", "channel")),
    "accept_terms": {"id": None},
    "many": dict.fromkeys(("door", "standing", "count")),
    "restore": {"id": None},
    "crowd": dict.fromkeys(("door", "factor", "for", "before", "known_per_hour", "seed")),
    "stand": dict.fromkeys(("sender", "agency_of", "door", "standing", "until", "note")),
    "session": {"cards": None, "answers": ANY, "by": None, "end": None},
    "undo": dict.fromkeys(("id", "by")),
    "help": {"role": None},
    "leave": {},
    "crash": dict.fromkeys(("in", "for")),
    "outcome": dict.fromkeys(("id", "what", "held")),
    "offer": dict.fromkeys(("id", "by", "amount", "currency", "day", "deliverables", "note")),
    "agree": dict.fromkeys(("id", "by")),
    "decline": dict.fromkeys(("id", "by")),
    "plan": dict.fromkeys(("standing", "brief", "next_step", "days", "assistant"))
    | {"questions": [dict.fromkeys(("text", "required"))]},
    "supply": dict.fromkeys(("id", "answers")),
    "wait": {"for": None},
}
COMMON = {"do": None, "at": None, "after": None, "expect": EXPECT}
STORY = {
    "version": None,
    "clock": None,
    "page": dict.fromkeys(
        (
            *("handle", "name", "timezone", "reading", "cards", "newcomer_share", "lapse_days", "promise_days"),
            *("tell_me_now", "sensitive"),
        )
    ),
    "doors": [DOOR],
    "senders": [{"id": None, "name": None, "email": None, "company": None, "standing": STANDINGS}],
    "steps": [STEPS],
    "final": {"states": ANY, "mails": ANY, "pitches": None, "standing": ANY},
}
NEEDED = {
    "story": ("version", "clock", "page", "doors", "senders", "steps"),
    "doors": ("slug", "name", "state"),
    "senders": ("id", "name", "email"),
}


class BadStory(ValueError):
    """The story cannot be played; the message says where and why."""


def read(path: Path) -> dict[str, Any]:
    """The story in a file, checked. YAML 1.2, so that `yes` and `no` are words. Raises BadStory."""
    try:
        story = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise BadStory(message) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"line {line}: {error.problem or 'this is not YAML'}"
        raise BadStory(message) from error
    if not isinstance(story, Mapping):
        message = "line 1: a story is a mapping with version, clock, page, doors, senders and steps"
        raise BadStory(message)
    _check(story, STORY, "story")
    if story["version"] != 1:
        message = f"{_line(story, 'version')}: this reads version 1 of the format, not {story['version']}"
        raise BadStory(message)
    return dict(story)


def _line(node: Any, key: Any) -> str:
    """Where a key stands."""
    try:
        return f"line {node.lc.key(key)[0] + 1}"
    except (AttributeError, KeyError, TypeError):
        return f"line {getattr(getattr(node, 'lc', None), 'line', 0) + 1}"


def _check(node: Any, shape: Any, where: str) -> None:
    if isinstance(shape, list):
        _check_list(node, shape[0], where)
    elif isinstance(shape, dict) and shape is not ANY and shape is not STANDINGS:
        _check_mapping(node, shape, where)
    elif isinstance(shape, dict) and not isinstance(node, Mapping):
        message = f"{where} must be a mapping"
        raise BadStory(message)


def _check_list(node: Any, shape: Any, where: str) -> None:
    if not isinstance(node, list):
        message = f"{where} must be a list"
        raise BadStory(message)
    marks: Any = getattr(node, "lc", None)
    for number, item in enumerate(node):
        _check_item(item, shape, where, f"line {marks.item(number)[0] + 1}")


def _check_item(item: Any, shape: Any, where: str, line: str) -> None:
    if not isinstance(item, Mapping):
        message = f"{line}: an entry of {where} must be a mapping"
        raise BadStory(message)
    if shape is STEPS:
        verb = item.get("do")
        if verb not in STEPS:
            message = f"{line}: unknown step {verb!r}"
            raise BadStory(message)
        shape = COMMON | STEPS[verb]
        where = f"step {verb!r}"
    _check_mapping(item, shape, where)


def _check_mapping(node: Any, shape: dict[str, Any], where: str) -> None:
    if not isinstance(node, Mapping):
        message = f"{where} must be a mapping"
        raise BadStory(message)
    for key, value in node.items():
        if key not in shape:
            message = f"{_line(node, key)}: unknown key {key!r} in {where}"
            raise BadStory(message)
        _check(value, shape[key], key)
    for key in NEEDED.get(where, ()):
        if key not in node:
            message = f"{_line(node, None)}: {where} needs {key!r}"
            raise BadStory(message)
