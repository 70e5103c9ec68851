"""Plans: what follows a yes for one standing. A page has a row only where its owner wants it otherwise than usual."""

from typing import Any

from django.db import transaction

from pitches.models import Assistant, Call, CallState, Page, Plan, Standing
from portal import clock, tokens

# After a yes: in how many days the owner is reminded to follow up. The words are in pitches/notify/handoffs.py.
FOLLOW_UP_DAYS = {
    Standing.TRUSTED: 7,
    Standing.KNOWN: 7,
    Standing.INTRODUCED: 14,
    Standing.STRANGER: 14,
}
QUESTIONS = 3  # late questions, at most
MOST_DAYS = 90
CHANGED = "changed"  # why a call was never made: its owner changed the address or took it away


def plan_of(page: Page, standing: Standing) -> Plan:
    """What follows a yes to this standing; where nothing is said, a plan that was never stored."""
    found = Plan.objects.select_related("assistant").filter(page=page, standing=standing).first()
    return found or Plan(page=page, standing=standing)


def plans_of(page: Page) -> list[Plan]:
    """One plan for each standing, trusted first. One query."""
    kept = {plan.standing: plan for plan in Plan.objects.select_related("assistant").filter(page=page)}
    return [kept.get(standing) or Plan(page=page, standing=standing) for standing in FOLLOW_UP_DAYS]


def days_of(plan: Plan) -> int:
    """In how many days the owner follows up."""
    return plan.days or FOLLOW_UP_DAYS[Standing(plan.standing)]


def is_usual(plan: Plan) -> bool:
    """Does it say nothing of its own?"""
    said = (plan.assistant_id, plan.brief, plan.next_step, plan.questions, plan.days, plan.webhook)
    return not any(said)


@transaction.atomic
def keep(
    page: Page,
    standing: Standing,
    *,
    assistant: Assistant | None = None,
    brief: str = "",
    next_step: str = "",
    questions: list[dict[str, Any]] | None = None,
    days: int | None = None,
    webhook: str = "",
) -> Plan:
    """Keep what follows a yes to this standing; what was handed over before stays as it was.

    `questions`: [{text, required}], at most three. A plan that says nothing of its own is no row.
    """
    _one_at_a_time(page)
    if assistant is not None:  # who was removed in another window takes nothing
        assistant = Assistant.objects.filter(pk=assistant.pk, page=page, left_at=None).first()
    said = {
        "assistant": assistant,
        "brief": brief,
        "next_step": next_step,
        "questions": questions or [],
        "days": days if days != FOLLOW_UP_DAYS[standing] else None,
        "webhook": webhook,
    }
    if not Plan.objects.filter(page=page, standing=standing, webhook=webhook).exists():
        said |= {"failures": 0, "failing_since": None}  # what another address did says nothing of this one
    plan = Plan(page=page, standing=standing, **said)
    _tell_no_more(page, standing, webhook)
    if is_usual(plan):
        Plan.objects.filter(page=page, standing=standing).delete()
        return plan
    return Plan.objects.update_or_create(page=page, standing=standing, defaults=said)[0]


@transaction.atomic
def reset(page: Page, standing: Standing) -> None:
    """As usual again. The key of its webhook is gone with it."""
    _one_at_a_time(page)
    _tell_no_more(page, standing, "")
    Plan.objects.filter(page=page, standing=standing).delete()


def renew(plan: Plan) -> None:
    """Another key for its webhook. What is told from now on is signed with it, what waits as well."""
    with transaction.atomic():
        _one_at_a_time(plan.page)
        plan.seed = tokens.seed()
        Plan.objects.filter(pk=plan.pk).update(seed=plan.seed)
        _waiting(plan.page, Standing(plan.standing)).filter(url=plan.webhook).update(seed=plan.seed)


def _one_at_a_time(page: Page) -> None:
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)


def _waiting(page: Page, standing: Standing) -> Any:
    return Call.objects.filter(page=page, state=CallState.PENDING, pitch__handoff__standing=standing)


def _tell_no_more(page: Page, standing: Standing, webhook: str) -> None:
    """An address that the owner took away is told nothing more, not even what waits."""
    over = _waiting(page, standing).exclude(url=webhook)
    over.update(state=CallState.DEAD, error=CHANGED, done_at=clock.now())
