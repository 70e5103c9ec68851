"""The demo's past: every pitch, answer and change of standing happens at its own time, through the real rooms."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db.models import F

from pitches import intake, reactions, relationships, review
from pitches.demo import desk, opening
from pitches.doors import deflecting
from pitches.forms import PitchForm
from pitches.models import (
    Answer,
    AnswerKind,
    Assistant,
    Came,
    Door,
    Event,
    Fact,
    Page,
    Pitch,
    PitchState,
    Sender,
    Spent,
    Standing,
)
from portal import clock
from portal.models import User

UNITS = {"h": "hours", "d": "days"}
# Most events only record a move, and no code is mailed to mailboxes that nobody owns.
NOTHING_FOLLOWS = [what for what, then in reactions.AFTER.items() if not then] + [Fact.CODE_ASKED.value]
PLAIN = ("line", "why", "ask", "payer", "detail")
Spec = dict[str, Any]


class BadWords(Exception):
    """A pitch in the files would not pass the form."""


class Past:
    """Collects what happened, then lets it happen in the order of time."""

    def __init__(self, page: Page, doors: dict[str, Door], people: dict[str, Spec], now: datetime) -> None:
        self.page, self.doors, self.people, self.now = page, doors, people, now
        self.happened: list[tuple[datetime, Callable[[], object]]] = []
        self.sessions: dict[datetime, list[tuple[Spec, Spec]]] = defaultdict(list)
        self.pitches: dict[str, int] = {}
        self.senders: dict[str, Sender] = {}
        self.helper: tuple[User, Assistant] | None = None

    # ── what happened ────────────────────────────────────────────────────────

    def stands(self, who: str, spec: Spec) -> None:
        """The owner set a standing by hand."""
        self._at(self.now - timedelta(days=spec["ago"]), partial(self._set_standing, who, spec))

    def waits(self, spec: Spec) -> None:
        """A pitch of today's ledge."""
        handed_in = self.now - timedelta(**{UNITS[spec["age"][-1]]: int(spec["age"][:-1])})
        self._at(handed_in, partial(self._hand_in, spec))
        hour = self.page.next_hour(handed_in)
        if "when_open" in spec:
            hour = self.page.next_hour(self._closed(spec["door"]))
            self._in_session(hour, spec, {"kind": AnswerKind.LATER, "when_open": True})
        if "asked" in spec:
            self._in_session(hour, spec, {"kind": AnswerKind.ASK, "text": spec["asked"]})
        if "replied" in spec:
            self._at(self.now - timedelta(days=1), partial(self._reply, spec))
        if "later_in" in spec:
            until = self.page.local_date(self.now) + timedelta(days=spec["later_in"])
            self._in_session(hour, spec, {"kind": AnswerKind.LATER, "until": until})

    def was_answered(self, spec: Spec, number: int) -> None:
        """A pitch of long ago, and how it ended. They come at different hours of a working day."""
        day = self.page.local_date(self.now) - timedelta(days=spec["age"])
        handed_in = datetime.combine(day, time(8), self.page.zone) + timedelta(minutes=97 * number % 600)
        usual: Spec = {"id": f"past-{number}", "ask": "slot" if "paid" in spec else "write", "payer": "client"}
        spec = usual | spec
        self._at(handed_in, partial(self._hand_in, spec))
        if "lapsed" in spec:
            self._at(handed_in + timedelta(days=self.page.lapse_days), partial(self._lapse, spec))
            return
        hour = self.page.next_hour(handed_in + timedelta(days=spec["took"]))
        if "asked" in spec and hour:
            self._in_session(hour, spec, {"kind": AnswerKind.ASK, "text": spec["asked"]})
            replied = hour + timedelta(days=1)
            self._at(replied, partial(self._reply, spec))
            hour = self.page.next_hour(replied)
        said = {"kind": AnswerKind.YES, "text": spec["yes"]} if "yes" in spec else None
        said = said or {"kind": AnswerKind.NO, "reason": spec["no"], "text": spec.get("own", "")}
        self._in_session(hour, spec, said)

    def was_closed(self, spec: Spec) -> None:
        """A door that stood open until then."""
        self._at(self._closed(spec["slug"]), partial(self._shut, spec))

    def took_on(self, days: int) -> None:
        """So many days ago somebody agreed to help."""
        self._at(self.now - timedelta(days=days), self._take_on)

    # ── letting it happen ────────────────────────────────────────────────────

    def happen(self) -> None:
        """Everything, in the order of time."""
        for hour, cards in self.sessions.items():
            self._at(hour, partial(self._read, cards))
        for moment, act in sorted(self.happened, key=lambda one: one[0]):
            with clock.standing_at(moment):
                act()
                self._settle()
        Event.objects.filter(page=self.page, reacted_at=None).update(reacted_at=F("at"))

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        self.happened.append((moment, act))

    def _in_session(self, hour: datetime | None, spec: Spec, said: Spec) -> None:
        if hour is None or hour > self.now:
            raise BadWords(f"{spec['id']} is answered in the future")
        self.sessions[hour].append((spec, said))

    def _settle(self) -> None:
        """The reactions of this page's events; nobody else's rows are touched."""
        lease, waiting = uuid4(), Event.objects.filter(page=self.page, reacted_at=None).order_by("pk")
        while events := list(waiting.exclude(what__in=NOTHING_FOLLOWS).values_list("pk", flat=True)):
            # Nobody else sees these rows yet, so there is no need to compete for them.
            Event.objects.filter(pk__in=events).update(lease=lease)
            for event in events:
                reactions.react(event, lease)

    def _closed(self, slug: str) -> datetime:
        hours = next(door["closed_ago"] for door in opening.read("cast")["doors"] if door["slug"] == slug)
        return self.now - timedelta(hours=hours)

    def _shut(self, spec: Spec) -> None:
        today = self.page.local_date(self.now)
        self.doors[spec["slug"]] = opening.shut(self.doors[spec["slug"]], spec, today)

    def _take_on(self) -> None:
        self.helper = desk.take_on(self.page)

    def note(self) -> None:
        """What the desk keeps of the pitches of today."""
        assert self.helper
        user, keeper = self.helper
        for spec in opening.read("ledge"):
            desk.note(self._pitch(spec), spec, by=user, keeper=keeper)

    def _sender(self, who: str) -> Sender:
        if who not in self.senders:
            person = self.people[who]
            self.senders[who] = intake.sender_of(person["email"], name=person["name"], company=person["company"])
        return self.senders[who]

    def _pitch(self, spec: Spec) -> Pitch:
        return Pitch.objects.for_desk().get(pk=self.pitches[spec["id"]])

    def _set_standing(self, who: str, spec: Spec) -> None:
        until = clock.now() + timedelta(days=spec["for"]) if "for" in spec else None
        door = self.doors[spec["door"]] if "door" in spec else None
        relationships.set_by_hand(
            self.page,
            self._sender(who),
            Standing(spec["as"]),
            by=self.page.owner,
            door=door,
            until=until,
            note=spec["note"],
        )

    def _hand_in(self, spec: Spec) -> None:
        """Through the door's own form, as everybody; the mailbox counts as proven, so that no code is mailed."""
        door = self.doors[spec["door"]]
        form = PitchForm(self._typed(spec), door=door)
        if not form.is_valid():
            raise BadWords(f"{spec['id']}: {form.errors.as_json()}")
        pitch, _new = intake.write(door, form.answers(), form_key=form.key, ways=self._came(door, spec))
        intake.hand_in(pitch, self._sender(spec["by"]))
        self.pitches[spec["id"]] = pitch.pk

    def _came(self, door: Door, spec: Spec) -> intake.Ways:
        """Through a link that the owner put somewhere, or as the answer to a message."""
        if "message" not in spec:
            return intake.Ways(came_from=spec.get("came", ""))
        said_on = self.page.local_date(clock.now())
        link = deflecting.make(door, spec["message"]["who"], Came(spec["message"]["channel"]), said_on)
        return intake.Ways(reply=link.token)

    def _typed(self, spec: Spec) -> Spec:
        person = self.people[spec["by"]]
        typed = {name: spec[name] for name in PLAIN if name in spec}
        typed |= {name: person[name] for name in ("name", "company", "email")}
        typed["link"] = "https://" + spec.get("link", person["email"].rpartition("@")[2])
        typed["form_key"] = str(uuid5(NAMESPACE_URL, f"halfdoor:demo:{spec['id']}"))
        if "last_day_in" in spec:
            typed["last_day"] = str(self.page.local_date(self.now) + timedelta(days=spec["last_day_in"]))
        return typed | {f"paid.{name}": value for name, value in spec.get("paid", {}).items()}

    def _reply(self, spec: Spec) -> None:
        intake.reply(self._pitch(spec), spec["replied"])

    def _lapse(self, spec: Spec) -> None:
        review.lapse(self._pitch(spec))

    def _read(self, cards: list[tuple[Spec, Spec]]) -> None:
        """One session: read, answer, end; ten minutes later the answers have gone out."""
        by = self.page.owner
        session = review.open_session(self.page, by=by)
        for spec, said in cards:
            clock.move_to(clock.now() + timedelta(seconds=40))
            pitch = self._pitch(spec)
            who = self.helper[0] if self.helper and "helped" in spec else by
            review.answer(pitch, by=who, session=session, **said)
            Spent.objects.create(pitch=pitch, session=session, by=who, seconds=_reading_time(pitch), at=clock.now())
        review.end_session(session)
        clock.move_to(clock.now() + review.HOLD)
        for given in Answer.objects.held().filter(session=session).select_related("pitch__page", "by"):
            review.let_go(given)


def _reading_time(pitch: Pitch) -> int:
    """Seconds, by the length of the words and how closely a yes is looked at."""
    words = len(f"{pitch.line} {pitch.why} {pitch.detail}".split())
    return 20 + words * (4 if pitch.state == PitchState.ACCEPTED else 2)


def of_the_files(page: Page, doors: dict[str, Door], people: dict[str, Spec], now: datetime) -> Past:
    """The past that history.yaml and ledge.yaml tell."""
    past = Past(page, doors, people, now)
    for who, person in people.items():
        if "stands" in person:
            past.stands(who, person["stands"])
    for door in opening.read("cast")["doors"]:
        if "closed_ago" in door:
            past.was_closed(door)
    past.took_on(opening.read("desk")["helper"]["asked"])
    for number, spec in enumerate(opening.read("history"), start=1):
        past.was_answered(spec, number)
    for spec in opening.read("ledge"):
        past.waits(spec)
    return past
