"""What follows a yes in a story: the owner plans it, the sender gives what is still needed, and what came of it."""

from collections.abc import Mapping
from typing import Any

from pitches.forms.plan import SupplyForm
from pitches.handoffs import assistants, late, plans
from pitches.models import Assistant, Page, Pitch, Standing
from pitches.notify import handoffs

Step = Mapping[str, Any]


def address_of(page: Page) -> str:
    """The mailbox of the one assistant whom a story knows."""
    return f"assistant@{page.handle}.example"


def plan(page: Page, step: Step) -> None:
    """The owner keeps what follows a yes to one standing; what is not named is as usual."""
    questions = [{"text": one["text"], "required": bool(one.get("required"))} for one in step.get("questions", ())]
    said = {name: step[name] for name in ("brief", "next_step", "days") if name in step}
    helper = assistant(page) if step.get("assistant") else None
    plans.keep(page, Standing(step["standing"]), assistant=helper, questions=questions, **said)


def assistant(page: Page) -> Assistant:
    """The one assistant of a story, asked at the first time and agreed at once."""
    there = assistants.helping(page).first()
    if there:
        return there
    asked = assistants.invite(page, name="Sam Ode", email=address_of(page), by=page.owner)
    assistants.agree(asked)
    asked.refresh_from_db()
    return asked


def supply(pitch: Pitch, step: Step) -> dict[str, Any]:
    """The sender answers what was asked after the yes, through the form of the page."""
    handoff = late.asked(pitch)
    if handoff is None:
        return {"result": "refused", "why": "over"}
    data = {f"given_{number}": str(text) for number, text in enumerate(step.get("answers", ()), start=1)}
    form = SupplyForm(data, questions=handoff.questions, given=handoff.given)
    if not form.is_valid():
        return {"result": "refused", "why": "missing"}
    try:
        late.supply(pitch, form.answers())
    except late.NotTaken as refused:
        return {"result": "refused", "why": refused.why}
    return {"result": "supplied"}


def shown(pitch: Pitch, wanted: Any) -> Any:
    """The handoff of a pitch by its standing; or, of a mapping, each thing that is named in it."""
    handoff = getattr(pitch, "handoff", None)
    if handoff is None:
        return None
    if not isinstance(wanted, Mapping):
        return handoff.standing
    text = handoffs.words_of(pitch, handoff)
    found = {
        "standing": handoff.standing,
        "taken_by": "assistant" if handoff.assistant else "owner",
        "follow_up": str(handoff.follow_up_on),
        "brief": text.brief,
        "next_step": text.next_step,
        "needed": list(text.needed),
        "given": [answer for _question, answer in late.pairs(handoff)],
    }
    return {str(name): found.get(str(name)) for name in wanted}
