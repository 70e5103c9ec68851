"""Playing a story: each step through the real forms, rooms, reactions and tasks, and what it says must be true."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from pitches import doors, embargo, helping, intake, lifecycle, opening, relationships, review
from pitches.forms import PitchForm
from pitches.forms.groups import GROUPS
from pitches.models import Answer, AnswerKind, Door, Pitch, Sender, Standing
from pitches.stories import bargaining, beside, changing, crowd, handing_off, many, second_doors, stage, trying, ways
from pitches.stories.report import Line, Outcome, plain, same
from portal import clock, domains, tokens


class NotBuiltYet(Exception):
    """The feature of this step does not exist here."""


class Player:
    """Plays one story in the current database, on a standing clock."""

    def __init__(self, story: Mapping[str, Any]) -> None:
        self.story = story
        self.page, self.senders = stage.build(story)
        self.specs = {spec["id"]: spec for spec in story["senders"]}
        self.keys: dict[str, UUID] = {}
        self.links: dict[str, str] = {}
        self.pitches: dict[str, int] = {}
        self.devices = {key: tokens.seed() for key in self.specs}
        self.answers: dict[str, Mapping[str, Any]] = {}
        self.counted: dict[str, int] = {}
        self.foretold = trying.Foretold()

    def play(self) -> Iterator[Line]:
        """Every step, then the end."""
        stage.settle()
        for number, step in enumerate(self.story["steps"], start=1):
            yield self._step(number, step)
        yield from self._final()

    # ── steps ────────────────────────────────────────────────────────────────

    def _step(self, number: int, step: Mapping[str, Any]) -> Line:
        self.counted = {who: stage.sent_to(address) for who, address in self._addresses().items()}
        verb = step["do"]
        text = f"{number:>2} {verb} {step.get('id') or step.get('slug') or step.get('sender') or ''}".rstrip()
        try:
            if "at" in step:
                stage.travel(stage.moment(step["at"]))
            if "after" in step:
                stage.travel(clock.now() + stage.duration(step["after"]))
            outcome = self._do(verb, step)
            stage.settle()
        except NotBuiltYet:
            return Line(text, ["not built yet"])
        text = f"{text} ({clock.now():%a %d %b %H:%M})"
        if outcome.pitch and Pitch.objects.filter(pk=outcome.pitch.pk).exists():
            outcome.pitch.refresh_from_db()
        wrongs = outcome.wrongs + self.foretold.differences(step, outcome)
        return Line(text, wrongs + list(self._compare(step, outcome)))

    def _do(self, verb: str, step: Mapping[str, Any]) -> Outcome:
        if verb in beside.VERBS:
            return beside.act(step, self.page)
        return self._by_sender(step) if verb in changing.VERBS else getattr(self, f"do_{verb}")(step)

    def do_pitch(self, step: Mapping[str, Any]) -> Outcome:
        """Hand in through the door's form, then prove the mailbox with the mailed code."""
        name = step["id"]
        door = self._door(step["door"])
        self.answers.setdefault(name, step.get("answers", {}))
        asked = {*door.asks, *(key for key, value in self.answers[name].items() if isinstance(value, Mapping))}
        if asked - GROUPS.keys():
            raise NotBuiltYet
        key = self.keys.setdefault(name, uuid4())
        proving = step.get("prove", True)
        device = self.devices[step["sender"]] if proving else tokens.seed()
        try:
            if "again_of" not in step:
                intake.check_open(door)
            form = PitchForm(self._form_data(name, step["sender"], key), door=door)
            if not form.is_valid():
                return Outcome(facts=second_doors.incomplete(form))
            pitch, new = intake.write(door, form.answers(), form_key=key, device=device, ways=self._ways(step))
            self.pitches[name] = pitch.pk
            return self._hand_in(pitch, device, new=new, proving=proving)
        except intake.Refused as refused:
            self.pitches.pop(name, None)
            return Outcome(facts={"result": "refused", "why": refused.why})

    def do_dry_run(self, step: Mapping[str, Any]) -> Outcome:
        """Would it be taken? Asked on the sender's device; `proven` if they proved their mailbox there before."""
        self.answers["dry run"] = step.get("answers", {})
        who, door = step["sender"], self._door(step["door"])
        if step.get("proven"):
            intake.remember(self.devices[who], self._sender(who))
        form = PitchForm(self._form_data("dry run", who, uuid4()), door=door)
        known = intake.recognise(self.devices[who], self.specs[who]["email"])
        return self.foretold.dry_run(step, door, form, known, self._ways(step))

    def _hand_in(self, pitch: Pitch, device: str, *, new: bool, proving: bool) -> Outcome:
        if not new and pitch.sender_id:
            return Outcome(pitch, {"result": "same"})
        stage.settle()
        known = intake.recognise(device, pitch.email)
        if known:
            intake.hand_in(pitch, known)
        elif proving:
            intake.prove(pitch, stage.newest_code(pitch.email), device=device)
        stage.settle()
        return self._result(pitch)

    def _form_data(self, name: str, sender: str, key: UUID) -> dict[str, Any]:
        spec = self.specs[sender]
        data = {"form_key": str(key), "name": spec["name"], "company": spec.get("company", ""), "email": spec["email"]}
        return data | second_doors.flat(self.answers[name])

    def do_race(self, step: Mapping[str, Any]) -> Outcome:
        """Several write, and hand in at the same moment; or two answer one pitch at the same moment."""
        if "id" in step:
            answers = {who: self._answer(said) for who, said in step["answers"].items()}
            return beside.race(self._pitch(step["id"]), answers)
        written = [(self._written(entry), self._sender(entry["sender"])) for entry in step["pitches"]]
        results = ways.race(written)
        stage.settle()
        return Outcome(facts={"results": results})

    def _written(self, entry: Mapping[str, Any]) -> Pitch:
        """A pitch that waits for its code."""
        door = self._door(entry["door"])
        self.answers[entry["id"]] = entry.get("answers", {})
        form = PitchForm(self._form_data(entry["id"], entry["sender"], uuid4()), door=door)
        assert form.is_valid(), form.errors
        pitch, _new = intake.write(door, form.answers(), form_key=form.key, ways=self._ways(entry))
        self.pitches[entry["id"]] = pitch.pk
        return pitch

    def _ways(self, step: Mapping[str, Any]) -> intake.Ways:
        """What the sender came with."""
        key, reply = self.links.get(step.get("key", ""), ""), self.links.get(step.get("reply_link", ""), "")
        again = self._pitch(step["again_of"]).token if "again_of" in step else ""
        return intake.Ways(key=key, reply=reply, again=again)

    def do_watch(self, step: Mapping[str, Any]) -> Outcome:
        """Be told when a door opens, confirmed from the mail."""
        result = ways.watch(self.page, step["door"], self.specs[step["sender"]]["email"])
        return Outcome(facts={"result": result})

    def do_stop_watch(self, step: Mapping[str, Any]) -> Outcome:
        """Stop waiting for it."""
        ways.stop_watch(self.page, step["door"], self.specs[step["sender"]]["email"])
        return Outcome()

    def do_key(self, step: Mapping[str, Any]) -> Outcome:
        """The owner gives a key."""
        email = self.specs[step["sender"]]["email"] if "sender" in step else ""
        self.links[step["id"]] = ways.give_key(self.page, step, email).token
        return Outcome()

    def do_reply_link(self, step: Mapping[str, Any]) -> Outcome:
        """The owner answers a message with a link."""
        self.links[step["id"]] = ways.make_reply_link(self.page, step).token
        return Outcome()

    def do_accept_terms(self, step: Mapping[str, Any]) -> Outcome:
        """The owner accepts an embargo."""
        pitch = self._pitch(step["id"])
        embargo.accept(pitch, by=self.page.owner)
        return Outcome(pitch)

    def do_move(self, step: Mapping[str, Any]) -> Outcome:
        """The sender moves it to the right door."""
        pitch = self._pitch(step["id"])
        facts = second_doors.move(pitch, step.get("answers", {}))
        stage.settle()
        return Outcome(pitch, facts) if facts else self._result(pitch)

    def _by_sender(self, step: Mapping[str, Any]) -> Outcome:
        pitch = self._pitch(step["id"])
        facts = changing.act(step, pitch)
        stage.settle()
        return Outcome(pitch, facts) if facts else self._result(pitch)

    def do_door(self, step: Mapping[str, Any]) -> Outcome:
        """The owner changes a door."""
        fields = {name: step[name] for name in ("state", "reason", "places_per_week") if name in step}
        if "tiers" in step:
            fields["tiers"] = list(step["tiers"])
        fields |= {name: stage.local(step[name], self.page.zone) for name in ("opens_at", "until") if name in step}
        doors.change(self._door(step["slug"]), **fields)
        return Outcome()

    def do_stand(self, step: Mapping[str, Any]) -> Outcome:
        """The owner changes a standing by hand: of a sender, or of the whole agency of one."""
        slug = step.get("door", "*")
        until = stage.local(step["until"], self.page.zone) if "until" in step else None
        who = self._sender(step["sender"]) if "sender" in step else self._sender(step["agency_of"]).agency
        assert who is not None, "somebody at a freemail address stands alone"
        relationships.set_by_hand(
            self.page,
            who,
            Standing(step["standing"]),
            by=self.page.owner,
            door=None if slug == "*" else self._door(slug),
            until=until,
            note=step.get("note", ""),
        )
        return Outcome()

    def do_session(self, step: Mapping[str, Any]) -> Outcome:
        """The owner, or who helps them, opens a reading session, answers, ends it."""
        by = beside.who(self.page, step.get("by", "owner"))
        session = review.open_session(self.page, by=by)
        review.show_next(session)
        names = {pk: name for name, pk in self.pitches.items()}
        cards = [names.get(pk, f"pitch {pk}") for pk in session.cards]
        for name, said in many.said_to(cards, step.get("answers", {})).items():
            try:
                review.answer(self._pitch(name), by=by, session=session, **self._answer(said))
            except helping.NotAllowed:
                return Outcome(self._pitch(name), {"result": "refused", "why": "role"})
            review.show_next(session)
        if step.get("end", True):
            review.end_session(session)
        stage.settle()
        return Outcome(facts={"cards": cards, "lanes": many.lanes(session.cards)})

    def _answer(self, said: Any) -> dict[str, Any]:
        if said == "yes":
            return {"kind": AnswerKind.YES}
        if "wrong_door" in said:
            return {"kind": AnswerKind.WRONG_DOOR, "door": self._door(said["wrong_door"])}
        if "ask" in said:
            return {"kind": AnswerKind.ASK, "text": said["ask"]}
        if "later" in said and said["later"] == "open":
            return {"kind": AnswerKind.LATER, "when_open": True}
        if "later" in said:
            return {"kind": AnswerKind.LATER, "until": date.fromisoformat(str(said["later"]))}
        until = date.fromisoformat(str(said["until"])) if "until" in said else None
        return {"kind": AnswerKind.NO, "reason": said["no"], "text": said.get("line", ""), "until": until}

    def do_undo(self, step: Mapping[str, Any]) -> Outcome:
        """Take back an answer that has not gone out."""
        pitch = self._pitch(step["id"])
        given = Answer.objects.filter(pitch=pitch).order_by("-pk").first()
        if given is None:
            return Outcome(pitch, {"result": "refused", "why": "nothing to undo"})
        try:
            review.undo(given, by=beside.who(self.page, step.get("by", "owner")))
        except helping.NotAllowed:
            return Outcome(pitch, {"result": "refused", "why": "role"})
        except lifecycle.AlreadyMoved:
            return Outcome(pitch, {"result": "refused", "why": "answered"})
        return Outcome(pitch)

    def do_plan(self, step: Mapping[str, Any]) -> Outcome:
        """The owner says what follows a yes to one standing."""
        handing_off.plan(self.page, step)
        return Outcome()

    def do_outcome(self, step: Mapping[str, Any]) -> Outcome:
        """What became of a yes."""
        pitch = self._pitch(step["id"])
        return Outcome(pitch, bargaining.outcome(step, pitch))

    def do_offer(self, step: Mapping[str, Any]) -> Outcome:
        """One side proposes terms, agrees on those of the other, or declines them."""
        pitch = self._pitch(step["id"])
        return Outcome(pitch, bargaining.act(step, pitch))

    do_agree = do_decline = do_offer

    def do_crowd(self, step: Mapping[str, Any]) -> Outcome:
        """Many knock at a door, and the owner reads at every hour."""
        return Outcome(facts=crowd.come(self._door(step["door"]), step).facts)

    def do_many(self, step: Mapping[str, Any]) -> Outcome:
        """Many of one standing leave a pitch each."""
        self.pitches |= many.come(self._door(step["door"]), step)
        return Outcome()

    def do_restore(self, step: Mapping[str, Any]) -> Outcome:
        """The owner takes it out of quarantine."""
        pitch = self._pitch(step["id"])
        try:
            review.restore(pitch, by=self.page.owner)
        except (lifecycle.AlreadyMoved, lifecycle.IllegalMove):
            return Outcome(pitch, {"result": "refused", "why": "answered"})
        return self._result(pitch)

    def do_wait(self, step: Mapping[str, Any]) -> Outcome:
        """Nothing but time."""
        stage.travel(clock.now() + stage.duration(step["for"]))
        return Outcome()

    # ── what is true ─────────────────────────────────────────────────────────

    def _result(self, pitch: Pitch) -> Outcome:
        pitch.refresh_from_db()
        return Outcome(pitch, {"result": pitch.state})

    def _compare(self, step: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
        expect = dict(step.get("expect") or {})
        if "cards" in step:
            expect["cards"] = list(step["cards"])
        for name, wanted in expect.items():
            got = self._got(name, wanted, outcome)
            if not same(name, wanted, got):
                yield f"{name} expected {plain(wanted)} got {plain(got)}"

    def _got(self, name: str, wanted: Any, outcome: Outcome) -> Any:
        if name in outcome.facts:
            return outcome.facts[name]
        if name == "kept_at_least":
            return wanted if outcome.facts["kept"] >= float(wanted) else round(outcome.facts["kept"], 1)
        looks: dict[str, Any] = {
            "mails": self._mails,
            "standing": self._standings,
            "handoff": self._handoffs,
            "said_by": lambda wanted: {key: beside.said_by(self._pitch(key)) for key in wanted},
            "doors": self._doors,
        }
        return looks[name](wanted) if name in looks else self._of_pitch(name, outcome.pitch)

    def _of_pitch(self, name: str, pitch: Pitch | None) -> Any:
        if pitch and name == "sealed":
            return ways.sealed_as_seen(pitch)
        if pitch and name == "difference":
            return changing.difference(pitch)
        if pitch and name == "promised":
            return str(self.page.local_date(pitch.promised_for)) if pitch.promised_for else None
        return getattr(pitch, name, None)

    def _mails(self, wanted: Mapping[str, int]) -> dict[str, int]:
        addresses = self._addresses()
        return {who: stage.sent_to(addresses[who]) - self.counted[who] for who in wanted}

    def _handoffs(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {key: handing_off.shown(self._pitch(key), said) for key, said in wanted.items()}

    def _doors(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """How each door stands: its look, and why it is shut."""
        found = {slug: opening.of(self._door(slug)) for slug in wanted}
        return {slug: f"{one.look}, {one.why}" if one.why else one.look for slug, one in found.items()}

    def _standings(self, wanted: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        return {
            who: {slug: self._standing(who, slug) for slug in by_door}
            for who, by_door in wanted.items()
        }  # fmt: skip

    def _standing(self, who: str, slug: str) -> str:
        sender = Sender.objects.filter(mailbox=domains.mailbox(self.specs[who]["email"])).first()
        door = None if slug == "*" else self._door(slug)
        return relationships.standing_of(self.page, sender, door).value

    def _final(self) -> Iterator[Line]:
        final = self.story.get("final") or {}
        found = {
            "states": lambda wanted: {name: self._state(name) for name in wanted},
            "mails": lambda wanted: {who: stage.sent_to(self._addresses()[who]) for who in wanted},
            "pitches": lambda _wanted: stage.stored(self.page),
            "standing": self._standings,
        }
        for name, wanted in final.items():
            got = found[name](wanted)
            wrongs = [] if plain(got) == plain(wanted) else [f"expected {plain(wanted)} got {plain(got)}"]
            yield Line(f"final {name}", wrongs)

    # ── who and what ─────────────────────────────────────────────────────────

    def _addresses(self) -> dict[str, str]:
        others = {"owner": self.page.owner.email, "assistant": handing_off.address_of(self.page)}
        return {key: spec["email"] for key, spec in self.specs.items()} | others

    def _door(self, slug: str) -> Door:
        return Door.objects.select_related("page").get(page=self.page, slug=slug)

    def _pitch(self, name: str) -> Pitch:
        return Pitch.objects.select_related("page", "door").get(pk=self.pitches.get(name, 0))

    def _state(self, name: str) -> str | None:
        pitch = Pitch.objects.filter(pk=self.pitches.get(name, 0)).first()
        return pitch.state if pitch else None

    def _sender(self, who: str) -> Sender:
        spec = self.specs[who]
        return intake.sender_of(spec["email"], name=spec["name"], company=spec.get("company", ""))
