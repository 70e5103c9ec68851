"""What the holder of a link is told about their pitch: nothing but what went out, and always the next date."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from pitches import intake, ledge, review
from pitches.intake import files
from pitches.models import Answer, AnswerKind, Event, Fact, Pitch, PitchState
from pitches.notify import handoffs, reasons
from pitches.web import access, lanes, needed, onward, sealed, terms
from portal import clock

JUST_NOW = timedelta(minutes=5)
S = PitchState
# What the sender does with a pitch that was handed in, as a kind of Said.
DONE: dict[str, str] = {
    Fact.REPLIED: "reply",
    Fact.NOTED: "note",
    Fact.FILES_LEFT: "files_left",
    Fact.CHANGED: "change",
    Fact.FOLLOWED_UP: "follow_up",
}
BY_THE_OWNER = (*AnswerKind.values, Fact.WROTE.value)
ANSWERED = (S.ASKED, S.ACCEPTED, S.DECLINED, S.WRONG_DOOR)
FINAL = (AnswerKind.YES, AnswerKind.NO)  # their words stand above, in full
# How each state is shown: chip, icon, how the door is drawn.
SIGNS = {
    S.WAITING: ("open", "clock", "open"),
    S.ASKED: ("known", "question", "open"),
    S.ACCEPTED: ("yes", "tick", "wide"),
    S.DECLINED: ("no", "cross", "shut"),
    S.WRONG_DOOR: ("no", "cross", "shut"),
    S.WITHDRAWN: ("line", "undo", "shut"),
    S.LAPSED: ("line", "clock", "shut"),
}


@dataclass(frozen=True)
class Said:
    """One entry of the thread: yes, no or ask of the owner, or the sender's own reply."""

    at: datetime
    kind: str
    text: str
    by: str = ""  # who said it for the owner

    @property
    def mine(self) -> bool:
        """Did the sender say it?"""
        return self.kind not in BY_THE_OWNER


def story(pitch: Pitch) -> dict[str, Any]:
    """Everything that the status page shows, from what the sender may know."""
    told = pitch.told_state
    sent = list(pitch.answers.filter(sent_at__isnull=False).exclude(kind=AnswerKind.LATER).order_by("sent_at", "pk"))
    for answer in sent:
        answer.pitch = pitch
    said = steps(sent, list(pitch.events.filter(Q(what__in=(*DONE, Fact.WROTE)) | Q(what=S.ARRIVED, was=S.WRONG_DOOR))))
    chip, icon, look = SIGNS[told]
    return {
        "page": pitch.page,
        "pitch": pitch,
        "told": told.value,
        "chip": chip,
        "icon": icon,
        "look": look,
        "chip_words": chip_words(told),
        "steps": said,
        "said_by": sent[-1].said_by if sent and told in ANSWERED else "",
        "thread": [entry for entry in said if entry.text and entry.kind not in FINAL],
        "agreed": sealed.agreed(pitch, sent),
        "notes_left": intake.NOTES - sum(entry.kind == "note" for entry in said),
        "printed_at": clock.now(),
        "files": access.files_of(pitch) if pitch.standing in files.FROM else [],
        "takes_files": files.welcome(pitch, told),
        "removable": told in files.WHILE,
        "fresh": pitch.handed_in_at is not None and clock.now() - pitch.handed_in_at < JUST_NOW,
    } | _more(pitch, told, sent)


def _more(pitch: Pitch, told: PitchState, sent: list[Answer]) -> dict[str, Any]:
    """What belongs to the one state that the pitch is in."""
    last, undo = sent[-1] if sent else None, intake.undo_until(pitch)
    of_state = {
        S.WAITING: lambda: waiting(pitch),
        S.ASKED: lambda: {"question": last, "answer_by": pitch.told_lapse},
        S.ACCEPTED: lambda: (
            {"answered": last, "said": reasons.words(last) if last else ""}
            | {"handoff": handoffs.words(pitch), "needed": needed.of(pitch)}
            | {"terms": terms.shown(pitch, by_owner=False)}
        ),
        S.DECLINED: lambda: {"answered": last} | _reason(last) | onward.of(pitch, told, last, None),
        S.WRONG_DOOR: lambda: {"answered": last} | onward.of(pitch, told, last, None),
        S.WITHDRAWN: lambda: {"undo_until": undo} | onward.of(pitch, told, last, undo),
        S.LAPSED: lambda: (
            {"ended": pitch.told_lapse, "unanswered": bool(last and last.kind == AnswerKind.ASK)}
            | onward.of(pitch, told, last, None)
        ),
    }
    return of_state[told]() if told in of_state else {}


def _reason(last: Answer | None) -> dict[str, Any]:
    return {"reason": reasons.words(last), "again": reasons.again(last)} if last else {}


def waiting(pitch: Pitch) -> dict[str, Any]:
    """When it is read, when it ends at the latest, how many wait with it, and the one nudge."""
    now = clock.now()
    return {
        "reads_at": _read_at(pitch),
        "latest": pitch.told_lapse if pitch.told_lapse > now else None,
        "others": (others := pitch.page.pitches.waiting().exclude(pk=pitch.pk)[: lanes.MOST + 1].count()),
        "others_words": lanes.upto(others, lanes.MOST),
        "nudge_from": intake.nudge_from(pitch),
        "may_nudge": may_nudge(pitch, now),
        "follow_ups": intake.follow_ups(pitch),
    }


def _read_at(pitch: Pitch) -> datetime | None:
    """The promised hour; while no worker has routed the pitch, the one that it would promise now."""
    if pitch.promised_for is None:
        return ledge.promised(pitch.page, ledge.lane_of(pitch))
    return intake.read_next(pitch)


def may_nudge(pitch: Pitch, now: datetime) -> bool:
    """Is the one nudge due, and not used?"""
    due = intake.nudge_from(pitch)
    return pitch.nudged_at is None and due is not None and due <= now


def no_nudge(refused: intake.Refused) -> str:
    """Why the nudge was not taken."""
    if refused.why == "too_soon":
        return _("It is too early for a nudge. The day is written below.")
    return _("The one nudge is used.") if refused.why == "unchanged" else _("There is nothing to nudge any more.")


def not_back(refused: intake.Refused) -> str:
    """Why a pitch that was taken back stays so."""
    return {
        "one_waiting": _("Another pitch of yours waits behind this door by now. Take that one back first."),
        "full": _("Somebody else took this week’s place meanwhile. You may pitch again on Monday."),
        "places": _("Your places with this page are taken by others that you sent since."),
    }.get(refused.why, _("The 24 hours are over, so it stays taken back. You may pitch again."))


def steps(sent: list[Answer], done: list[Event]) -> list[Said]:
    """The answers as they went out, and what the sender did, in the order of time."""
    said = [Said(one.sent_at, one.kind, reasons.words(one), one.said_by) for one in sent if one.sent_at]
    said += [_step(event) for event in done]
    return sorted(said, key=lambda entry: entry.at)


def _step(event: Event) -> Said:
    if event.what == Fact.WROTE:
        by, text = review.said(event)
        return Said(event.at, Fact.WROTE.value, text, by)
    return Said(event.at, DONE.get(event.what, "move"), event.note if event.what in DONE else "")


def chip_words(told: PitchState) -> str:
    """The state in a word or two."""
    return {
        S.WAITING: _("Waiting"),
        S.ASKED: _("A question for you"),
        S.ACCEPTED: _("Yes"),
        S.DECLINED: _("Not this time"),
        S.WRONG_DOOR: _("Wrong door"),
        S.WITHDRAWN: _("Taken back"),
        S.LAPSED: _("No answer means no"),
    }[told]
