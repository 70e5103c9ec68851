"""Mails about helping: the invitation, that somebody agreed, a yes that is theirs to take, what its sender gave since.

Never notes, standing history or other senders: of a pitch only what whoever takes it has to know.
"""

from typing import Any

from django.urls import reverse

from pitches import mailboxes
from pitches.handoffs import assistants, late, roles
from pitches.models import AnswerKind, Assistant, Event, Handoff, Message, PitchState, Role
from pitches.notify import handoffs, outbox
from portal import clock, links

KINDS = frozenset({"assist_invite", "assistant_joined", "handoff", "supplied"})


# ── to put them ──────────────────────────────────────────────────────────────
def invite(event: Event) -> None:
    """26: would you help with these pitches? Once, if the mailbox takes a mail; no word of the owner's."""
    found = Assistant.objects.filter(pk=event.note or 0, joined_at=None, left_at=None).first()
    if found and mailboxes.may_mail(found.email, code=False):
        dedupe = f"assist_invite:{found.pk}"
        outbox.put("assist_invite", found.email, dedupe=dedupe, page=event.page, assistant=found, queue="soon")


def joined(event: Event) -> None:
    """25: somebody may sit at the desk now, to the owner. Of those who take mail alone the list says it."""
    found = Assistant.objects.filter(pk=event.note or 0, left_at=None).exclude(role=Role.MAIL).first()
    if found:
        to, dedupe = event.page.owner.email, f"assistant_joined:{found.pk}"
        outbox.put("assistant_joined", to, dedupe=dedupe, page=event.page, assistant=found, queue="soon")


def handoff(event: Event) -> None:
    """39: a yes went out, and somebody else than the owner takes it."""
    pitch = event.pitch
    sent = pitch.answers.gone().first() if pitch else None
    if sent and sent.kind == AnswerKind.YES:
        _tell("handoff", event)


def supplied(event: Event) -> None:
    """40: the sender gave what was still needed, or corrected it."""
    _tell("supplied", event)


def _tell(kind: str, event: Event) -> None:
    taken = Handoff.objects.select_related("assistant").filter(pitch=event.pitch, done_at=None).first()
    if taken and taken.assistant and taken.assistant.helps:
        outbox.put(
            kind,
            taken.assistant.email,
            dedupe=f"{kind}:{event.pk}",
            pitch=event.pitch,
            assistant=taken.assistant,
            queue=event.queue,
        )


def is_over(message: Message) -> bool:
    """Has the world moved on? They help no more, or this one is not theirs to take any longer."""
    helper, pitch = message.assistant, message.pitch
    if helper is None or helper.left_at:
        return True
    if message.kind == "assist_invite":
        return helper.joined_at is not None or helper.invited_at <= clock.now() - assistants.ASKED_LIFE
    if message.kind == "assistant_joined":
        return helper.role == Role.MAIL
    taken = Handoff.objects.filter(pitch=pitch, assistant=helper, done_at=None).exists()
    return not taken or pitch is None or pitch.state != PitchState.ACCEPTED


# ── what they say ────────────────────────────────────────────────────────────
def words(message: Message) -> dict[str, Any]:
    """What the templates of these read. What the owner typed, a name, only the owner reads."""
    helper = message.assistant
    assert helper is not None
    said = {
        "handle": helper.page.handle,
        "life": assistants.ASKED_LIFE.days,
        "offered": roles.offered(helper),
        "assist_link": links.absolute(reverse("public:assist", args=[assistants.token_of(helper)])),
    }
    if message.kind == "assistant_joined":
        list_link = links.absolute(reverse("desk:assistants"))
        return said | {"helper": helper, "may": roles.WORDS[Role(helper.role)], "list_link": list_link}
    return said if message.pitch is None else said | _of_the_handoff(message)


def _of_the_handoff(message: Message) -> dict[str, Any]:
    pitch = message.pitch
    assert pitch is not None
    taken = Handoff.objects.get(pitch=pitch)
    taken.pitch = pitch
    text = handoffs.words_of(pitch, taken)
    return {
        "pitch": pitch,
        "line": _one_line(pitch.line),
        "who": ", ".join(filter(None, (_one_line(pitch.name), _one_line(pitch.company), pitch.email))),
        "next_step": text.next_step,
        "label": text.label,
        "follow_up_on": taken.follow_up_on,
        "given": [(question, _one_line(answer, ", ")) for question, answer in late.pairs(taken)],
        "needed": text.needed,
        "direct": text.direct,
        "reply_to": (pitch.name, pitch.email) if text.direct else None,
    }


def _one_line(text: str, between: str = " ") -> str:
    """No line of a sender's may look like one of ours."""
    return between.join(" ".join(line.split()) for line in text.splitlines() if line.strip())
