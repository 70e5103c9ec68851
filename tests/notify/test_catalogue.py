"""Who is told what, and when nothing is said."""

from datetime import timedelta

import pytest

from pitches import lifecycle, replies
from pitches.models import AnswerKind, Event, Fact, Message, PitchState, Reason
from pitches.notify import catalogue, hourly, reasons
from portal import clock, tokens
from tests.factories import AnswerFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


def happened(pitch: object, what: str, was: str = "") -> Event:
    """An event of a pitch, as lifecycle writes it."""
    return Event.objects.create(page=pitch.page, pitch=pitch, was=was, what=what, queue="later", at=clock.now())


def put() -> list[tuple[str, str]]:
    """What waits in the outbox: kind and address."""
    return list(Message.objects.order_by("pk").values_list("kind", "to"))


def test_a_code_is_six_digits_sealed_and_only_for_an_unproven_pitch():
    pitch, proven = PitchFactory(), PitchFactory(waiting=True)
    catalogue.code(happened(pitch, PitchState.UNPROVEN))
    catalogue.code(happened(proven, PitchState.UNPROVEN))
    message = Message.objects.get()
    code = tokens.unseal(message.sealed)["code"]
    assert (message.kind, message.to, message.queue) == ("code", pitch.email, "codes")
    assert code.isdecimal()
    assert len(code) == 6
    assert code.encode() not in bytes(message.sealed)


def test_a_receipt_is_put_once_for_a_pitch():
    pitch = PitchFactory(waiting=True)
    event = happened(pitch, PitchState.ARRIVED)
    catalogue.receipt(event)
    catalogue.receipt(event)
    assert put() == [("receipt", pitch.email)]


@pytest.mark.parametrize(
    ("kind", "more"), [("yes", {}), ("no", {"reason": "covered"}), ("ask", {"text": "What does it cost them?"})]
)
def test_an_answer_that_went_out_is_told(kind, more):
    pitch = PitchFactory(accepted=True)
    AnswerFactory(pitch=pitch, kind=kind, **more)
    catalogue.answer(happened(pitch, Fact.ANSWER_SENT))
    assert put() == [(kind, pitch.email)]


@pytest.mark.parametrize("fields", [{"sent_at": None}, {"kind": "later"}, {"sent_at": None, "undone_at": clock.now()}])
def test_an_answer_in_the_house_or_put_off_is_not_told(fields):
    pitch = PitchFactory(waiting=True)
    AnswerFactory(pitch=pitch, **fields)
    catalogue.answer(happened(pitch, Fact.ANSWER_SENT))
    assert put() == []


def test_a_lapse_is_told_on_the_day_that_was_promised_and_a_question_ends_in_silence():
    pitch, asked = PitchFactory(lapsed=True), PitchFactory(lapsed=True)
    aside = PitchFactory(lapsed=True, lane="quarantine", lapses_at=clock.now() + timedelta(days=7))
    for each in (pitch, aside):
        catalogue.lapsed(happened(each, PitchState.LAPSED, was=PitchState.WAITING))
    catalogue.lapsed(happened(asked, PitchState.LAPSED, was=PitchState.ASKED))
    assert put() == [("lapsed", pitch.email), ("lapsed", aside.email)]
    told = Message.objects.get(pitch=aside).next_at
    assert told == aside.handed_in_at + timedelta(days=aside.page.lapse_days)


def test_a_digest_comes_once_a_day_and_only_when_something_waits_and_is_wanted():
    full, empty, stopped = PageFactory(), PageFactory(), PageFactory(digest=False)
    for page in (full, stopped):
        PitchFactory(door__page=page, waiting=True)
    for page in (full, full, empty, stopped):
        hourly.digest(lifecycle.record(Fact.HOUR_BEGAN, page))
    assert put() == [("digest", full.owner.email)]


def test_a_page_that_went_up_is_told_to_its_owner_once():
    page = PageFactory()
    for _ in range(2):
        catalogue.page_up(lifecycle.record(Fact.PUBLISHED, page))
    assert put() == [("page_up", page.owner.email)]


def test_every_kind_is_sorted_into_sets_that_exist():
    assert catalogue.KINDS.keys() == catalogue.SENT_AGAIN | catalogue.STOPPABLE
    assert catalogue.KINDS.keys() >= catalogue.IN_THE_OWNERS_NAME


def test_every_reason_has_words_and_says_whether_to_try_again():
    assert replies.TEXTS.keys() == set(Reason)
    for reason in set(Reason) - {Reason.OWN_LINE}:
        answer = AnswerFactory(no=True, reason=reason, text="")
        assert len(reasons.words(answer)) > 40
        assert "{" not in reasons.words(answer) + reasons.again(answer)
        assert bool(reasons.again(answer)) == (reason != Reason.NO_REASON)
    own = AnswerFactory(no=True, reason=Reason.OWN_LINE, text=" Ask my colleague. ")
    assert (reasons.words(own), reasons.again(own)) == ("Ask my colleague.", "")


def test_a_line_of_the_owners_comes_before_the_text_of_the_reason():
    answer = AnswerFactory(no=True, reason=Reason.COVERED, text="I liked the chart.")
    first, second = reasons.words(answer).split("\n\n")
    assert first == "I liked the chart."
    assert second.startswith("I wrote about this recently")


def test_a_question_has_no_reason_and_says_nothing_about_trying_again():
    answer = AnswerFactory(ask=True)
    assert (reasons.words(answer), reasons.again(answer)) == (answer.text, "")
    assert answer.kind == AnswerKind.ASK
