"""Calls: one row for each thing that a webhook is to be told, put in the transaction of what happened."""

from datetime import datetime

from django.db.models import QuerySet

from pitches.handoffs import plan_of
from pitches.hooks.bodies import secret_of
from pitches.models import AnswerKind, Call, CallState, Event, Fact, Handoff, Pitch, PitchState, Plan, Standing
from portal import clock, relay, tokens

# A webhook may hang for ten seconds. On the last queue it makes nobody's mail wait.
QUEUE = "later"
NAMES = {
    Fact.ANSWER_SENT: "pitch.accepted",
    Fact.SUPPLIED: "pitch.supplied",
    Fact.AGREED: "pitch.agreed",
}

__all__ = ["again", "due", "secret_of", "tell"]


def tell(event: Event) -> None:
    """Reaction to a yes that went out, and to what follows it: its owner's webhook is told, once for each event."""
    pitch = event.pitch
    if pitch is None or pitch.state != PitchState.ACCEPTED:
        return
    if event.what == Fact.ANSWER_SENT and not _said_yes(pitch):
        return
    plan = _plan_for(pitch)
    if plan is None:
        return
    now = clock.now()
    _call, new = Call.objects.get_or_create(
        dedupe=f"msg_{tokens.link_token('call', str(event.pk))}",
        defaults={
            "page": event.page,
            "pitch": pitch,
            "event": NAMES[Fact(event.what)],
            "url": plan.webhook,
            "seed": plan.seed,
            "queue": QUEUE,
            "next_at": now,
            "created_at": now,
        },
    )
    if new:
        relay.ring("call", QUEUE)


def _said_yes(pitch: Pitch) -> bool:
    sent = pitch.answers.gone().first()
    return sent is not None and sent.kind == AnswerKind.YES


def _plan_for(pitch: Pitch) -> Plan | None:
    """The plan with a webhook for this pitch, as it is now; None where nobody is to be told."""
    handoff = Handoff.objects.filter(pitch=pitch).first()
    plan = plan_of(pitch.page, Standing(handoff.standing)) if handoff else None
    return plan if plan and plan.webhook else None


def due(at: datetime | None = None) -> QuerySet[Call]:
    """What may be told now, or at another moment; the oldest first."""
    return Call.objects.filter(state=CallState.PENDING, next_at__lte=at or clock.now()).order_by("next_at", "pk")


def again(call: Call) -> bool:
    """Try once more what failed, at the address that the plan names now. False where no webhook is named any more."""
    plan = _plan_for(call.pitch)
    if plan is None:
        return False
    failed = Call.objects.filter(pk=call.pk).exclude(state=CallState.DONE)
    if failed.update(
        state=CallState.PENDING, url=plan.webhook, seed=plan.seed, next_at=clock.now(), attempts=0, done_at=None
    ):
        relay.ring("call", QUEUE)
    return True
