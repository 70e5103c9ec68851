"""Changing: what a sender may still do with a pitch that waits. Change it until it is opened, follow up with something
new, add a note. Nothing of it moves the pitch in the line, and none of it sends a mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pitches import disclosure, embargo, lifecycle
from pitches.intake.refusal import Refused
from pitches.intake.thread import NUDGE_AFTER, nudge_from
from pitches.models import Event, Fact, Pitch, PitchState, Revision, RevisionKind, Standing
from portal import clock, links

# How often a pitch may be followed up, by the standing with which it came in: about half of the journalists block for
# repeated follow-ups, and nine of ten accept one (Muck Rack 2021).
FOLLOW_UPS = {Standing.TRUSTED: 3, Standing.KNOWN: 2, Standing.INTRODUCED: 1, Standing.STRANGER: 1}
NOTES, NOTE_LIMIT = 3, 400  # notes to one pitch, and the characters of one
NOTED_WHILE = (PitchState.WAITING, PitchState.ACCEPTED)  # as the sender was told
# What may change. Name, company and address were proven and stay as they are.
NAMED = ("line", "why", "link", "ask", "payer", "last_day", "detail", "language", "category", "machine_for")
SEALED = "news.sealed"  # of which a revision knows no more than that it is another
Answers = dict[str, Any]


@dataclass(frozen=True)
class FollowUps:
    """How many are left, and from when the next one may come."""

    left: int
    due: datetime | None = None

    @property
    def possible(self) -> bool:
        """May one come now?"""
        return self.left > 0 and self.due is not None and self.due <= clock.now()


# ── what differs ─────────────────────────────────────────────────────────────
def differing(pitch: Pitch, answers: Mapping[str, Any]) -> tuple[Answers, Answers]:
    """The answers that are others than those of the pitch, as they were and as they would be: {"paid.min": 1500}."""
    was, became = _flat(pitch, vars(pitch), pitch.groups), _flat(pitch, answers, _groups(pitch, answers))
    secret = answers.get("sealed")
    if secret and secret.text != embargo.own_words(pitch):
        was, became = was | {SEALED: "sealed"}, became | {SEALED: "sealed anew"}
    names = [name for name in was | became if was.get(name, "") != became.get(name, "")]
    return {name: was.get(name, "") for name in names}, {name: became.get(name, "") for name in names}


def _flat(pitch: Pitch, fields: Mapping[str, Any], groups: Mapping[str, Any]) -> Answers:
    found = {name: fields.get(name, getattr(pitch, name)) for name in NAMED}
    for group, kept in groups.items():
        if group == "own":
            found |= {f"own.{one['question']}": one["answer"] for one in kept}
        else:
            found |= {f"{group}.{name}": value for name, value in kept.items()}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    """As JSON holds it; nothing is an empty text."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else value


def _groups(pitch: Pitch, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; and what the door asked then, and asks no more, as it was."""
    typed = dict(answers.get("groups", {}))
    if "event" in typed and "event" in pitch.groups:
        typed["event"] = typed["event"] | _same_start(pitch, typed["event"])
    asked = {question["text"] for question in pitch.door.questions}
    own = [one for one in pitch.groups.get("own", []) if one["question"] not in asked] + typed.get("own", [])
    kept = {name: values for name, values in pitch.groups.items() if name != "own" and name not in pitch.door.asks}
    return kept | typed | ({"own": own} if own else {})


def _same_start(pitch: Pitch, typed: Mapping[str, Any]) -> Answers:
    """A moment that came with an offset stands in the form at the owner's clock: typed again, it is the same."""
    was = pitch.groups["event"]["starts"]
    return {"starts": was} if _moment(pitch, was) == _moment(pitch, typed["starts"]) else {}


def _moment(pitch: Pitch, text: str) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or pitch.page.zone)


# ── the verbs ────────────────────────────────────────────────────────────────
@transaction.atomic
def change(pitch: Pitch, answers: Mapping[str, Any]) -> Revision:
    """Change a pitch that nobody has opened yet. It keeps its place in the line.

    Raises Refused: answered, unchanged, opened; in this order, so that only a real change learns of the last.
    """
    found = _waiting(pitch)
    was, became = differing(found, answers)
    if not was:
        raise Refused("unchanged", until=read_next(found))
    if found.opened_at:
        raise Refused("opened")
    return _keep(found, answers, RevisionKind.CHANGE, was, became)


@transaction.atomic
def follow_up(pitch: Pitch, answers: Mapping[str, Any]) -> Revision:
    """Change a pitch that waits for long, opened or not, and say so by that. Raises Refused: answered, places (all are
    used), too_soon, unchanged.
    """
    found = _waiting(pitch)
    room = follow_ups(found)
    if not room.left:
        raise Refused("places", number=_follow_ups_of(found))
    if not room.possible:
        raise Refused("too_soon", until=room.due)
    was, became = differing(found, answers)
    if not any(_new(was[name], became[name]) for name in was if name != "language"):
        raise Refused("unchanged", until=read_next(found))
    return _keep(found, answers, RevisionKind.FOLLOW_UP, was, became)


@transaction.atomic
def note(pitch: Pitch, text: str) -> Event:
    """Add a line to a pitch that waits, or that got a yes. Raises Refused: answered, places (all are used)."""
    found = _locked(pitch)
    if found.told_state not in NOTED_WHILE:
        raise Refused("answered")
    if found.events.filter(what=Fact.NOTED).count() >= NOTES:
        raise Refused("places", number=NOTES)
    return lifecycle.record(Fact.NOTED, found.page, found, note=text)


def notes_left(pitch: Pitch) -> int:
    """How many more notes its sender may add, if it still takes any."""
    used = pitch.events.filter(what=Fact.NOTED).count()
    return max(0, NOTES - used) if pitch.told_state in NOTED_WHILE else 0


def may_say_more(pitch: Pitch) -> bool:
    """Do words of its sender still reach the desk, as the answer to a question or as a note?"""
    return pitch.told_state == PitchState.ASKED or notes_left(pitch) > 0


def follow_ups(pitch: Pitch) -> FollowUps:
    """What the sender of a pitch has left: from the day of the nudge, and a week between two. One query."""
    used = list(pitch.revisions.filter(kind=RevisionKind.FOLLOW_UP).order_by("at").values_list("at", flat=True))
    left = max(0, _follow_ups_of(pitch) - len(used))
    if not left or pitch.handed_in_at is None:
        return FollowUps(left)
    if used:
        week = used[-1] + NUDGE_AFTER
        return FollowUps(left, pitch.page.next_hour(week) or week)
    return FollowUps(left, nudge_from(pitch) or pitch.handed_in_at + NUDGE_AFTER)


def read_next(pitch: Pitch) -> datetime | None:
    """The date that was promised, or once that has passed, the next reading hour."""
    now = clock.now()
    return pitch.promised_for if pitch.promised_for and pitch.promised_for > now else pitch.page.next_hour(now)


def _follow_ups_of(pitch: Pitch) -> int:
    """By the standing at hand-in, which does not change while the pitch waits: what was said then holds."""
    return FOLLOW_UPS.get(Standing(pitch.standing or Standing.STRANGER), 1)


def _new(was: Any, became: Any) -> bool:
    """Does a reader learn something? A comma or a capital is nothing new."""
    words = ["".join(filter(str.isalnum, str(value).casefold())) for value in (was, became)]
    return words[0] != words[1]


# ── the row ──────────────────────────────────────────────────────────────────
def _locked(pitch: Pitch) -> Pitch:
    """The row as it is, held: who opens, answers or changes it meanwhile waits."""
    found = Pitch.objects.for_desk().select_for_update(of=("self",), no_key=True).get(pk=pitch.pk)
    found.door.page = found.page
    return found


def _waiting(pitch: Pitch) -> Pitch:
    found = _locked(pitch)
    if found.told_state != PitchState.WAITING:
        raise Refused("answered")
    return found


def _keep(pitch: Pitch, answers: Mapping[str, Any], kind: RevisionKind, was: Answers, became: Answers) -> Revision:
    """Write the new words and what they were; screening and routing follow from the event."""
    for name, value in written(pitch, answers).items():
        setattr(pitch, name, value)
    pitch.save(update_fields=[*NAMED, "groups", "link_host", "label", "door_version", "version"])
    secret = answers.get("sealed")
    if secret and any(name.startswith("news.") for name in was):
        embargo.seal_again(pitch, secret)
    fact = Fact.CHANGED if kind == RevisionKind.CHANGE else Fact.FOLLOWED_UP
    lifecycle.record(fact, pitch.page, pitch)
    return Revision.objects.create(
        pitch=pitch, version=pitch.version, kind=kind, was=was, became=became, at=clock.now()
    )


def written(pitch: Pitch, answers: Mapping[str, Any]) -> Answers:
    """The fields of the next version of a pitch, for the door that it is at."""
    fields = {name: answers.get(name, getattr(pitch, name)) for name in NAMED} | {"groups": _groups(pitch, answers)}
    fields["link"], fields["link_host"] = links.read(fields["link"])
    fields["label"] = disclosure.label(fields["groups"], fields["ask"])
    return fields | {"door_version": pitch.door.version, "version": pitch.version + 1}
