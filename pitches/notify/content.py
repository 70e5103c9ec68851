"""What each kind of mail says, for its templates: a table from the kind to its words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse

from pitches import claims, intake
from pitches.doors import keys, watching
from pitches.models import Answer, AnswerKind, Door, Fact, Key, Message, Pitch, Watch
from pitches.notify import (
    account,
    alarms,
    answering,
    assisting,
    away,
    failing,
    finding,
    handoffs,
    hourly,
    noting,
    own_data,
    reasons,
    reminding,
    security,
    stop,
    taken_out,
    telling,
    terms,
    ways_on,
)
from portal import links, tokens

Words = dict[str, Any]
END_KEPT = timedelta(days=1)  # how long a page is still there for those who were told that it closes


def of(message: Message) -> Words:
    """The words of a message: those of its kind, or of what it is about."""
    secret = tokens.unseal(bytes(message.sealed)) if message.sealed else {}  # what does not open is not sent
    if message.kind in OF_A_SECRET:
        return OF_A_SECRET[message.kind](message, secret)
    if message.kind in OF:
        return OF[message.kind](message)
    if message.key:
        return _about_the_key(message.key)
    if message.watch:
        return _about_the_watch(message.watch)
    return _about_the_pitch(message) if message.pitch else _about_the_page(message)


def _about_the_code(_message: Message, secret: Words) -> Words:
    """Not a word of the pitch or of the page: the mailbox is unproven."""
    life = int(intake.CODE_LIFE.total_seconds() // 60)
    return {"page": None, "code": account.spaced(secret["code"]), "life": life}


def _about_the_draft(message: Message) -> Words:
    """Nothing of what was typed, and of the owner's words only the handle: the mailbox may belong to anybody."""
    draft = message.draft
    assert draft is not None
    return {
        "handle": draft.door.page.handle,
        "until": draft.expires_at,
        "draft_link": links.absolute(reverse("agency:draft", args=[draft.token])),
    }


def _about_the_domain(message: Message) -> Words:
    """No word of whoever asked but their domain, which is this mailbox's own."""
    proof = message.proof
    assert proof is not None
    return {
        "domain": proof.agency.domain,
        "code": account.spaced(claims.code_of(proof)),
        "life": claims.CODE_LIFE.days,
    }


def _about_the_list(message: Message) -> Words:
    sender = finding.sender_of(message.to)
    assert sender is not None
    return {"list_link": finding.link_to(sender), "life": int(finding.LIFE.total_seconds() // 3600)}


def _about_the_key(key: Key) -> Words:
    """Of the owner's words only the handle: the mailbox may belong to anybody."""
    return {
        "handle": key.door.page.handle,
        "uses": key.most_uses,
        "until": keys.last_day(key),
        "key_link": links.absolute(reverse("public:key", args=[key.token])),
    }


def _about_the_watch(watch: Watch) -> Words:
    door = watch.door
    return {
        "door": door,
        "again": door.events.filter(what=Fact.DOOR_CLOSED).exists(),
        "door_link": links.absolute(reverse("public:door", args=[door.page.handle, door.slug])),
        "confirm_link": links.absolute(reverse("public:watch_confirm", args=[watch.token])),
        "stop_link": stop.link_of(watch),
        "life": watching.ASKED_LIFE.days,
    }


def _about_the_pitch(message: Message) -> Words:
    pitch = message.pitch
    assert pitch is not None
    answer = message.answer
    return {
        "pitch": pitch,
        "door": _door_of(pitch, answer),
        "line": " ".join(pitch.line.split()),
        "status_link": links.absolute(reverse("agency:status", args=[pitch.token])),
        "undo_until": intake.undo_until(pitch),
        "answer": answer,
        "paragraphs": reasons.paragraphs(reasons.words(answer)) if answer else [],
        "again": reasons.again(answer) if answer else "",
        "said_by": said_by(message),
        "handoff": handoffs.words(pitch) if message.kind == AnswerKind.YES else None,
        "move_until": intake.move_until(pitch) if message.kind == AnswerKind.WRONG_DOOR else None,
        "ways_on": ways_on.after_no(answer) if answer and message.kind == AnswerKind.NO else None,
        "page_link": links.absolute(reverse("public:page", args=[pitch.page.handle])),
    } | terms.about(message)


def _of_the_end(message: Message) -> Words:
    """Did nobody answer in time, or is there nobody any more who does? Then until when a copy can be kept."""
    pitch = message.pitch
    assert pitch is not None
    return {"closes_at": message.created_at + END_KEPT if pitch.page.owner.is_going else None}


def said_by(message: Message) -> str:
    """Who gave it for the owner, by name; empty for the owner."""
    if message.kind == "note":
        return noting.said(message)[0]
    return " ".join((message.answer.said_by if message.answer else terms.said_by(message)).split())


def _door_of(pitch: Pitch, answer: Answer | None) -> Door:
    """The door that an answer was about: a pitch may have moved since."""
    moved = answer is not None and answer.door_id == pitch.door_id and pitch.moved_from is not None
    return pitch.moved_from if moved and pitch.moved_from else pitch.door


def _about_the_page(message: Message) -> Words:
    page = message.page
    assert page is not None
    return {
        "page_link": links.absolute(reverse("public:page", args=[page.handle])),
        "share_link": links.absolute(reverse("desk:share")),
    }


OF_A_SECRET: dict[str, Callable[[Message, Words], Words]] = {
    "account": lambda message, secret: {"account": account.words(message, secret)},
    **dict.fromkeys(security.KINDS, security.words),
    "alarm": lambda _message, secret: alarms.words(secret),
    "ready_answer": answering.words,
    "code": _about_the_code,
}
OF: dict[str, Callable[[Message], Words]] = {
    "find": _about_the_list,
    "draft": _about_the_draft,
    "draft_by_mail": _about_the_draft,
    "domain_code": _about_the_domain,
    "tell_now": telling.words,
    failing.KIND: failing.words,
    "reminder": lambda message: _about_the_pitch(message) | reminding.words(message),
    "note": lambda message: _about_the_pitch(message) | noting.words(message),
    "book_exported": taken_out.words,
    "data_copy": own_data.words,
    "account_goes": own_data.words_of_the_end,
    "lapsed": lambda message: _about_the_pitch(message) | _of_the_end(message),
    "holiday": away.words,
    **dict.fromkeys(hourly.KINDS, hourly.words),
    **dict.fromkeys(assisting.KINDS, assisting.words),
}
