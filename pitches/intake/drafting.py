"""Drafts: a pitch half written is kept, because somebody asked for a link by mail. Nothing of it lies in plain.

Two addresses lead to a draft. The one in the mail is known to whoever reads the mailbox, and to nobody else; the other
is that of the page which the browser got when it was kept, until another browser goes on with it.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction

from pitches import lifecycle, mailboxes
from pitches.intake.refusal import Refused
from pitches.intake.writing import Ways
from pitches.models import Door, Draft, Event, Fact, Message, Pitch, PitchState
from portal import clock, domains, tokens

DRAFT_LIFE = timedelta(days=30)
KEPT = timedelta(days=60)  # how long a link still says what became of its draft
BY_MAIL = "by_mail"  # in the note of an event
MOST = 64 * 1024  # bytes; a pitch with every answer at its limit has some 20,000


@dataclass(frozen=True)
class Typed:
    """What stood in the form of a door, as it was typed: by the name of the field."""

    answers: dict[str, str]
    questions: list[str] = field(default_factory=list)  # the door's own, as they were asked
    ways: Ways = field(default_factory=Ways)
    by_mail: bool = False  # guessed from a mail: nobody has seen the form yet


@transaction.atomic
def keep(door: Door, typed: Typed, *, email: str, form_key: UUID, browser: str = "") -> Draft:
    """Keep what was typed for 30 days, and mail a link. The same form again is the same draft, whoever is named.

    A link that was mailed to another address works no longer. Raises Refused("too_long") with the most bytes.
    """
    text = json.dumps(asdict(typed))
    if len(text.encode()) > MOST:
        raise Refused("too_long", number=MOST)
    before = Draft.objects.filter(form_key=form_key).first()
    same = before is not None and domains.mailbox(before.email) == domains.mailbox(email)
    seed = before.seed if before and same else tokens.seed()
    facts = {
        "door": door,
        "email": email,
        "words": tokens.lock(_purpose(seed), text),
        "seed": seed,
        "token_hash": tokens.digest(tokens.link_token("draft", seed)),
        "browser": browser,
        "at": clock.now(),
        "expires_at": clock.now() + DRAFT_LIFE,
    }
    draft, _new = Draft.objects.update_or_create(form_key=form_key, defaults=facts)
    lifecycle.record(
        Fact.DRAFTED, door.page, door=door, note=f"{draft.pk} {BY_MAIL}" if typed.by_mail else str(draft.pk)
    )
    return draft


def of_event(event: Event) -> tuple[Draft | None, bool]:
    """The draft that was kept then, if its words are still there, and whether it came by mail."""
    number, _space, how = event.note.partition(" ")
    return Draft.objects.alive().filter(pk=number or 0).exclude(words=b"").first(), how == BY_MAIL


def _purpose(seed: str) -> str:
    return f"draft:{seed}"  # a row that was copied to another draft does not open


# ── to go on ─────────────────────────────────────────────────────────────────
def page_token(draft: Draft) -> str:
    """The secret part of the page for the browser that kept it."""
    return f"{draft.pk}-{tokens.link_token('draft-page', f'{draft.seed}:{draft.browser}')}"


def of_token(token: str) -> Draft | None:
    """The draft behind either of its addresses, with its door and page."""
    rows = Draft.objects.select_related("door__page")
    mailed = rows.filter(token_hash=tokens.digest(token)).first()
    number = token.partition("-")[0]
    other = rows.filter(pk=number if number.isdecimal() and len(number) < 19 else 0).first()
    return mailed or (other if other and tokens.same(page_token(other), token) else None)


def read(draft: Draft) -> Typed | None:
    """What was typed; None once it is gone."""
    if not draft.words or draft.expires_at <= clock.now():
        return None
    try:
        kept = json.loads(tokens.unlock(_purpose(draft.seed), draft.words))
    except InvalidToken:  # LINK_KEY was changed
        return None
    return Typed(kept["answers"], kept["questions"], Ways(**kept["ways"]), kept.get("by_mail", False))


def pitch_of(draft: Draft) -> Pitch | None:
    """The pitch that was written with the same form, from the same mailbox."""
    pitch = Pitch.objects.filter(form_key=draft.form_key).first()
    same = pitch and domains.mailbox(pitch.email) == domains.mailbox(draft.email)
    return pitch if same else None


def of_form(key: UUID) -> tuple[Pitch | None, Draft | None]:
    """What was written, and what was kept, with the form of this key: by whatever browser, for whatever mailbox."""
    return Pitch.objects.filter(form_key=key).first(), Draft.objects.filter(form_key=key).first()


def came_by_mail(token: str, form_key: UUID, email: str) -> None:
    """Whoever sends a form that was opened from the mailed link reads that mailbox, so a code may go there at once."""
    draft = Draft.objects.alive().filter(token_hash=tokens.digest(token), form_key=form_key).first() if token else None
    if draft and domains.mailbox(draft.email) == domains.mailbox(email):
        mailboxes.proved(draft.email)


@transaction.atomic
def written(pitch: Pitch, typed: Typed, *, browser: str = "") -> None:
    """Its draft keeps the newest words until the pitch is handed in: the door may say no. What was for another address
    leads nowhere. The page of the `browser` that kept it is now that of whoever wrote; its door is the one they chose.
    """
    drafts = Draft.objects.filter(form_key=pitch.form_key)
    drafts.exclude(email__iexact=pitch.email).delete()
    draft = drafts.select_for_update().first()
    if draft is None:
        return
    unproven = pitch.state == PitchState.UNPROVEN
    draft.words = tokens.lock(_purpose(draft.seed), json.dumps(asdict(typed))) if unproven else b""
    draft.browser, draft.door_id = browser, pitch.door_id
    draft.save(update_fields=["words", "browser", "door"])


def kept(pitch: Pitch) -> Draft | None:
    """The draft that somebody whose pitch was not taken can go on with, from its mailed link."""
    draft = Draft.objects.alive().filter(form_key=pitch.form_key).exclude(words=b"").first()
    same = draft and domains.mailbox(draft.email) == domains.mailbox(pitch.email)
    return draft if same else None


# ── to forget ────────────────────────────────────────────────────────────────
def forget_drafts() -> int:
    """What is too old, or was handed in meanwhile. Returns how many drafts were emptied or deleted."""
    now = clock.now()
    handed_in = Pitch.objects.filter(form_key__in=Draft.objects.exclude(words=b"").values("form_key"))
    spent = Draft.objects.filter(form_key__in=handed_in.exclude(state=PitchState.UNPROVEN).values("form_key"))
    over = spent.exclude(words=b"").update(words=b"")
    expired = Draft.objects.filter(expires_at__lte=now)
    Message.objects.filter(draft__in=expired).exclude(to="").update(to="", error="")
    over += expired.exclude(email="").update(words=b"", email="", browser="")
    return over + expired.filter(expires_at__lte=now - KEPT).delete()[1].get("pitches.Draft", 0)
