"""A dry run: the verdict of the real thing, and nothing of it stays."""

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.core import mail
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import F

from pitches import embargo, intake, opening, relationships, trial
from pitches.models import Door, Event, Key, Lane, Pitch, Sender, Standing
from pitches.stories import script
from pitches.stories.player import Player
from portal import clock, relay
from tests import senders
from tests.factories import DoorFactory, KeyFactory, PageFactory, PitchFactory, SenderFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
ELIF = "elif@mosaic.example"


@pytest.fixture(autouse=True)
def _sunday():
    with clock.standing_at(SUNDAY):
        yield


def really(door, answers, *, ways=None, sender=None):
    """What became of it: written, proven, handed in, worked off."""
    door = Door.objects.select_related("page").get(pk=door.pk)
    try:
        pitch, _new = intake.write(door, answers, form_key=uuid4(), ways=ways)
        pitch = intake.hand_in(pitch, sender or intake.meet(pitch))
    except intake.Refused as said:
        return trial.refused(said)
    senders.work()
    return trial.told(Pitch.objects.select_related("page").get(pk=pitch.pk))


def tried(door, **more):
    """A dry run of the usual answers."""
    return trial.dry_run(door, senders.answers(), **more)


def where():
    """What another connection to this database needs."""
    return connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "context": None}


# ── the verdict ──────────────────────────────────────────────────────────────
def test_what_fits_waits_in_the_first_knock_lane_until_a_date():
    verdict = tried(DoorFactory())
    assert verdict == trial.Verdict(
        "waiting",
        lane="first_knock",
        promised=datetime(2026, 5, 12, 8, tzinfo=UTC),
        lapses=SUNDAY + timedelta(days=21),
    )


@pytest.mark.parametrize(("standing", "lane"), [("trusted", "trusted"), ("known", "known"), ("introduced", "known")])
def test_a_proven_sender_hears_their_own_lane(standing, lane):
    door = DoorFactory()
    assert tried(door, sender=senders.meet(door, standing)).lane == lane


@pytest.mark.parametrize("standing", ["stranger", "introduced", "known", "trusted", "paused", "blocked"])
def test_who_only_types_an_address_is_a_stranger_whoever_it_is(standing):
    door = DoorFactory()
    usual = tried(door)
    more = {"until": SUNDAY + timedelta(days=3)} if standing == "paused" else {}
    senders.meet(door, standing, **more)
    PitchFactory(door=door, waiting=True, sender=Sender.objects.get())
    assert tried(door) == usual


@pytest.mark.parametrize("standing", ["known", "trusted", "paused", "blocked"])
def test_who_only_types_an_address_learns_nothing_of_its_agency(standing):
    door, until = DoorFactory(), SUNDAY + timedelta(days=3) if standing == "paused" else None
    usual = tried(door)
    agency = intake.sender_of(ELIF, name="Elif", company="Mosaic").agency
    relationships.set_by_hand(door.page, agency, Standing(standing), by=None, until=until)
    assert trial.dry_run(door, senders.answers() | {"email": f"new@{agency.domain}"}) == usual


def test_a_sender_with_another_address_in_the_form_is_a_stranger():
    door = DoorFactory()
    sender = senders.meet(door, "trusted", email="lee@pixelroad.example")
    assert tried(door, sender=sender).lane == "first_knock"
    assert trial.dry_run(door, senders.answers(email="LEE@pixelroad.example"), sender=sender).lane == "trusted"


def test_what_would_be_put_aside_is_told_as_waiting_with_the_same_date():
    door = DoorFactory(paid=True, floor_amount=1500, floor_currency="GBP")
    plain = tried(door)
    low = {"paid": {"type": "flat_fee", "min": 100, "max": 200, "currency": "GBP"}}
    theft = "Sign in with your channel. The password is 1234, and the card number too."
    assert trial.dry_run(door, senders.answers(groups=low)) == plain
    assert trial.dry_run(door, senders.answers(why=theft)) == plain
    assert really(door, senders.answers(why=theft)) == plain
    assert Pitch.objects.get().lane == Lane.QUARANTINE


def test_a_page_without_reading_hours_names_no_date():
    verdict = tried(DoorFactory(page=PageFactory(reading=[])))
    assert (verdict.result, verdict.promised) == ("waiting", None)


def test_one_that_waits_is_named_to_whoever_wrote_it():
    door, sender = DoorFactory(), SenderFactory(email=ELIF)
    first = PitchFactory(door=door, waiting=True, sender=sender)
    assert tried(door, sender=sender) == trial.Verdict("refused", why="one_waiting", other=first)


def test_an_address_that_is_as_long_as_they_come():
    assert tried(DoorFactory()).result == "waiting"
    long = f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 59}.example"
    assert len(long) > 240
    assert trial.dry_run(DoorFactory(), senders.answers(email=long)).result == "waiting"


# ── nothing stays ────────────────────────────────────────────────────────────
def test_nothing_stays(django_capture_on_commit_callbacks, monkeypatch):
    door = DoorFactory(places_per_week=1)
    sender = senders.meet(door, "stranger")
    senders.work()
    before, mails = checksum(), len(mail.outbox)
    heard = []
    monkeypatch.setattr(cache, "set_many", lambda *args, **kwargs: heard.append(args) or [])
    with django_capture_on_commit_callbacks(execute=True) as hooks:
        assert tried(door, sender=sender).result == "waiting"
        assert tried(door).result == "waiting"
    assert checksum() == before
    assert (len(mail.outbox), hooks, heard) == (mails, [], [])
    assert (door.full_until, opening.places_left(door, SUNDAY), opening.of(door).look) == (None, 1, "open")
    assert senders.work() is None
    assert checksum() == before


def test_a_key_and_a_reply_link_are_as_they_were():
    key = KeyFactory(most_uses=1)
    before = checksum()
    for _again in range(2):
        assert tried(key.door, ways=intake.Ways(key=key.token)).result == "waiting"
    assert checksum() == before
    assert tried(key.door).why == "tier"
    Key.objects.update(uses=F("most_uses"))
    assert tried(key.door, ways=intake.Ways(key=key.token)).why == "key"


def test_an_embargo_is_not_kept():
    door = DoorFactory(asks=["news"])
    secret = embargo.Secret("Sealed", SUNDAY + timedelta(days=2), "UTC")
    before = checksum()
    answers = senders.answers(groups={"news": {"teaser": "Soon"}}, sealed=secret)
    assert trial.dry_run(door, answers).result == "waiting"
    assert (checksum(), answers["sealed"]) == (before, secret)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung():
    door = DoorFactory()
    with psycopg.connect(**where(), autocommit=True) as ear:
        ear.execute(f"LISTEN {relay.CHANNEL}")
        assert tried(door).result == "waiting"
        relay.ring("react", "sentinel")
        assert [note.payload for note in ear.notifies(timeout=5, stop_after=1)] == ["react:sentinel"]
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_error_inside_leaves_nothing_either(monkeypatch):
    door = DoorFactory()
    before = checksum()

    def breaks(_event):
        message = "broken"
        raise RuntimeError(message)

    monkeypatch.setitem(trial.reactions.AFTER, "arrived", (breaks,))
    with pytest.raises(RuntimeError):
        tried(door)
    assert checksum() == before


# ── who only asks gives way ──────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_who_only_asks_does_not_wait_long_for_those_who_hand_in():
    door, sender = DoorFactory(), SenderFactory(email=ELIF)
    with psycopg.connect(**where()) as other:
        other.execute("SELECT 1 FROM pitches_sender WHERE id = %s FOR UPDATE", [sender.pk])
        with pytest.raises(OperationalError, match="lock timeout"):
            tried(door, sender=sender)
    assert tried(door, sender=sender).result == "waiting"
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_other_troubles_of_the_database_are_not_tried_again(monkeypatch):
    asked = []

    def gone(*_args, **_kwargs):
        asked.append(1)
        message = "gone"
        raise OperationalError(message)

    monkeypatch.setattr(trial.intake, "write", gone)
    with transaction.atomic(), pytest.raises(OperationalError, match="gone"):
        tried(DoorFactory())
    assert len(asked) == 1


# ── the same as the real thing ───────────────────────────────────────────────
TEXTS = (
    "The question your readers ask most, put to people in four countries.",
    "Sign in with your channel. The password is 1234, and the card number too.",
    "Numbers.",
)
PAID = ({}, {"paid": {"type": "not_decided"}}, {"paid": {"type": "flat_fee", "min": 1, "max": 90, "currency": "GBP"}})


def situation(dice):
    """A page with a door, people who wait there, and somebody with answers."""
    page = PageFactory(
        cards=dice.choice([1, 2, 30]),
        newcomer_share=dice.choice([0.25, 0.5]),
        promise_days=dice.choice([3, 7, 21]),
        lapse_days=dice.choice([7, 21]),
        reading=dice.choice([["TUE 09:00", "FRI 09:00"], ["MON 10:00"], []]),
    )
    door = DoorFactory(
        page=page,
        paid=True,
        state=dice.choice(["open", "open", "open", "until", "closed", "invited"]),
        until=SUNDAY + timedelta(days=dice.choice([-1, 30])),
        places_per_week=dice.choice([None, 1, 1, 5]),
        tiers=dice.choice([["stranger", "introduced", "known", "trusted"]] * 3 + [["known", "trusted"]]),
        floor_amount=dice.choice([None, 100]),
        floor_currency="GBP",
    )
    for _knock in range(dice.choice([0, 0, 1, 3, 6])):
        PitchFactory(door=door, waiting=True, standing=dice.choice(["stranger", "stranger", "known", "trusted"]))
    opening.count_places(door)
    opening.look_ahead(page)
    sender = someone(dice, door) if dice.random() < 0.7 else None
    answers = senders.answers(why=dice.choice(TEXTS), groups=dice.choice(PAID))
    return door, answers if sender else answers | {"email": "new@nobody.example"}, sender


def someone(dice, door):
    """A sender in some standing, with pitches of their own behind this door and another."""
    standing = dice.choice(["stranger", "introduced", "known", "known", "trusted", "paused", "blocked"])
    sender = senders.meet(door, standing, **({"until": SUNDAY + timedelta(days=9)} if standing == "paused" else {}))
    there = DoorFactory(page=door.page)
    for _earlier in range(dice.choice([0, 0, 2, 3, 6])):
        since = SUNDAY - timedelta(days=dice.choice([1, 29]))
        PitchFactory(door=there, sender=sender, declined=True, handed_in_at=since)
    if dice.random() < 0.2:
        PitchFactory(door=door, sender=sender, waiting=True)
    return sender


BATCH = 15


@pytest.mark.parametrize("first", [0, 15, 30, 45])
def test_the_verdict_is_the_real_one(first):
    """Sixty situations: each verdict is what then becomes of the pitch."""
    for seed in range(first, first + BATCH):
        with transaction.atomic():
            verdict, real = both(random.Random(seed))
            transaction.set_rollback(True)
        assert verdict == real, f"situation {seed}"


def test_the_situations_are_of_every_kind():
    kinds = set()
    for seed in range(60):
        with transaction.atomic():
            door, answers, sender = situation(random.Random(seed))
            door = Door.objects.select_related("page").get(pk=door.pk)
            verdict = trial.dry_run(door, answers, sender=sender)
            transaction.set_rollback(True)
        kinds.add(verdict.why or verdict.lane)
    assert kinds >= {"first_knock", "known", "trusted", "closed", "full", "tier", "places", "one_waiting"}
    assert kinds >= {"paused", "blocked"}


def both(dice):
    """The verdict of a situation, and what really became of the pitch."""
    door, answers, sender = situation(dice)
    key = KeyFactory(door=door) if dice.random() < 0.2 else None
    ways = intake.Ways(key=key.token) if key else None
    senders.work()
    before = checksum()
    door = Door.objects.select_related("page").get(pk=door.pk)
    verdict = trial.dry_run(door, answers, sender=sender, ways=ways)
    assert checksum() == before
    return verdict, really(door, answers, ways=ways, sender=sender)


@pytest.mark.django_db(transaction=True)
def test_after_a_wait_in_vain_it_begins_again(monkeypatch):
    door, sender = DoorFactory(), SenderFactory(email=ELIF)
    hand_in = intake.hand_in
    with psycopg.connect(**where()) as other:
        other.execute("SELECT 1 FROM pitches_sender WHERE id = %s FOR UPDATE", [sender.pk])

        def in_vain(*args):
            try:
                return hand_in(*args)
            except OperationalError:
                other.rollback()
                raise

        monkeypatch.setattr(intake, "hand_in", in_vain)
        assert tried(door, sender=sender).result == "waiting"


# ── in stories ───────────────────────────────────────────────────────────────
STORY = """
version: 1
clock: "2026-03-04T09:00:00Z"
page: {handle: maya, name: Maya Lind, timezone: Europe/London, reading: ["TUE 16:00"]}
doors: [{slug: one, name: One, state: open}]
senders: [{id: elif, name: Elif Kaya, email: elif@mosaic.example, company: Mosaic Research}]
steps:
  - do: dry_run
    sender: elif
    door: one
    answers: &all {line: Why, why: The question your readers ask., link: https://a.example, ask: write, payer: own}
  - {do: pitch, id: P1, sender: elif, door: one, answers: *all}
"""


def play(tmp_path, handle="maya"):
    """The lines of a story with a dry run and the real pitch."""
    (tmp_path / "story.yaml").write_text(STORY.replace("maya", handle))
    return [str(line) for line in Player(script.read(tmp_path / "story.yaml")).play()]


def test_a_story_finds_out_what_a_dry_run_leaves(tmp_path, monkeypatch):
    assert [line[:5] for line in play(tmp_path)] == ["ok   ", "ok   "]
    monkeypatch.setattr(trial, "_nothing_stays", transaction.atomic)
    found = play(tmp_path, "mina")[0]
    assert found.startswith("WRONG")
    assert all(f"the dry run changed pitches_{table}" in found for table in ("event", "message", "pitch", "findable"))


def test_a_story_finds_out_a_verdict_that_was_another(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "dry_run", lambda *_args, **_more: trial.Verdict("waiting", lane="trusted"))
    lines = play(tmp_path)
    assert lines[0].startswith("ok ")
    assert "the dry run said lane trusted, not first_knock" in lines[1]
