"""Filters of the inbox: each narrows rows and counts, the address holds them, and nonsense breaks nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches.models import Assistant, Door, Page, Pitch
from pitches.web import lanes
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page, slug="research")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def helper(page: Page) -> Assistant:
    return AssistantFactory(page=page, role="screener", name="Sam Ode")


def look(owner: Client, **asked: Any) -> Any:
    return owner.get("/desk/inbox", asked)


def codes(response: Any) -> list[str]:
    shelves = response.context.get("shelves")
    rows = [row for shelf in shelves for row in shelf.rows] if shelves is not None else response.context["rows"]
    return [row.code for row in rows]


def left(door: Door, state: str = "waiting", **more: Any) -> Pitch:
    return PitchFactory(door=door, **{state: True, "line": "Widgets measured"} | more)


# ── each of them ─────────────────────────────────────────────────────────────
OFFER = {"paid": {"type": "flat_fee"}}
SEEN: list[tuple[dict[str, str], dict[str, Any], dict[str, Any]]] = [
    ({"standing": "known"}, {"standing": "known"}, {"standing": "trusted"}),
    ({"lane": "known"}, {"standing": "introduced"}, {"standing": "trusted"}),
    ({"tag": "radio"}, {"tags": ["berlin", "radio"]}, {"tags": ["radio show"]}),
    ({"offer": "paid"}, {"groups": OFFER}, {"groups": {"paid": {"type": "none"}}}),
    ({"offer": "paid"}, {"ask": "slot"}, {}),
    ({"offer": "none"}, {"groups": {"paid": {"type": "none"}}}, {"groups": OFFER}),
    ({"offer": "none"}, {}, {"ask": "slot"}),
    ({"language": "de"}, {"language": "de"}, {"language": "en"}),
]


@pytest.mark.parametrize("words", ["", "widgets"])
@pytest.mark.parametrize("one", SEEN)
def test_it_narrows_the_lists_and_a_search(
    owner: Client, door: Door, words: str, one: tuple[dict[str, str], dict[str, Any], dict[str, Any]]
) -> None:
    asked, has, lacks = one
    wanted = left(door, **has)
    left(door, **lacks)
    left(DoorFactory(), **has)  # somebody else's
    response = look(owner, **asked, **({"q": words} if words else {}))
    assert codes(response) == [wanted.code]
    if words:
        assert response.context["count"] == 1
    else:
        assert (response.context["matching"] if "lane" not in asked else 1, response.context["waiting"]) == (1, 2)


def test_a_door(owner: Client, page: Page, door: Door) -> None:
    wanted = left(door)
    left(DoorFactory(page=page, slug="events"))
    response = look(owner, door="research")
    assert codes(response) == [wanted.code]
    assert "On the ledge (1)" in response.content.decode()
    assert "Behind “Original research”" in response.content.decode()


def test_who_looks_after_it(owner: Client, door: Door, helper: Assistant) -> None:
    theirs, free = left(door, assigned_to=helper), left(door)
    assert codes(look(owner, assigned="nobody")) == [free.code]
    assert codes(look(owner, assigned=helper.pk)) == [theirs.code]
    assert codes(look(owner, assigned="me")) == [free.code]  # the owner looks after what is given to nobody


def test_they_combine_and_each_can_be_taken_away(owner: Client, door: Door) -> None:
    wanted = left(door, standing="known", tags=["radio"], language="de")
    left(door, standing="known", tags=["radio"])
    left(door, tags=["radio"], language="de")
    response = look(owner, standing="known", tag="radio", language="de")
    assert codes(response) == [wanted.code]
    body = response.content.decode()
    assert 'href="/desk/inbox?tag=radio&amp;language=de"><bdi>Known</bdi>' in body
    assert 'href="/desk/inbox">Clear the filters' in body


def test_the_lists_say_how_many_match_in_each(owner: Client, door: Door) -> None:
    left(door, tags=["radio"])
    left(door, "later", tags=["radio"])
    left(door, "declined", tags=["radio"])
    left(door, "declined")
    body = look(owner, tag="radio").content.decode()
    for said in ("On the ledge (1)", "Later (1)", "Answered (1)", "Everything (3)"):
        assert said in body
    assert 'href="/desk/inbox?tag=radio&amp;show=later"' in body
    assert len(codes(look(owner, tag="radio", show="all"))) == 3
    assert "Everything" not in look(owner).content.decode()


# ── what makes no sense ──────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["lane", "door", "standing", "assigned", "offer", "show", "alike"])
@pytest.mark.parametrize("value", ["nonsense", "9" * 30])
def test_what_nothing_can_be_is_404(owner: Client, door: Door, name: str, value: str) -> None:
    left(door)
    assert look(owner, **{name: value}).status_code == 404


@pytest.mark.parametrize("name", ["tag", "language"])
@pytest.mark.parametrize("value", ["nonsense", "x" * 3000, "<script>"])
def test_what_nothing_has_finds_nothing(owner: Client, door: Door, name: str, value: str) -> None:
    left(door)
    response = look(owner, **{name: value})
    assert response.status_code == 200
    assert "<script>x" not in response.content.decode()


def test_no_match_says_so_and_leads_on(owner: Client, door: Door) -> None:
    left(door)
    left(door, "declined", tags=["radio"])
    body = look(owner, tag="radio").content.decode()
    assert "Nothing in this list matches your filters." in body
    assert 'href="/desk/inbox?tag=radio&amp;show=all">Show everything that matches (1)' in body


@pytest.mark.parametrize("state", ["declined", "later"])
def test_filters_that_let_nothing_through_are_no_first_day(owner: Client, door: Door, state: str) -> None:
    left(door, state)
    body = look(owner, tag="radio").content.decode()
    assert "Nothing in this list matches your filters." in body
    assert [said in body for said in ("The ledge is empty.", "Elif Kaya", "put off")] == [False] * 3


def test_only_who_may_look_after_a_pitch_is_offered(owner: Client, page: Page, door: Door, helper: Assistant) -> None:
    AssistantFactory(page=page, role="reader", name="Rea Der")
    assert offered(look(owner))["assigned"] == ["nobody", str(helper.pk)]


def test_a_helper_of_another_page_is_nobody(owner: Client, door: Door) -> None:
    left(door)
    assert look(owner, assigned=AssistantFactory().pk).status_code == 404


def test_what_was_left_empty_stands_in_no_link(owner: Client, door: Door) -> None:
    left(door, tags=["radio"])
    body = look(owner, q="", door="", standing="", tag="radio", offer="", assigned="").content.decode()
    assert 'href="/desk/inbox?tag=radio&amp;show=later"' in body


# ── what there is to choose ──────────────────────────────────────────────────
def offered(response: Any) -> dict[str, list[str]]:
    return {one.name: [choice.value for choice in one.choices] for one in response.context["selects"]}


def test_only_what_tells_two_apart_is_offered(owner: Client, door: Door) -> None:
    left(door)
    assert list(offered(look(owner))) == ["lane", "standing", "offer"]
    left(door, language="de", tags=["radio", "berlin"])
    AssistantFactory(page=door.page, role="screener", name="Ann")
    AssistantFactory(page=door.page, name="only by mail")
    found = offered(look(owner))
    assert (found["language"], found["tag"]) == (["de", "en"], ["berlin", "radio"])
    assert len(found["assigned"]) == 2


def test_a_tag_that_nothing_has_any_more_stays_chosen(owner: Client, door: Door) -> None:
    left(door)
    assert '<option value="gone" selected>gone</option>' in look(owner, tag="gone").content.decode()


# ── lanes, pages, cost ───────────────────────────────────────────────────────
def test_lanes_say_what_they_cost(owner: Client, door: Door) -> None:
    for _number in range(8):
        left(door)
    left(door, "later")
    body = look(owner).content.decode()
    assert "8 · about 3 min · no history at this door" in body
    assert '<span class="quiet">1</span>' in look(owner, show="later").content.decode()


@pytest.mark.parametrize("show", ["ledge", "all", "answered", "later"])
def test_a_page_of_a_filter_keeps_its_filter(
    owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch, show: str
) -> None:
    monkeypatch.setattr(lanes, "AT_ONCE", 2)
    state = {"answered": "declined", "later": "later"}.get(show, "waiting")
    moment = left(door, state, tags=["radio"]).handed_in_at
    for number in range(4):
        left(door, state, tags=["radio"], handed_in_at=moment - timedelta(hours=number // 2))
        left(door, state)
    seen, asked = [], {"tag": "radio", "show": show}
    for _page in range(3):
        response = look(owner, **asked)
        seen += codes(response)
        shelf = response.context["shelves"][0]
        assert shelf.count == 5
        if shelf.more:
            said = f"tag=radio&amp;show={show}&amp;lane={shelf.kind.name}&amp;after={shelf.more}"
            assert said in response.content.decode()
        asked |= {"lane": shelf.kind.name, "after": shelf.more}
    assert sorted(seen) == sorted(Pitch.objects.filter(tags=["radio"]).values_list("code", flat=True))


def test_it_goes_on_after_a_pitch_that_was_answered_meanwhile(
    owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "AT_ONCE", 2)
    moment = left(door).handed_in_at
    for number in range(1, 5):
        left(door, handed_in_at=moment + timedelta(hours=number))
    first = look(owner)
    after = first.context["shelves"][0].more
    Pitch.objects.filter(code=after).update(state="declined")
    assert set(codes(look(owner, lane="first_knock", after=after))).isdisjoint(codes(first))


@pytest.mark.parametrize("asked", [{}, {"tag": "radio"}, {"tag": "radio", "q": "widgets"}])
def test_three_rows_cost_what_one_costs(owner: Client, door: Door, asked: dict[str, str], helper: Assistant) -> None:
    counted = []
    for _number in range(3):
        left(door, tags=["radio"], assigned_to=helper)
        with CaptureQueriesContext(connection) as queries:
            look(owner, **asked)
        counted.append(len(queries))
    assert len(set(counted)) == 1
