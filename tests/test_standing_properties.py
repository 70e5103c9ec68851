"""What holds of standings whatever happens, in whatever order: doors apart, blocks, replays, and addresses that were
only typed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pitches import intake, mailboxes, relationships, rules, trial
from pitches.book import brought, importing, merging, vouching
from pitches.doors import watching
from pitches.intake import drafting
from pitches.intake.allowance import allowance
from pitches.models import Evidence, EvidenceKind, Pitch, Relationship, Rule, Sender, Standing
from portal import clock, tokens
from tests.factories import (
    AgencyFactory,
    DeviceFactory,
    DoorFactory,
    PageFactory,
    PitchFactory,
    SenderFactory,
    VouchFactory,
)
from tests.senders import answers, hand_in, work, write

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG_AGO = MONDAY - timedelta(days=60)  # it counts for no places any more
# The database goes back to where it was only after all examples, so each one has a page and people of its own.
# Smaller cases are not looked for: each one costs a second, and the first one says enough.
some = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KINDS = [kind for kind in EvidenceKind if kind not in ("by_hand", "imported", "introduced")]
RUNGS = [standing for standing in Standing if standing != Standing.BLOCKED]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


class Street:
    """A page with three doors; two mailboxes and a stranger at one agency; and what may happen to them."""

    def __init__(self):
        clock.move_to(MONDAY)
        self.page = PageFactory()
        self.doors = [DoorFactory(page=self.page) for _ in range(3)]
        self.agency = AgencyFactory()
        self.people = [SenderFactory(agency=self.agency) for _ in range(2)]
        self.evidence = []

    def happen(self, what):
        """One thing, an hour later than the last."""
        clock.move_to(clock.now() + timedelta(hours=1))
        kind, who, door, more = what
        return getattr(self, kind)(self.people[who], self.doors[door] if door is not None else None, more)

    def deed(self, sender, door, more):
        """Evidence of a pitch that was there before."""
        old = PitchFactory(declined=True, door=door or self.doors[0], sender=sender, handed_in_at=LONG_AGO)
        self.evidence.append(relationships.note_once(old, KINDS[more % len(KINDS)], by=None))

    def hand(self, sender, door, more):
        """The owner's word: of a person, or of the whole agency."""
        who = self.agency if more > 20 else sender
        until = clock.now() + timedelta(days=more)
        relationships.set_by_hand(self.page, who, RUNGS[more % len(RUNGS)], by=None, door=door, until=until)

    def rule(self, sender, door, more):
        """A rule that is as friendly as can be, for a standing, a door, or the agency."""
        agency = self.agency if more > 10 else None
        standing = [*rules.USUAL, ""][more % (5 if door or agency else 4)]
        found = {"standing": standing, "door": door, "agency": agency}
        said = {"lane": "trusted", "places": 12}
        Rule.objects.update_or_create(page=self.page, **found, defaults=said)

    def word(self, sender, door, more):
        """Another owner speaks for them, is believed if that is possible, and takes it back or not."""
        vouch = VouchFactory(to=self.page, sender=sender, page=PageFactory())
        try:
            vouching.take(vouch, door, by=self.page.owner)
        except vouching.NotTaken:
            return
        if more % 2:
            vouching.revoke(vouch)

    def listed(self, sender, door, more):
        """The owner brings a list along in which they are, with a tag."""
        rows = [brought.Brought(key=sender.mailbox, line=2, email=sender.email, tags=(f"tag{more}",))]
        importing.write(self.page, rows, by=self.page.owner, seen=importing.plan(self.page, rows).digest)

    def merge(self, sender, door, more):
        """Both mailboxes are one person."""
        merging.merge(self.page, *self.people)

    def split(self, sender, door, more):
        """They are not."""
        try:
            merging.split(self.page, [sender])
        except merging.NotTogether:
            return

    def seen(self, door):
        """How everybody stands at a door: standing, lane, places."""
        found = []
        for sender in self.people:
            standing = relationships.standing_of(self.page, sender, door)
            left = allowance(door, sender, standing)
            found.append((standing, rules.terms(self.page, standing, door, sender).lane, left))
        return found


def things(*kinds, doors=(0, 1, 2, None)):
    each = st.tuples(st.sampled_from(kinds), st.integers(0, 1), st.sampled_from(doors), st.integers(1, 30))
    return st.lists(each, min_size=1, max_size=6)


DEEDS = ("deed", "deed", "hand", "word")
EVERYTHING = (*DEEDS, "rule", "listed", "merge", "split")


@some
@given(before=things(*EVERYTHING), here=things("rule", *DEEDS, doors=(0,)))
def test_whatever_happens_at_one_door_the_others_stay_as_they_are(before, here):
    street = Street()
    for sender in street.people:  # of the places of the month some are taken, at this very door
        PitchFactory(declined=True, door=street.doors[0], sender=sender)
    for what in before:
        street.happen(what)
    others = [street.seen(door) for door in street.doors[1:]]
    for what in here:
        street.happen(what)
    assert [street.seen(door) for door in street.doors[1:]] == others


@some
@given(happened=things(*EVERYTHING))
def test_what_is_stored_is_what_a_replay_of_all_evidence_finds(happened):
    street = Street()
    for what in happened:
        street.happen(what)
        assert sum(relationships.rebuild()) == 0
    before = [street.seen(door) for door in street.doors]
    Relationship.objects.filter(page=street.page).delete()
    list(relationships.rebuild())
    assert [street.seen(door) for door in street.doors] == before


@some
@given(happened=things("deed", "hand", "word"), place=st.integers(0, 20))
def test_without_one_event_only_its_own_person_and_door_are_different(happened, place):
    street = Street()
    for what in happened:
        street.happen(what)
    rows = list(Evidence.objects.filter(page=street.page).order_by("pk"))
    if not rows:
        return
    gone = rows[place % len(rows)]
    touched = {(sender, door) for sender in street.people for door in street.doors
               if gone.door in (None, door) and (gone.agency or gone.sender == sender)}  # fmt: skip
    before = {(sender, door): relationships.standing_of(street.page, sender, door)
              for sender in street.people for door in street.doors}  # fmt: skip
    gone.delete()
    list(relationships.rebuild())
    different = {pair for pair, was in before.items() if relationships.standing_of(street.page, *pair) != was}
    assert different <= touched


@some
@given(
    before=things(*EVERYTHING), after=things("deed", "rule", "word", "listed", "merge", doors=(0,)), whole=st.booleans()
)
def test_blocked_always_wins(before, after, whole):
    street = Street()
    for what in before:
        street.happen(what)
    sender, door = street.people[0], street.doors[0]
    relationships.set_by_hand(street.page, street.agency if whole else sender, Standing.BLOCKED, by=None)
    tagged = SenderFactory(email=sender.email.replace("@", "+news@"), canonical=sender.canonical, agency=street.agency)
    for what in after:
        street.happen(what)
        for who in [sender, tagged, *(street.people if whole else ())]:
            assert {relationships.standing_of(street.page, who, one) for one in street.doors} == {"blocked"}
    with pytest.raises(intake.Refused, match="blocked"):
        hand_in(door, email=tagged.email)


# ── an address that was only typed ───────────────────────────────────────────
class Typed(Street):
    """Whoever knows the addresses of others and can read none of their mails."""

    def __init__(self):
        super().__init__()
        self.known, self.nobody = SenderFactory(agency=self.agency), f"nobody{uuid4().hex[:6]}@nowhere.example"
        relationships.set_by_hand(self.page, self.known, Standing.TRUSTED, by=None)
        relationships.set_by_hand(self.page, self.people[0], Standing.BLOCKED, by=None)
        PitchFactory(declined=True, door=self.doors[0], sender=self.known)
        rows = [brought.Brought(key=self.nobody, line=2, email=self.nobody, said=brought.Said(Standing.TRUSTED))]
        importing.write(self.page, rows, by=self.page.owner, seen=importing.plan(self.page, rows).digest)
        self.people.append(self.known)
        self.addresses = [one.email for one in self.people] + [self.nobody, self.nobody.upper()]
        self.written = []

    def type(self, what):
        """One thing that can be done with an address without reading what is mailed to it."""
        verb, who, more = what
        clock.move_to(clock.now() + timedelta(minutes=1))
        getattr(self, verb)(self.doors[more % 3], self.addresses[who])
        work()

    def write(self, door, email):
        """A pitch that waits for its code."""
        self.written.append(write(door, email=email))

    def ask_code(self, door, email):
        """Another code."""
        for pitch in self.written[-1:]:
            intake.ask_code(pitch)

    def guess(self, door, email):
        """A wrong code."""
        for pitch in self.written[-1:]:
            with pytest.raises(intake.WrongCode):
                intake.prove(pitch, "no code", device=tokens.seed())

    def elsewhere(self, door, email):
        """Hand in for another on a device that proved only a mailbox of one's own."""
        own = DeviceFactory(token_hash=tokens.digest(uuid4().hex)).sender
        for pitch in self.written[-1:]:
            with pytest.raises(intake.WrongCode):
                intake.hand_in(pitch, own)

    def try_it(self, door, email):
        """A dry run."""
        trial.dry_run(door, answers(email=email))

    def watch(self, door, email):
        """Be told when it opens."""
        watching.ask(door, email)

    def draft(self, door, email):
        """A link to go on writing."""
        drafting.keep(door, drafting.Typed({}, [], intake.Ways()), email=email, form_key=uuid4())

    def introduce(self, door, email):
        """Say who one is, and guess the code."""
        asked = intake.introduce(door, email)
        with pytest.raises(intake.WrongCode):
            intake.prove_introduction(asked, "no code", device=tokens.seed())

    def never(self, door, email):
        """Nobody wants mail here any more."""
        mailboxes.refuse(mailboxes._locked(email))

    def told(self, email):
        """What anybody hears who types this address."""
        said = trial.dry_run(self.doors[0], answers(email=email))
        return said.result, said.why, said.number, said.lane, said.promised

    def picture(self):
        """All that could tell of a standing: every table of it, and what is answered to anybody."""
        return SimpleNamespace(
            evidence=list(Evidence.objects.order_by("pk").values_list("pk", "kind", "standing", "sender", "door")),
            levels=sorted(map(str, Relationship.objects.values_list("sender", "agency", "door", "rung", "blocked"))),
            seen=[self.seen(door) for door in self.doors],
            taken=Pitch.objects.filter(page=self.page).exclude(state="unproven").count(),
            proven=sorted(Sender.objects.filter(email__in=self.addresses).exclude(proven_at=None).values_list("pk")),
            told=[self.told(email) for email in self.addresses],
        )


VERBS = ("write", "write", "ask_code", "guess", "elsewhere", "try_it", "watch", "draft", "introduce", "never")
typing = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=6)


@settings(some, max_examples=6)
@given(typing)
def test_a_typed_address_raises_and_lowers_nothing_whatever_is_done_with_it(typed):
    street = Typed()
    before = street.picture()
    for what in typed:
        street.type(what)
    after = street.picture()
    assert vars(after) == vars(before)
    assert len(set(after.told)) == 1  # trusted, blocked, brought along or nobody at all
    assert (
        not Pitch.objects.filter(pk__in=[pitch.pk for pitch in street.written])
        .exclude(sender=None, standing="")
        .exists()
    )
