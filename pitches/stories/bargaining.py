"""Steps of a story after a yes: terms of both sides, through their form, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any

from pitches import offers, outcomes, relationships
from pitches.forms.offers import OfferForm
from pitches.lifecycle import AlreadyMoved
from pitches.models import Agreement, EvidenceKind, Handoff, Offer, Pitch
from pitches.stories.second_doors import incomplete
from portal import clock
from portal.models import User

Step = Mapping[str, Any]
Facts = dict[str, Any]
OUTCOMES = {"broke_embargo": "embargo_broken"}  # where a story has a word of its own
FIELDS = ("deliverables", "amount", "currency", "day", "note")


def act(step: Step, pitch: Pitch) -> Facts:
    """Take a step of one side, the owner by their account. What came of it, and the terms as far as they are agreed."""
    try:
        found = VERBS[step["do"]](step, pitch, pitch.page.owner if step["by"] == "owner" else None)
    except AlreadyMoved:
        found = {"result": "refused", "why": "answered"}
    return found | {"terms": _agreed(pitch)}


def _offer(step: Step, pitch: Pitch, by: User | None) -> Facts:
    talks = offers.as_seen(pitch, by_owner=by is not None)
    data = {f"terms-{name}": str(step[name]) for name in FIELDS if name in step}
    form = OfferForm(data | {"terms-answering": talks.to_answer.pk if talks.to_answer else ""}, page=pitch.page)
    if not form.is_valid():
        return incomplete(form)
    offers.make(pitch, by_owner=by is not None, by=by, **form.said())
    return {"result": "offered"}


def _agree(_step: Step, pitch: Pitch, by: User | None) -> Facts:
    found = _to_answer(pitch, by_owner=by is not None)
    offers.agree(found, by_owner=by is not None, by=by, seen=offers.digest(offers.terms(pitch, found)))
    return {"result": "agreed"}


def _decline(_step: Step, pitch: Pitch, by: User | None) -> Facts:
    offers.decline(_to_answer(pitch, by_owner=by is not None), by_owner=by is not None, by=by)
    return {"result": "declined"}


def _to_answer(pitch: Pitch, *, by_owner: bool) -> Offer:
    found = offers.as_seen(pitch, by_owner=by_owner).to_answer
    if found is None:
        raise AlreadyMoved
    found.pitch = pitch
    return found


def _agreed(pitch: Pitch) -> dict[str, Any] | None:
    """Amount and day of the agreed terms."""
    row = Agreement.objects.filter(pitch=pitch).select_related("offer").first()
    if row is None:
        return None
    amount, day = row.offer.amount, row.offer.day
    return {"amount": int(amount) if amount else None, "day": day.isoformat() if day else None}


VERBS: dict[str, Callable[[Step, Pitch, User | None], Facts]] = {
    "offer": _offer,
    "agree": _agree,
    "decline": _decline,
}


def outcome(step: Step, pitch: Pitch) -> Facts:
    """What became of a yes. It counts at once, unless it is `held` for the ten minutes that it may be undone."""
    handoff, by = Handoff.objects.filter(pitch=pitch).first(), pitch.page.owner
    kind = str(OUTCOMES.get(step["what"], step["what"]))
    if handoff is None:
        return {"result": "same"}
    handoff.pitch = pitch
    try:
        if kind in ("not_yet", "undo"):
            {"not_yet": outcomes.not_yet, "undo": outcomes.undo}[kind](handoff, by=by)
            return {"result": "undone" if kind == "undo" else "later"}
        if kind not in outcomes.kinds(pitch):  # a promise that was broken without the questions of an embargo
            return {"result": "noted" if relationships.note_outcome(pitch, EvidenceKind(kind), by=by) else "same"}
        outcomes.note(handoff, EvidenceKind(kind), by=by)
    except AlreadyMoved:
        return {"result": "same"}
    if not step.get("held"):
        Handoff.objects.filter(pk=handoff.pk).update(counts_at=clock.now())
        return {"result": "noted" if outcomes.count(handoff) else "same"}
    return {"result": "noted"}
