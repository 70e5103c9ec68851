"""After a yes: the handoff, written down as its plan was at that moment."""

from datetime import timedelta

from pitches import relationships
from pitches.handoffs import assistants
from pitches.handoffs.plans import FOLLOW_UP_DAYS, days_of, plan_of
from pitches.models import Event, Handoff, PitchState, Standing
from portal import clock


def hand_off(event: Event) -> None:
    """Reaction to a yes: the handoff by the standing before it, as the owner planned it, and the day to follow up."""
    pitch = event.pitch
    if pitch is None or pitch.state != PitchState.ACCEPTED:
        return
    standing = relationships.standing_of(event.page, pitch.sender, pitch.door)
    if standing not in FOLLOW_UP_DAYS:  # paused or blocked since: what was true when it came in
        standing = Standing(pitch.standing)
    plan = plan_of(event.page, standing)
    # Held until this is written: who leaves meanwhile then finds the handoff, and it falls back to the owner.
    helper = assistants.helping(event.page).select_for_update(no_key=True).filter(pk=plan.assistant_id or 0).first()
    Handoff.objects.update_or_create(
        pitch=pitch,
        defaults={
            "standing": standing,
            "follow_up_on": pitch.page.local_date(clock.now()) + timedelta(days=days_of(plan)),
            "done_at": None,
            "assistant": helper,
            "brief": plan.brief,
            "next_step": plan.next_step,
            "questions": plan.questions,
            "given": [],
            "given_at": None,
        },
    )


def followed_up(handoff: Handoff) -> None:
    """The owner has taken the next step with the sender. Doing it again changes nothing."""
    Handoff.objects.filter(pk=handoff.pk, done_at=None).update(done_at=clock.now())


def not_followed_up(handoff: Handoff) -> None:
    """It was not done after all, and stands in the list again."""
    Handoff.objects.filter(pk=handoff.pk).update(done_at=None)
