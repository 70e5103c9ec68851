"""The rows that sample mails speak of: a page, a door, who pitches there. Only sample mails make them.

Nobody can own what they are called: no address ends in ".invalid", and the handle is reserved.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from pitches.models import Agency, Answer, Assistant, Door, Handoff, Offer, Page, Pitch, Sender
from portal import clock, domains, tokens
from portal.models import User


class World:
    """A page with a door, and somebody who pitches there."""

    def __init__(self, language: str) -> None:
        self.language, self.now = language, clock.now()
        owner = User.objects.create(email="maya@page.invalid", name="Maya Lind", language=language)
        self.page = Page.objects.create(
            owner=owner,
            handle="example",
            name="Maya Lind",
            timezone="Europe/Lisbon",
            reading=["TUE 09:00", "FRI 09:00"],
            published_at=self.now,
            tell_me_now=True,
        )
        self.page.next_hour_at = self.page.next_hour(self.now)
        self.door = self.hang("research", _("Original research"))
        agency = Agency.objects.create(domain="mosaic.invalid", name="Mosaic Research")
        self.sender = Sender.objects.create(
            email="elif@mosaic.invalid",
            mailbox="elif@mosaic.invalid",
            canonical=domains.canonical("elif@mosaic.invalid"),
            name="Elif Kaya",
            company="Mosaic Research",
            agency=agency,
            proven_at=self.now,
        )

    def hang(self, slug: str, name: str, **more: Any) -> Door:
        """Another door."""
        blurb = _("Numbers that my readers can check.")
        return Door.objects.create(page=self.page, slug=slug, name=name, blurb=blurb, state="open", **more)

    def pitch(self, state: str = "waiting", **more: Any) -> Pitch:
        """A pitch of theirs in this state."""
        seed, number = tokens.seed(), Pitch.objects.filter(page=self.page).count() + 1
        said = {
            "line": _("Survey: why 1,200 people mute brands on purpose"),
            "why": _("The question that your readers ask most, put to 1,200 people in four countries."),
            "standing": "known",
            "lane": "known",
            "handed_in_at": self.now,
            "promised_for": self.page.next_hour_at,
            "lapses_at": self.now + timedelta(days=self.page.lapse_days),
        }
        return Pitch.objects.create(
            page=self.page,
            door=self.door,
            door_version=self.door.version,
            sender=self.sender,
            seed=seed,
            token_hash=tokens.digest(tokens.link_token("pitch", seed)),
            code=f"EXAMPLE-{number}",
            form_key=uuid4(),
            link="https://mosaic.invalid/mute",
            link_host="mosaic.invalid",
            ask="write",
            payer="client",
            name=self.sender.name,
            company=self.sender.company,
            email=self.sender.email,
            written_at=self.now,
            state=state,
            label="ad",
            language=self.language,
            **said | more,
        )

    def sealed(self, kind: type[Any], what: str, **fields: Any) -> Any:
        """A row with a link of its own."""
        seed = tokens.seed()
        return kind.objects.create(seed=seed, token_hash=tokens.digest(tokens.link_token(what, seed)), **fields)

    def answered(self, kind: str, state: str, **more: Any) -> dict[str, Any]:
        """A pitch with an answer that went out."""
        pitch = self.pitch(state)
        answer = Answer.objects.create(
            pitch=pitch, kind=kind, was="waiting", given_at=self.now, sent_at=self.now, **more
        )
        return {"pitch": pitch, "answer": answer}

    def accepted(self, *, text: str = "", said_by: str = "", **more: Any) -> Handoff:
        """A yes, and what follows it."""
        about = self.answered("yes", "accepted", text=text, said_by=said_by)
        day = self.page.local_date(self.now) + timedelta(days=14)
        return Handoff.objects.create(**{"pitch": about["pitch"], "standing": "known", "follow_up_on": day} | more)

    def helper(self, **more: Any) -> Assistant:
        """Somebody who helps."""
        who = {"name": "Sam Ode", "email": "sam@helps.invalid", "mailbox": "sam@helps.invalid"}
        found: Assistant = self.sealed(Assistant, "assist", page=self.page, invited_at=self.now, **who | more)
        return found

    def user_of(self, helper: Assistant) -> User:
        """Who signs in as they do."""
        return User.objects.create(email=helper.email, name=helper.name, language=self.language)

    def offer(self, *, by_owner: bool, **more: Any) -> Offer:
        """Terms after a yes."""
        made = self.now - timedelta(minutes=20)
        said = {
            "deliverables": _("One post and two stories"),
            "amount": 1500,
            "currency": "GBP",
            "day": self.page.local_date(self.now) + timedelta(days=30),
            "made_at": made,
            "goes_out_at": made,
        }
        pitch = more.pop("pitch", None) or self.accepted().pitch
        return Offer.objects.create(pitch=pitch, by_owner=by_owner, **said | more)
