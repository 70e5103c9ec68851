"""What reads alike lies together in a list: one row, the others under it, and a count that goes on counting pitches."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches.models import Door, Page, Pitch
from pitches.web import folding, lanes
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page)


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def alike(door: Door, count: int, **more: Any) -> list[Pitch]:
    """So many that read alike, the oldest first."""
    made = [PitchFactory(door=door, line="Widgets", **{"waiting": True} | more) for _number in range(count)]
    for number, pitch in enumerate(made):
        pitch.handed_in_at += timedelta(hours=number)
        pitch.cluster = made[0].pk
        pitch.save()
    return made


def rows(response: Any) -> list[Pitch]:
    shelves = response.context.get("shelves")
    return [row for shelf in shelves for row in shelf.rows] if shelves is not None else response.context["rows"]


def folds(response: Any) -> list[list[str]]:
    return [[row.code, *(one.code for one in row.alike)] for row in rows(response)]


@pytest.mark.parametrize("words", ["", "widgets"])
def test_one_row_and_the_others_under_it(owner: Client, door: Door, words: str) -> None:
    made, alone = alike(door, 3), PitchFactory(waiting=True, door=door, line="Widgets once")
    Pitch.objects.filter(pk=alone.pk).update(handed_in_at=made[0].handed_in_at - timedelta(days=1))
    PitchFactory(waiting=True, line="Widgets", cluster=made[0].pk)  # at another page
    response = owner.get("/desk/inbox", {"q": words} if words else {})
    first, *others = [pitch.code for pitch in (reversed(made) if words else made)]
    wanted = [[first, *others], [alone.code]] if words else [[alone.code], [first, *others]]
    assert folds(response) == wanted
    body = response.content.decode()
    assert "2 more read like this" in body
    assert body.count("data-row=") == 4
    assert response.context["count"] == 4 if words else response.context["shelves"][0].count == 4


def test_in_one_list_only(owner: Client, door: Door) -> None:
    """What was answered or put off before is another list."""
    one, other = alike(door, 2)
    Pitch.objects.filter(pk=other.pk).update(state="later", back_at=other.lapses_at)
    assert folds(owner.get("/desk/inbox")) == [[one.code]]
    assert folds(owner.get("/desk/inbox?show=later")) == [[other.code]]


def test_a_filter_holds_for_what_lies_under_it_too(owner: Client, door: Door) -> None:
    one, two, three = alike(door, 3)
    Pitch.objects.filter(pk__in=[two.pk, three.pk]).update(tags=["radio"])
    response = owner.get("/desk/inbox?tag=radio")
    assert folds(response) == [[two.code, three.code]]
    assert response.context["shelves"][0].count == 2
    assert folds(owner.get(f"/desk/inbox?alike={one.code}")) == [[one.code], [two.code], [three.code]]


def test_many_have_a_link_to_the_rest(owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "SHOWN", 2)
    made = alike(door, 5)
    response = owner.get("/desk/inbox")
    assert folds(response) == [[pitch.code for pitch in made[:3]]]
    body = response.content.decode()
    assert "4 more read like this" in body
    assert f'href="/desk/inbox?alike={made[0].code}">All that read alike' in body


def test_a_page_is_full_and_shows_each_once(owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "AT_ONCE", 2)
    made = [*alike(door, 3), *alike(door, 2), PitchFactory(waiting=True, door=door)]
    seen: list[str] = []
    after = ""
    for _page in range(2):
        response = owner.get("/desk/inbox", {"lane": "first_knock", "after": after})
        seen += [code for fold in folds(response) for code in fold]
        after = response.context["shelves"][0].more
    assert (sorted(seen), after) == (sorted(pitch.code for pitch in made), "")


def test_a_folded_letter_may_lie_beside_the_list(owner: Client, door: Door) -> None:
    made = alike(door, 2)
    assert owner.get(f"/desk/inbox?at={made[1].code}").context["pitch"].code == made[1].code


def test_it_costs_the_same_for_one_fold_and_three(owner: Client, door: Door) -> None:
    counted = []
    for count in (2, 3, 4):
        alike(door, count)
        with CaptureQueriesContext(connection) as queries:
            owner.get("/desk/inbox")
        counted.append(len(queries))
    assert len(set(counted)) == 1
