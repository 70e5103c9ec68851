"""AFTER: what follows each event. react() runs an event's reactions once."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from pitches import embargo, handoffs, hooks, likeness, opening, relationships, review, routing, screening
from pitches.models import Event, Fact, PitchState
from pitches.notify import assisting, away, catalogue, failing, hourly, noting, reminding, taken_out, telling, terms
from portal import clock

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 10
Reaction = Callable[[Event], None]
S = PitchState

AFTER: dict[str, tuple[Reaction, ...]] = {
    S.UNPROVEN: (),
    Fact.CODE_ASKED: (catalogue.code,),
    S.ARRIVED: (screening.screen, routing.route, likeness.note, catalogue.receipt, opening.leave, telling.tell_now),
    S.WAITING: (),
    S.HELD: (),
    S.QUARANTINE: (),
    S.ACCEPTED: (handoffs.hand_off, opening.ease),
    S.ASKED: (opening.ease,),
    S.LATER: (opening.ease,),
    S.DECLINED: (opening.ease,),
    S.WRONG_DOOR: (opening.ease,),
    S.WITHDRAWN: (catalogue.withdrawn, opening.give_back, opening.ease),
    S.LAPSED: (catalogue.lapsed, embargo.forget, opening.ease),
    Fact.ANSWER_SENT: (
        relationships.learn,
        catalogue.answer,
        reminding.reminder,
        assisting.handoff,
        embargo.forget,
        hooks.tell,
    ),
    Fact.NUDGED: (),
    Fact.REPLIED: (),
    Fact.CHANGED: (screening.screen, routing.route_again, likeness.note, telling.tell_now),
    Fact.FOLLOWED_UP: (screening.screen, routing.route_again, likeness.note, telling.tell_now),
    Fact.NOTED: (),
    Fact.FILES_LEFT: (),
    Fact.HOUR_BEGAN: (
        opening.ease,
        hourly.digest,
        hourly.answers_came,
        hourly.door_closes,
        hourly.undelivered,
        hourly.lapsing,
        hourly.month,
        failing.webhook_fails,
    ),
    Fact.SAT_DOWN: (),
    Fact.PUBLISHED: (catalogue.page_up,),
    Fact.PAGE_CHANGED: (away.holiday,),
    Fact.DOOR_CHANGED: (),
    Fact.DOOR_OPENED: (catalogue.door_open, review.opened),
    Fact.DOOR_CLOSED: (),
    Fact.WATCH_ASKED: (catalogue.watch_confirm,),
    Fact.KEY_GIVEN: (catalogue.invitation,),
    Fact.INTRODUCED: (catalogue.code,),
    Fact.DRAFTED: (catalogue.draft,),
    Fact.TERMS_AGREED: (),
    Fact.RULES_KEPT: (),
    Fact.SUPPLIED: (assisting.supplied, hooks.tell),
    Fact.OFFERED: (terms.offer,),
    Fact.AGREED: (terms.agreed, hooks.tell),
    Fact.DISAGREED: (terms.declined,),
    Fact.OUTCOME: (),
    Fact.ASSISTED: (assisting.invite,),
    Fact.JOINED: (assisting.joined,),
    Fact.LEFT: (),
    Fact.ROLE_CHANGED: (),
    Fact.ASSIGNED: (),
    Fact.TAGGED: (),
    Fact.REMARKED: (),
    Fact.SENT_NOW: (),
    Fact.BOOK_TAKEN: (taken_out.book_exported,),
    Fact.WROTE: (noting.note,),
    Fact.HOOK_FAILS: (),
}


@transaction.atomic
def react(event_id: int, lease: UUID) -> bool:
    """Run an event's reactions once. They only write rows, so a rollback undoes them all."""
    event = (
        Event.objects.select_for_update(of=("self",))
        .select_related("pitch__door__page", "pitch__page", "pitch__sender", "page__owner", "door")
        .filter(pk=event_id, lease=lease, reacted_at=None)
        .first()
    )
    if event is None:
        return False
    for reaction in AFTER[event.what]:
        reaction(event)
    event.reacted_at = clock.now()
    event.save(update_fields=["reacted_at"])
    return True


def failed(event: Event, lease: UUID, error: Exception) -> None:
    """Try again after a while; after ten tries leave it to the operator. Nothing is ever dropped."""
    log.error("Reactions to event %s failed: %s", event.pk, error, exc_info=error)
    wait = timedelta(seconds=min(2**event.attempts, 600))
    Event.objects.filter(pk=event.pk, lease=lease).update(
        lease_until=Now() + wait,
        dead=event.attempts >= MAX_ATTEMPTS,
        error=f"{type(error).__name__}: {error}"[:500],
    )
