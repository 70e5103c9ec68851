"""Colleagues: who is one, what a list tells of a pitch, and what needs somebody first."""

from datetime import timedelta

import pytest

from pitches import colleagues, intake, lifecycle
from pitches.colleagues import Need
from pitches.models import Answer, Lane, Pitch, PitchState
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory, WatchFactory

pytestmark = pytest.mark.django_db
LATER_THAN_USUAL = timedelta(days=30)


# ── who is one ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("mailbox", "domain"),
    [
        ("elif@mosaic.example", ["mosaic.example"]),
        ("elif@mail.mosaic.example", ["mosaic.example"]),
        ("elif@mosaic.example.evil.example", ["evil.example"]),
        ("elif@xmosaic.example", ["xmosaic.example"]),
        ("elif@mosaic.test", ["mosaic.test"]),
        ("elif@gmail.com", []),
        ("elif@freemail.example", []),
        ("elif@hotmail.co.uk", []),
        ("elif@yahoo.com.br", []),
        ("elif@gmx.at", []),
        ("elif@comcast.net", []),
        ("elif@localhost", []),
        ("elif@example", []),
    ],
)
def test_a_domain_of_one_organisation_makes_colleagues(mailbox: str, domain: list[str]) -> None:
    assert colleagues.domains_of([mailbox]) == domain


def test_a_colleague_sees_what_was_handed_in_and_nothing_else() -> None:
    mine = PitchFactory(waiting=True, sender=intake.sender_of("elif@mosaic.example", name="Elif", company="M"))
    theirs = PitchFactory(waiting=True, sender=intake.sender_of("omar@uk.mosaic.example", name="Omar", company="M"))
    PitchFactory(email="elif@mosaic.example")
    for other in ("a@mosaic.test", "b@xmosaic.example", "c@mosaic.example.evil.example"):
        PitchFactory(waiting=True, sender=intake.sender_of(other, name="Other", company="Mosaic Research"))
    boxes = ["elif@mosaic.example"]
    assert set(colleagues.sent(boxes, by_colleagues=True)) == {mine, theirs}
    assert set(colleagues.sent(boxes, by_colleagues=False)) == {mine}
    assert not colleagues.sent([], by_colleagues=True).exists()


def test_people_of_a_free_mail_host_stand_alone() -> None:
    mine = PitchFactory(waiting=True, sender=intake.sender_of("elif@gmail.com", name="Elif", company=""))
    PitchFactory(waiting=True, sender=intake.sender_of("omar@gmail.com", name="Omar", company=""))
    PitchFactory(waiting=True, sender=intake.sender_of("elif+tag@gmail.com", name="Elif", company=""))
    assert set(colleagues.sent(["elif@gmail.com"], by_colleagues=True)) == {mine}
    assert not colleagues.beside(["elif@gmail.com"]).exists()


def test_a_host_that_turned_out_to_be_free_makes_nobody_a_colleague() -> None:
    """The list may grow: what counts is what it says now, not what it said when somebody was first seen."""
    sender = SenderFactory(email="omar@gmail.com")  # with an agency, as an older list would have given it
    PitchFactory(waiting=True, sender=sender)
    assert not colleagues.sent(["elif@gmail.com"], by_colleagues=True).exists()
    assert not colleagues.beside(["elif@gmail.com"]).exists()


def test_who_was_only_written_down_by_an_owner_is_nobody_s_colleague() -> None:
    intake.sender_of("omar@mosaic.example", name="Omar", company="M")
    PitchFactory(waiting=True, sender=intake.sender_of("elif@mosaic.example", name="Elif", company="M"))
    assert [one.name for one in colleagues.beside(["new@mosaic.example"])] == ["Elif"]


# ── the state as told ────────────────────────────────────────────────────────
def test_a_list_tells_what_each_pitch_tells() -> None:
    """Every state; no answer, one in the house, one that went out, one undone; quarantine before and after its end."""
    now, door, sender = clock.now(), DoorFactory(), SenderFactory()
    PitchFactory()
    pitches, given_to = [], []
    for state in set(PitchState) - {PitchState.UNPROVEN}:
        for given in ("nothing", "held", "sent", "undone", "undone and sent", "undone and held"):
            for lane in (Lane.FIRST_KNOCK, Lane.QUARANTINE):
                for until in (None, now - timedelta(hours=1), now + timedelta(hours=1)):
                    for before in (0, 30):
                        at = now - timedelta(days=before)
                        row = PitchFactory.build(door=door, page=door.page, sender=sender, proven=True, state=state,
                                                 lane=lane, told_until=until, handed_in_at=at, back_at=now)  # fmt: skip
                        pitches.append(row)
                        if "undone" in given:
                            given_to.append(AnswerFactory.build(pitch=row, held=True, undone_at=now))
                        if "held" in given:
                            given_to.append(AnswerFactory.build(pitch=row, held=True))
                        if "sent" in given:
                            given_to.append(AnswerFactory.build(pitch=row))
    Pitch.objects.bulk_create(pitches)
    Answer.objects.bulk_create(given_to)
    rows = list(Pitch.objects.as_told(now).select_related("page"))
    assert len(rows) == 11 * 6 * 2 * 3 * 2 + 1
    with clock.standing_at(now):
        wrong = [(row.state, row.lane, row.told_until) for row in rows if row.told != row.told_state]
    assert wrong == []
    assert {row.told for row in rows} == set(PitchState.values) - {"arrived", "held", "quarantine", "later"}


# ── what needs somebody first ────────────────────────────────────────────────
def test_the_order_is_what_needs_me_then_what_waits_then_the_rest() -> None:
    door, now = DoorFactory(), clock.now()
    elif_ = intake.sender_of("elif@mosaic.example", name="Elif", company="M")
    omar = intake.sender_of("omar@mosaic.example", name="Omar", company="M")

    def left(days: int, sender=elif_, **traits):
        return PitchFactory(door=door, sender=sender, handed_in_at=now - timedelta(days=days), **traits)

    yes, waits, newer = left(9, accepted=True), left(8, waiting=True), left(1, later=True)
    asked_late = left(7, asked=True, lapses_at=now + timedelta(days=9))
    asked_soon = left(6, asked=True, lapses_at=now + timedelta(days=2))
    wrong, moved = left(5, wrong_door=True), left(4, wrong_door=True, moved_from=door)
    colleagues_question, colleagues_wrong = left(3, omar, asked=True), left(3, omar, wrong_door=True)
    again = left(20, declined=True)
    AnswerFactory(pitch=again, kind="no", reason="not_now", until=now.date() - timedelta(days=2))
    not_yet = left(21, declined=True)
    AnswerFactory(pitch=not_yet, kind="no", reason="not_now", until=now.date() + timedelta(days=2))
    in_the_house = left(2, declined=True)
    AnswerFactory(pitch=in_the_house, held=True, kind="no", reason="not_now", until=now.date() - timedelta(days=2))
    long_ago = left(200, declined=True)
    AnswerFactory(pitch=long_ago, kind="no", reason="not_now", until=now.date() - timedelta(days=100))
    boxes = [elif_.mailbox]
    found = list(colleagues.by_need(colleagues.sent(boxes, by_colleagues=True), boxes, now))
    expected = [asked_soon, asked_late, wrong, again, colleagues_question, newer, in_the_house, waits,
                colleagues_wrong, moved, yes, not_yet, long_ago]  # fmt: skip
    assert [row.pk for row in found] == [row.pk for row in expected]
    needs = [Need.ANSWER] * 2 + [Need.MOVE, Need.TRY_AGAIN, Need.OF_A_COLLEAGUE] + [Need.TO_WAIT] * 3
    assert [row.need for row in found] == needs + [Need.NOTHING] * 5


def test_what_was_tried_again_needs_nobody() -> None:
    elif_, now = intake.sender_of("elif@mosaic.example", name="Elif", company="M"), clock.now()
    old = PitchFactory(sender=elif_, declined=True)
    given = now - timedelta(days=91)  # without a day of its own, a "not now" is for 90 days
    AnswerFactory(pitch=old, kind="no", reason="not_now", given_at=given, sent_at=given)
    boxes = [elif_.mailbox]

    def needs() -> list[int]:
        return [row.need for row in colleagues.by_need(colleagues.sent(boxes, by_colleagues=False), boxes, now)]

    assert needs() == [Need.TRY_AGAIN]
    PitchFactory(again_of=old)  # only written
    assert needs() == [Need.TRY_AGAIN]
    PitchFactory(sender=elif_, waiting=True, again_of=old)
    assert needs() == [Need.TO_WAIT, Need.NOTHING]


# ── doors ────────────────────────────────────────────────────────────────────
def test_what_cannot_be_seen_is_waited_for_in_no_list() -> None:
    box = "elif@mosaic.example"
    seen = WatchFactory(waiting=True, mailbox=box)
    WatchFactory(mailbox=box)  # not confirmed
    WatchFactory(waiting=True, mailbox=box, told_at=clock.now())
    WatchFactory(waiting=True, mailbox="omar@mosaic.example")
    WatchFactory(waiting=True, mailbox=box, door__taken_down_at=clock.now())
    WatchFactory(waiting=True, mailbox=box, door__page__hidden_at=clock.now())
    WatchFactory(waiting=True, mailbox=box, door__page=PageFactory(unpublished=True))
    assert list(colleagues.watches([box])) == [seen]


def test_the_moves_are_real() -> None:
    """A state as told follows the very moves of a pitch, not only rows that a test made up."""
    row = PitchFactory(waiting=True)
    lifecycle.move(row, PitchState.DECLINED)
    AnswerFactory(pitch=row, held=True, kind="no", reason="covered")
    assert Pitch.objects.as_told(clock.now()).get().told == row.told_state == "waiting"
