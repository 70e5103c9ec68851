"""Pitches by machines: somebody answers for them, and one in 30 days before they are known."""

from datetime import UTC, datetime, timedelta

import pytest

from pitches import intake, screening
from pitches.forms import PitchForm
from portal import clock
from tests.factories import DoorFactory, PageFactory
from tests.senders import answers, hand_in, meet, write

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
BY_A_MACHINE = {"machine_for": "Ines Okoro", "email": "bot@northbeam.example"}
SAYS_SO = {"detail": "This was sent by an autonomous agent for Tallyboard."}


@pytest.fixture
def doors():
    page = PageFactory()
    with clock.standing_at(MONDAY):
        yield [DoorFactory(page=page) for _door in range(3)]


def refusal(door, **changes):
    with pytest.raises(intake.Refused) as refused:
        hand_in(door, **changes)
    return refused.value


def test_one_in_30_days_for_all_machines_of_an_agency(doors):
    first = hand_in(doors[0], **BY_A_MACHINE)
    other = {"machine_for": "Omar Said", "email": "agent@eu.northbeam.example", "line": "Another robot, another line"}
    said = refusal(doors[1], **other)
    assert (said.why, said.number, said.until) == ("machine", 1, first.handed_in_at + 30 * DAY)
    hand_in(doors[1], **BY_A_MACHINE | {"machine_for": "", "line": "Written by a person of theirs"})
    clock.move_to(MONDAY + 30 * DAY + timedelta(minutes=1))
    hand_in(doors[2], **other)


def test_what_was_taken_back_counts_no_more_and_comes_back_only_where_there_is_room(doors):
    first = hand_in(doors[0], **BY_A_MACHINE)
    intake.withdraw(first)
    second = hand_in(doors[1], **BY_A_MACHINE, line="Better words")
    with pytest.raises(intake.Refused) as refused:
        intake.put_back(first)
    assert refused.value.why == "machine"
    intake.withdraw(second)
    intake.put_back(first)


def test_of_another_agency_and_at_another_page_is_another_matter(doors):
    hand_in(doors[0], **BY_A_MACHINE)
    hand_in(doors[1], machine_for="Lee Ray", email="bot@pixelroad.example", line="Of other people")
    hand_in(DoorFactory(), **BY_A_MACHINE, line="At another page")


def test_on_a_freemail_domain_it_is_the_person(doors):
    hand_in(doors[0], machine_for="Lee", email="lee@freemail.example")
    hand_in(doors[1], machine_for="Ann", email="ann@freemail.example", line="Somebody else there")
    assert refusal(doors[2], machine_for="Lee", email="lee+bot@freemail.example", line="A tag").why == "machine"


def test_whom_the_owner_knows_has_their_own_places(doors):
    meet(doors[0], "known", "bot@northbeam.example")
    hand_in(doors[0], **BY_A_MACHINE)
    hand_in(doors[1], **BY_A_MACHINE, line="And one more")


def test_a_machine_that_names_nobody_is_a_sign_and_one_that_does_is_none(doors):
    silent, named = write(doors[0], **SAYS_SO), write(doors[0], **SAYS_SO, machine_for="Ines Okoro")
    assert "machine" in screening.flags_of(silent)
    assert "machine" not in screening.flags_of(named)


def test_the_form_takes_the_name_and_the_letter_shows_it(doors, client):
    data = {name: value for name, value in answers().items() if isinstance(value, str)}
    data |= {"machine_for": " Ines Okoro ", "form_key": "7c2b6f0e-90b8-4a53-a7c3-1d3b06f0c111"}
    form = PitchForm(data, door=doors[0])
    assert form.is_valid(), form.errors
    pitch, _new = intake.write(doors[0], form.answers(), form_key=form.key)
    assert "Ines Okoro" in pitch.machine_for
    shown = client.get(f"/d/{pitch.token}/check").content.decode()
    assert "Sent by a machine for" in shown
