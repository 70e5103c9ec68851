"""Eight threads at once, on a real PostgreSQL: one wins, and nothing happens twice."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.db.models.functions import Now

from pitches import due, intake, lifecycle, reactions, review, tasks
from pitches.intake import Refused, WrongCode
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    AnswerKind,
    Event,
    Evidence,
    Fact,
    Handoff,
    Look,
    Message,
    Page,
    Pitch,
    PitchState,
    Proof,
    ReadingSession,
    Sender,
    Spent,
)
from pitches.notify import delivery
from portal import clock, leases, tokens
from portal.celery import QUEUES
from tests.factories import AnswerFactory, DoorFactory, MessageFactory, PageFactory, PitchFactory
from tests.races import THREADS, checksum, race
from tests.senders import answers, hand_in, work, write

pytestmark = pytest.mark.django_db(transaction=True)
LOSERS = THREADS - 1


def counted(found):
    return dict(Counter(found))


def copies(row):
    """The row as each of the threads has read it before the others wrote."""
    return [type(row).objects.get(pk=row.pk) for _ in range(THREADS)]


def test_one_of_eight_moves_a_pitch():
    pitches = copies(PitchFactory(waiting=True))
    ends = [PitchState.DECLINED, PitchState.ACCEPTED] * 4
    found = race(lambda number: lifecycle.move(pitches[number], ends[number]).what)
    assert Counter(map(str, found))[str(AlreadyMoved)] == LOSERS
    assert list(Event.objects.values_list("what", flat=True)) == [Pitch.objects.get().state]


def test_no_row_is_claimed_twice():
    MessageFactory.create_batch(40)
    rows = Message.objects.order_by("pk")
    found = race(lambda _number: [row.pk for row in leases.claim(rows, limit=10)[1]])
    taken = [key for keys in found for key in keys]
    assert len(taken) == len(set(taken)) == 40
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_who_claims_does_not_wait_for_who_holds():
    MessageFactory.create_batch(2)
    inside, done = threading.Event(), threading.Event()

    def hold(number):
        from django.db import transaction

        if number:
            assert inside.wait(10)
            try:
                return len(leases.claim(Message.objects.order_by("pk"), limit=2)[1])
            finally:
                done.set()
        with transaction.atomic():
            Message.objects.select_for_update().order_by("pk").first()
            inside.set()
            return done.wait(10)

    assert race(hold, threads=2) == [True, 1]


def test_an_event_is_reacted_to_once():
    pitch = PitchFactory(arrived=True)
    event = lifecycle.record(PitchState.ARRIVED, pitch.page, pitch)
    lease, _ = leases.claim(Event.objects.order_by("pk"), limit=1)
    found = race(lambda _number: reactions.react(event.pk, lease))
    assert counted(found) == {True: 1, False: LOSERS}
    assert list(Event.objects.order_by("pk").values_list("what", flat=True)) == ["arrived", "waiting"]
    assert Message.objects.count() == 1


def test_a_worker_that_wakes_up_late_reacts_to_nothing():
    pitch = PitchFactory(arrived=True)
    event = lifecycle.record(PitchState.ARRIVED, pitch.page, pitch)
    old, _ = leases.claim(Event.objects.order_by("pk"), limit=1)
    Event.objects.update(lease_until=Now() - timedelta(seconds=1))
    new, _ = leases.claim(Event.objects.filter(pk=event.pk), limit=1)
    found = race(lambda number: (number % 2, reactions.react(event.pk, [old, new][number % 2])))
    assert counted(found) == {(1, True): 1, (1, False): 3, (0, False): 4}


def test_a_late_worker_cannot_mark_somebody_elses_mail():
    message = MessageFactory()
    old, _ = leases.claim(Message.objects.order_by("pk"), limit=1)
    Message.objects.update(lease=uuid4())
    assert delivery._write(message, old, state="done") is False
    assert Message.objects.get().state == "pending"


def test_one_code_typed_eight_times_hands_in_once():
    pitches = copies(write(DoorFactory()))
    code = intake.issue_code(pitches[0])
    Proof.objects.update(tries=0)
    found = race(lambda number: intake.prove(pitches[number], code, device=tokens.seed()).state, threads=5)
    work()
    assert counted(found) == {"arrived": 5}
    assert (Event.objects.filter(what="arrived").count(), Sender.objects.count()) == (1, 1)
    assert Message.objects.filter(kind="receipt").count() == 1
    assert [m.to for m in mail.outbox if "MAYA" in m.subject or m.to].count(["elif@mosaic.example"]) == 1


def test_five_guesses_at_once_are_five_guesses():
    pitches = copies(write(DoorFactory()))
    code = int(intake.issue_code(pitches[0]))
    guesses = [f"{(code + step) % 1_000_000:06d}" for step in range(1, THREADS + 1)]
    found = race(lambda number: intake.check_code(pitches[number], guesses[number]))
    assert counted(found) == {WrongCode: THREADS}
    assert Proof.objects.get().tries == intake.CODE_TRIES
    with pytest.raises(WrongCode, match="tries"):
        intake.check_code(pitches[0], f"{code:06d}")


def test_eight_requests_for_a_code_are_five_codes():
    pitches = copies(write(DoorFactory()))
    found = race(lambda number: intake.ask_code(pitches[number]))
    assert counted(found) == {True: intake.CODES_PER_PITCH - 1, False: THREADS - intake.CODES_PER_PITCH + 1}


def test_one_form_sent_eight_times_is_one_pitch():
    door, key = DoorFactory(), uuid4()
    found = race(lambda _number: intake.write(door, answers(), form_key=key))
    assert {pitch.pk for pitch, _new in found} == {Pitch.objects.get().pk}
    assert counted(new for _pitch, new in found) == {True: 1, False: LOSERS}
    assert list(Event.objects.order_by("pk").values_list("what", flat=True)) == ["unproven", "code_asked"]


def test_two_pitches_of_one_sender_cannot_both_pass_the_limit():
    door = DoorFactory()
    pitches = [write(door) for _ in range(THREADS)]
    sender = intake.sender_of("elif@mosaic.example", name="Elif Kaya", company="")
    found = race(lambda number: intake.hand_in(pitches[number], sender).state)
    assert counted(found) == {"arrived": 1, Refused: LOSERS}
    assert counted(Pitch.objects.values_list("state", flat=True)) == {"arrived": 1}


def test_the_last_place_of_the_week_goes_to_one():
    door = DoorFactory(places_per_week=1)
    pitches = [write(door, email=f"s{number}@agency{number}.example") for number in range(THREADS)]
    senders = [intake.meet(pitch) for pitch in pitches]
    found = race(lambda number: intake.hand_in(pitches[number], senders[number]).state)
    assert counted(found) == {"arrived": 1, Refused: LOSERS}
    assert counted(Pitch.objects.values_list("state", flat=True)) == {"arrived": 1}


def test_a_mailbox_proven_eight_times_is_one_sender():
    found = race(lambda number: intake.sender_of("elif@mosaic.example", name=f"E{number}", company="M").pk)
    assert set(found) == {Sender.objects.get().pk}


def test_an_answer_is_given_once():
    pitches = copies(PitchFactory(waiting=True))
    owner = pitches[0].page.owner
    kinds = [AnswerKind.YES, AnswerKind.NO] * 4
    found = race(
        lambda number: (
            review.answer(pitches[number], kinds[number], by=owner, reason="covered" if number % 2 else "").kind
        )
    )
    assert Counter(map(str, found))[str(AlreadyMoved)] == LOSERS
    assert Answer.objects.get().kind == {"accepted": "yes", "declined": "no"}[Pitch.objects.get().state]


def test_an_answer_is_undone_or_goes_out_and_never_both():
    for _ in range(5):
        given = AnswerFactory(held=True, goes_out_at=clock.now())
        rows = copies(given)
        owner = given.pitch.page.owner
        found = race(
            lambda number, rows=rows, owner=owner: (
                review.let_go(rows[number]) if number % 2 else review.undo(rows[number], by=owner).state
            )
        )
        given.refresh_from_db()
        gone, undone = found.count(True), found.count("waiting")
        assert (gone, undone) == (int(given.sent_at is not None), int(given.undone_at is not None))
        assert (gone + undone, set(found) - {True, "waiting"}) == (1, {False, AlreadyMoved})
        assert Pitch.objects.get(pk=given.pitch_id).state == ("accepted" if gone else "waiting")
        assert Event.objects.filter(pitch=given.pitch_id, what=Fact.ANSWER_SENT).count() == gone


def test_a_sitting_pauses_once_and_a_card_is_written_down_once():
    page = PageFactory()
    pitches = PitchFactory.create_batch(2, waiting=True, door=DoorFactory(page=page))
    session = review.open_session(page, by=page.owner)
    review.turn_to(session, pitches[0], by=page.owner)
    review.answer(pitches[0], AnswerKind.YES, by=page.owner, session=session)
    rows = copies(session)
    acts = [
        lambda row: review.turn_to(row, pitches[1], by=page.owner),
        lambda row: review.pause_session(row, by=page.owner),
    ]
    found = race(lambda number: acts[number % 2](rows[number]))
    assert Counter(found) == Counter({None: THREADS // 2, 0: THREADS // 2 - 1, 1: 1})
    assert Spent.objects.filter(pitch=pitches[0]).count() == 1


def test_two_windows_of_one_person_are_one_look():
    pitch = PitchFactory(waiting=True)
    session = review.open_session(pitch.page, by=pitch.page.owner)
    rows = copies(session)
    race(lambda number: review.turn_to(rows[number], pitch, by=pitch.page.owner))
    assert (Look.objects.count(), Spent.objects.count()) == (1, 0)


def test_an_hour_begins_once_however_many_beats_there_are():
    page = PageFactory()
    Page.objects.update(next_hour_at=clock.now())
    pages = copies(page)
    found = race(lambda number: review.begin_hour(pages[number]))
    assert counted(found) == {True: 1, False: LOSERS}
    assert Event.objects.filter(what="hour_began").count() == 1


def test_one_session_is_open_however_often_it_is_opened():
    page = PageFactory()
    found = race(lambda _number: review.open_session(page, by=page.owner).pk)
    assert set(found) == {ReadingSession.objects.get().pk}


def test_one_nudge_is_used_once():
    pitch = PitchFactory(waiting=True, handed_in_at=clock.now() - timedelta(days=20))
    pitches = copies(pitch)
    found = race(lambda number: intake.nudge(pitches[number]).what)
    assert counted(found) == {"nudged": 1, Refused: LOSERS}
    assert Event.objects.filter(what="nudged").count() == 1


def test_a_yes_is_learned_once():
    pitch = AnswerFactory(pitch__door=DoorFactory()).pitch
    event = lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch)
    lease, _ = leases.claim(Event.objects.order_by("pk"), limit=1)
    race(lambda _number: reactions.react(event.pk, lease))
    assert list(Evidence.objects.values_list("kind", flat=True)) == ["accepted"]


# ── many workers ─────────────────────────────────────────────────────────────
def a_busy_page():
    """Twelve strangers hand in; answers wait to go out; an hour begins; some pitches have lapsed."""
    door = DoorFactory()
    for number in range(12):
        hand_in(door, email=f"s{number}@agency{number}.example")
    for _ in range(4):
        AnswerFactory(held=True, goes_out_at=clock.now(), pitch__door=door)
        PitchFactory(waiting=True, door=door, lapses_at=clock.now())
        PitchFactory(later=True, door=door, back_at=clock.now())
    Page.objects.update(next_hour_at=clock.now())
    return door


def what_happened():
    return {
        "states": counted(Pitch.objects.values_list("state", flat=True)),
        "events": counted(Event.objects.values_list("what", flat=True)),
        "mails": counted(Message.objects.values_list("kind", "state")),
        "sent": counted(message.to[0] for message in mail.outbox),
        "attempts": counted(Message.objects.values_list("tries__outcome", flat=True)),
        "handoffs": Handoff.objects.count(),
        "left": Event.objects.filter(reacted_at=None).count(),
    }


WANTED = {
    "states": {"waiting": 16, "accepted": 4, "lapsed": 4},
    "events": {"unproven": 12, "code_asked": 12, "arrived": 12, "waiting": 16, "lapsed": 4}
    | {"answer_sent": 4, "hour_began": 1},
    "mails": {("receipt", "done"): 12, ("lapsed", "done"): 4, ("yes", "done"): 4, ("digest", "done"): 1},
    "attempts": {"sent": 21},
    "left": 0,
}  # fmt: skip


def assert_done_once(found):
    assert {name: found[name] for name in WANTED} == WANTED
    assert set(found["sent"].values()) == {1}


def test_four_timetables_and_eight_sweeps_do_each_thing_once():
    a_busy_page()
    race(lambda _number: due.tick(), threads=4)
    race(lambda _number: [tasks.sweep() for _ in range(4)])
    work()
    assert_done_once(what_happened())


def test_rings_that_come_three_times_and_backwards_change_nothing():
    a_busy_page()
    tasks.tick()
    work()
    assert_done_once(what_happened())
    before = checksum()
    rings = [(job, queue) for job in (tasks.react, tasks.deliver) for queue in QUEUES] * 3
    race(lambda number: [job(queue) for job, queue in (rings if number % 2 else rings[::-1])])
    race(lambda _number: (tasks.tick(), tasks.sweep()))
    assert checksum() == before
    assert connection.in_atomic_block is False
