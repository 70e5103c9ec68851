"""A mail about a pitch can be answered as long as words of its sender arrive, and not once it is over."""

from typing import Any

import pytest

from pitches import intake, lifecycle
from pitches.inbound import replying
from pitches.models import Fact, Pitch, PitchState
from pitches.notify import addresses, render
from tests.factories import AnswerFactory, PitchFactory
from tests.notify import samples

pytestmark = pytest.mark.django_db
OVER = ("no", "lapsed", "withdrawn", "wrong_door")


@pytest.fixture(autouse=True)
def _takes_mail(settings: Any) -> None:
    settings.INBOUND_DOMAIN = "in.halfdoor.example"


def in_state(state: PitchState) -> Pitch:
    """A pitch that was handed in, in this state now."""
    return PitchFactory(**{state.value: True})


@pytest.mark.parametrize("state", [state for state in PitchState if state != PitchState.UNPROVEN])
def test_a_way_to_answer_is_named_exactly_while_there_is_one(state: PitchState) -> None:
    pitch = in_state(state)
    mail = render.build(samples._told("receipt", pitch))
    arrives = pitch.told_state in replying.WAYS
    assert mail.reply_to == ([addresses.reply_address(pitch)] if arrives else [])


def test_every_state_that_is_told_is_asked_for_here() -> None:
    told = {in_state(state).told_state for state in PitchState if state != PitchState.UNPROVEN}
    assert told == {*replying.WAYS, *map(PitchState, ("declined", "wrong_door", "withdrawn", "lapsed"))}


@pytest.mark.parametrize("kind", OVER)
def test_the_last_mail_about_a_pitch_has_no_address_that_swallows_an_answer(kind: str) -> None:
    assert render.build(samples.SAMPLES[kind]()).reply_to == []


def test_an_answer_that_is_still_in_the_house_takes_no_way_away() -> None:
    pitch = in_state(PitchState.DECLINED)
    message = samples._told("receipt", pitch)
    AnswerFactory(pitch=pitch, held=True, no=True)
    assert render.build(message).reply_to == [addresses.reply_address(pitch)]


def test_once_all_notes_are_used_a_mail_does_not_ask_for_another() -> None:
    message = samples.note_of_a_helper()
    mail = render.build(message)
    assert (mail.reply_to, "answer this mail" in mail.body) == ([], False)
    assert message.pitch is not None
    message.pitch.events.filter(what=Fact.NOTED).first().delete()
    assert intake.may_say_more(message.pitch)
    assert render.build(message).reply_to == [addresses.reply_address(message.pitch)]
    for _number in range(intake.NOTES):
        lifecycle.record(Fact.NOTED, message.page, message.pitch, note="One more")
    assert not intake.may_say_more(message.pitch)
