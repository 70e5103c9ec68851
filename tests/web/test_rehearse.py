"""The page of the rehearsal: figures in sentences, what is wrong with a question, and that looking changes nothing."""

from datetime import timedelta

import pytest

from pitches.forms.hours import HoursForm
from pitches.stories.trying import contents
from portal import clock
from tests.factories import DoorFactory, PageFactory
from tests.rehearsals import FRIDAY, MONDAY, TUESDAY, knock, person, read, street

pytestmark = pytest.mark.django_db
REHEARSE = "/desk/rules/rehearse"


@pytest.fixture
def door(client):
    with clock.standing_at(MONDAY - timedelta(days=1)):
        door = street(cards=2, newcomer_share=0.0)
    client.force_login(door.page.owner)
    with clock.standing_at(FRIDAY + timedelta(days=20)):
        yield door


@pytest.fixture
def yes(door):
    """One of two whom the owner knows; both are read on Tuesday."""
    first, second = (knock(door, person(door, "known"), MONDAY + timedelta(minutes=n)) for n in range(2))
    with clock.standing_at(MONDAY):
        read(door.page, TUESDAY, {first: "no", second: "yes"})
        read(door.page, FRIDAY)
    return second


def text(response):
    return " ".join(response.content.decode().split())


def test_without_a_question_it_says_how_it_was(client, yes):
    said = text(client.get(REHEARSE))
    assert "Nothing is changed yet, so this is what happened." in said
    assert "Research" in said or yes.door.name in said


def test_a_change_is_told_in_sentences_with_the_yes_that_comes_later(client, yes):
    response = client.get(REHEARSE, {"cards": "1"})
    said = text(response)
    assert response.status_code == 200
    assert "Read later: 1, by 3 days as a rule." in said
    assert "No yes would have been lost." in said
    assert f'href="/desk/pitch/{yes.code}"' in said
    assert "3 days later" in said
    assert "Keep this under Hours" in said


def test_a_closed_door_loses_the_yes(client, yes):
    query = {"door": yes.door.slug, "shown": yes.door.slug, "at-state": "closed", "at-tiers": yes.door.tiers}
    said = text(client.get(REHEARSE, query))
    assert "1 yes would have been lost." in said
    assert "The door would have been closed." in said
    assert f'href="/desk/doors/{yes.door.slug}"' in said


def test_an_exception_is_played(client, yes):
    said = text(client.get(REHEARSE, {"x-door": yes.door.slug, "x-standing": "known", "x-places": "1"}))
    assert "Keep this under Rules" in said


def test_a_link_from_the_door_opens_its_part(client, yes):
    said = text(client.get(REHEARSE, {"door": yes.door.slug}))
    assert f'name="shown" value="{yes.door.slug}"' in said
    assert 'name="at-state"' in said


WRONG = [
    {"cards": "0"},
    {"cards": "many"},
    {"newcomer_percent": "101"},
    {"lane_known": "nowhere"},
    {"door": "somewhere"},
    {"x-places": "3"},
]


@pytest.mark.parametrize("query", WRONG)
def test_what_makes_no_sense_is_said_and_played_by_nobody(client, yes, query):
    response = client.get(REHEARSE, query)
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    assert "With this change" not in text(response)


def test_a_page_without_pitches_says_so(client, door):
    assert "No pitches in the last 90 days" in text(client.get(REHEARSE))


def test_the_doors_of_somebody_else_are_not_there(client, yes):
    other = DoorFactory(page=PageFactory())
    assert client.get(REHEARSE, {"door": other.slug}).status_code == 422


def test_looking_changes_nothing(client, yes):
    client.get(REHEARSE)
    before = contents()
    client.get(REHEARSE, {"cards": "1", "places_known": "1"})
    assert contents() == before
    assert client.post(REHEARSE, {"cards": "1"}).status_code == 405


def test_who_reads_many_may_ask_too(client, door):
    door.page.cards = HoursForm.base_fields["cards"].max_value
    door.page.save()
    assert client.get(REHEARSE, {"cards": "150"}).status_code == 200
    assert client.get(REHEARSE).status_code == 200


def test_the_rules_and_the_door_lead_here(client, yes):
    assert f'href="{REHEARSE}"' in text(client.get("/desk/rules"))
    assert f'href="{REHEARSE}?door={yes.door.slug}"' in text(client.get(f"/desk/doors/{yes.door.slug}"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_questions_does_not_depend_on_how_many_came(client, door, number, django_assert_max_num_queries):
    for _one in range(number):
        knock(door, person(door), MONDAY)
    with django_assert_max_num_queries(30):
        assert client.get(REHEARSE, {"cards": "1"}).status_code == 200
