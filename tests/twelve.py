"""A pitch in each of the twelve states that its sender can meet, brought there by the real verbs."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse

from pitches import intake, relationships, review
from pitches.intake import files
from pitches.models import AnswerKind, Door, Event, Page, Pitch, Standing
from portal import clock
from tests import senders
from tests.factories import DoorFactory, PageFactory

WHY = "The question your readers ask most, put to 1,200 people in four countries. Questionnaire and weights included."
DETAIL = (
    "We asked in Portugal, Poland, Turkey and Sweden, with weights for age and region.\n\n"
    "The whole file, the questionnaire and the method are at the link. Prof. Aydın answers questions until June."
)
LINE = "Survey: why 1,200 people mute brands"
TRIES = 200  # ten seconds
LONG_AGO, LATELY = timedelta(days=22), timedelta(days=2)
# By which words of the headline a state is known. Later, and an answer on its way, are waiting and nothing else.
HEADLINES = {
    "waiting": "Your pitch is on Maya’s ledge",
    "later": "Your pitch is on Maya’s ledge",
    "held": "Your pitch is on Maya’s ledge",
    "question": "Maya would like to know one thing before deciding",
    "yes": "Maya says yes",
    "no": "Not this time",
    "wrong_door": "Right idea, wrong door",
    "taken_back": "You took it back",
    "lapsed": "Day 21 has passed, so the answer is no",
}
BEFORE = ("draft", "unverified", "blocked")  # these have no status page yet, or never


class Twelve:
    """A page, and the paths of twelve pitches. `pitches`: those that were handed in, by their state."""

    def __init__(self) -> None:
        self.page: Page = PageFactory(handle="maya")
        self.right: Door = DoorFactory(page=self.page, slug="martech", name="New in martech", paint="blue")
        self.door: Door = DoorFactory(page=self.page, slug="research", takes_files=True)
        self.pitches: dict[str, Pitch] = {}
        now = clock.now()
        with clock.standing_at(now - LONG_AGO):
            self._left("lapsed")
        with clock.standing_at(now - LATELY):
            self._answers()
        self._settle()
        for name in ("waiting", "later", "held", "taken_back"):
            self._left(name)
        files.attach(self.pitches["waiting"], "Survey, all tables.pdf", b"%PDF-1.7 tables")
        self._answer("later", AnswerKind.LATER, sent=False, until=self.page.local_date(now + timedelta(days=14)))
        self._answer("held", AnswerKind.YES, sent=False)
        intake.withdraw(self.pitches["taken_back"])
        self.unproven = self._written("unverified")
        self.blocked = self._written("blocked")
        self._stand("blocked", Standing.BLOCKED)
        self._settle()

    def path(self, name: str) -> str:
        """Where a state is looked at; the refusal has no address, for it is the answer to handing in."""
        if name in BEFORE:
            return reverse("agency:draft" if name == "draft" else "agency:check", args=[self.unproven.token])
        return reverse("agency:status", args=[self.pitches[name].token])

    def refused_code(self) -> str:
        """A code that proves the mailbox of somebody who is blocked."""
        return intake.issue_code(self.blocked)

    def _answers(self) -> None:
        self._left("yes", "no", "question", "wrong_door")
        self._answer("yes", AnswerKind.YES, text="I will write about it in June.")
        self._answer("no", AnswerKind.NO, reason="no_proof", text="The sample is what I miss.")
        self._answer("question", AnswerKind.ASK, text="What does it cost them?")
        self._answer("wrong_door", AnswerKind.WRONG_DOOR, door=self.right)

    def _left(self, *names: str) -> None:
        for name in names:
            standing = Standing.KNOWN if name == "waiting" else Standing.STRANGER
            self._stand(name, standing)
            pitch = self._written(name)
            self.pitches[name] = intake.prove(pitch, intake.issue_code(pitch), device=uuid4().hex)
        self._settle()

    def _settle(self) -> None:
        """All the work is done, also what a worker beside us has taken up."""
        for _try in range(TRIES):
            senders.work()
            if not Event.objects.filter(reacted_at=None).exists():
                break
            time.sleep(0.05)
        for pitch in self.pitches.values():
            pitch.refresh_from_db()

    def _written(self, name: str) -> Pitch:
        typed = senders.answers(line=f"{LINE} ({name})"[:90], why=WHY, detail=DETAIL, email=self._email(name))
        return intake.write(self.door, typed, form_key=uuid4())[0]

    def _stand(self, name: str, standing: Standing) -> None:
        sender = intake.sender_of(self._email(name), name="Elif Kaya", company="Mosaic Research")
        relationships.set_by_hand(self.page, sender, standing, by=self.page.owner)

    def _email(self, name: str) -> str:
        return f"elif@{name.replace('_', '-')}.example"

    def _answer(self, name: str, kind: AnswerKind, *, sent: bool = True, **said: Any) -> None:
        given = review.answer(self.pitches[name], kind, by=self.page.owner, **said)
        if sent:
            review.send_now(given, by=given.pitch.page.owner)
            self._settle()
