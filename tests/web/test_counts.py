"""Counts that would grow with what waits stop somewhere, and say so."""

import pytest
from django.test import Client

from pitches.models import Page, Pitch
from pitches.web import access, lanes, told
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory(cards=1)


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def pitches(page: Page) -> list[Pitch]:
    return PitchFactory.create_batch(4, waiting=True, door=DoorFactory(page=page), page=page)


@pytest.mark.parametrize(
    ("most", "said"), [(10, "3 more wait for the next sessions."), (3, "more than 2 more wait for the next sessions.")]
)
def test_before_a_session(
    owner: Client, pitches: list[Pitch], monkeypatch: pytest.MonkeyPatch, most: int, said: str
) -> None:
    monkeypatch.setattr(lanes, "MOST_OPEN", most)
    assert said in owner.get("/desk/session").content.decode()


@pytest.mark.parametrize(("most", "said"), [(10, "3 more wait."), (2, "more than 2 more wait.")])
@pytest.mark.usefixtures("pitches")
def test_after_a_session_all_are_counted(owner: Client, monkeypatch: pytest.MonkeyPatch, most: int, said: str) -> None:
    monkeypatch.setattr(lanes, "MOST_OPEN", most)
    owner.post("/desk/session/start")
    card = owner.get("/desk/session").context
    session, pitch = card["session"], card["pitch"]
    owner.post(f"/desk/session/{session.pk}/answer/{pitch.code}", {"kind": "no", "reason": "covered", "version": 1})
    assert said in owner.get("/desk/session").content.decode()


@pytest.mark.parametrize(("most", "said"), [(10, "4 wait"), (2, "more than 2 wait")])
def test_behind_a_door(
    owner: Client, pitches: list[Pitch], monkeypatch: pytest.MonkeyPatch, most: int, said: str
) -> None:
    monkeypatch.setattr(access.lists, "WAITING", most)
    monkeypatch.setattr(access, "WAITING", most)
    assert f">{said}<" in owner.get("/desk/doors").content.decode()
    assert [getattr(door, "waits", 0) for door in access.counted_doors(pitches[0].page)] == [min(4, most + 1)]


@pytest.mark.parametrize(("most", "words"), [(10, "3"), (2, "more than 2")])
def test_beside_whom_a_sender_waits(
    pitches: list[Pitch], monkeypatch: pytest.MonkeyPatch, most: int, words: str
) -> None:
    monkeypatch.setattr(lanes, "MOST", most)
    assert told.waiting(pitches[0])["others_words"] == words


def test_behind_the_veil_and_in_an_empty_ledge(
    owner: Client, page: Page, pitches: list[Pitch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_OPEN", 1)
    Page.objects.update(read_anyway_on=None)
    assert 'num">more than 1<' in owner.get("/desk/inbox").content.decode()
    Pitch.objects.update(state="asked")
    assert "more than 1 wait for an answer from them." in owner.get("/desk/inbox").content.decode()


def test_what_counts_stops() -> None:
    assert [lanes.rest(4, 4), lanes.rest(5, 4)] == ["", "1"]
    assert [lanes.upto(3, 3), lanes.upto(4, 3)] == ["3", "more than 3"]
