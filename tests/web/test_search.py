"""Search in the inbox: the address holds it, other pages stay out of it, and what matched is marked and escaped."""

from typing import Any

import pytest
from django.test import Client

from pitches import search
from pitches.models import Door, Embargo, Page, Pitch
from pitches.web import searching
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page, slug="research", name="Original research")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def look(owner: Client, **asked: str) -> Any:
    return owner.get("/desk/inbox", asked)


def codes(response: Any) -> list[str]:
    return [row.code for row in response.context["rows"]]


def left(door: Door, state: str = "waiting", **more: Any) -> Pitch:
    return PitchFactory(door=door, **{state: True, "line": "Widgets measured", "why": ""} | more)


# ── who ──────────────────────────────────────────────────────────────────────
def test_nobody_searches_without_a_session(client: Client, page: Page) -> None:
    assert client.get("/desk/inbox?q=widgets").headers["Location"] == "/account/login/?next=/desk/inbox%3Fq%3Dwidgets"


def test_another_page_is_not_found(owner: Client, door: Door) -> None:
    theirs = left(DoorFactory(slug="theirs"))
    for said in ("widgets", theirs.code, "kaya", "wigdets"):
        assert "data-row" not in look(owner, q=said).content.decode()
    assert look(owner, q="widgets", door="theirs").status_code == 404


def test_an_unproven_pitch_is_not_found(owner: Client, door: Door) -> None:
    left(door, "unproven")
    assert "Nothing found." in look(owner, q="widgets").content.decode()


def test_what_is_sealed_stays_sealed(owner: Client, door: Door) -> None:
    pitch = left(door, groups={"news": {"terms": ""}})
    Embargo.objects.create(pitch=pitch, lifts_at=pitch.handed_in_at, zone="UTC", sealed=b"zanzibar")
    assert codes(look(owner, q="zanzibar")) == []


# ── the address ──────────────────────────────────────────────────────────────
def test_words_door_and_list_combine(owner: Client, page: Page, door: Door) -> None:
    other = DoorFactory(page=page, slug="events", name="Events")
    here, later, there = left(door), left(door, "later"), left(other)
    left(door, line="Something else")
    assert set(codes(look(owner, q="widget"))) == {here.code, later.code, there.code}
    assert set(codes(look(owner, q="widget", door="research"))) == {here.code, later.code}
    response = look(owner, q="widget", door="research", show="later")
    assert codes(response) == [later.code]
    assert [(one.value, one.count) for one in response.context["lists"]] == [("all", 2), ("ledge", 1), ("later", 1)]
    body = response.content.decode()
    assert 'href="?q=widget&amp;door=research"' in body
    assert '<option value="research" selected>Original research</option>' in body
    assert 'href="/desk/inbox">Clear the search' in body


def test_a_door_alone_is_a_filter(owner: Client, page: Page, door: Door) -> None:
    pitch = left(door)
    left(DoorFactory(page=page, slug="events"))
    response = look(owner, q=" ", door="research")
    assert [row.code for shelf in response.context["shelves"] for row in shelf.rows] == [pitch.code]
    assert "<bdi>Behind “Original research”</bdi>" in response.content.decode()


@pytest.mark.parametrize("asked", [{"q": "x", "show": "none"}, {"q": "x", "door": "none"}, {"door": "none"}])
def test_lists_and_doors_that_are_none(owner: Client, door: Door, asked: dict[str, str]) -> None:
    assert look(owner, **asked).status_code == 404


def test_an_empty_question_is_the_inbox(owner: Client, door: Door) -> None:
    left(door)
    response = look(owner, q="  ", door="")
    assert "shelves" in response.context
    assert 'name="q" value=""' in response.content.decode()


def test_nothing_found_says_what_to_do(owner: Client, door: Door) -> None:
    body = look(owner, q="xylophone", door="research").content.decode()
    assert "Nothing found." in body
    assert "Look behind every door" in body
    assert "Back to the ledge" in body


def test_a_list_without_any_of_it_leads_to_the_others(owner: Client, door: Door) -> None:
    left(door)
    body = look(owner, q="widgets", show="answered").content.decode()
    assert "None of it is in this list." in body
    assert "On the ledge (1)" in body


@pytest.mark.parametrize(
    "asked", [{"show": "later"}, {"tag": "old"}, {"lane": "later"}, {"tag": "old", "show": "later"}]
)
def test_what_a_filter_leaves_is_looked_for_behind_the_newest(
    owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    oldest = left(door, "later", tags=["old"])
    for _number in range(5):
        left(door)
    response = look(owner, q="widgets", **asked)
    body = response.content.decode()
    assert (codes(response), "1 pitch, the newest first." in body) == ([oldest.code], True)
    assert "+)" not in body
    monkeypatch.setattr(search, "FARTHEST", 4)
    response = look(owner, q="widgets", **asked)
    body = response.content.decode()
    assert (codes(response), "0 pitches among the newest 4 that were found" in body) == ([], True)
    assert "None of the newest 4 is in this list or passes the filters." in body
    assert [one.value for one in response.context["lists"]] == list(searching.LISTS)


def test_what_reads_alike_is_folded_under_the_newest_in_a_search(owner: Client, door: Door) -> None:
    several = [left(door, cluster=7) for _number in range(3)]
    several[2].refresh_from_db()
    other = left(door)
    response = look(owner, q="widgets")
    assert codes(response) == [other.code, several[2].code]
    (head,) = [row for row in response.context["rows"] if row.alike]
    assert ([one.code for one in head.alike], head.alike[0].among) == ([several[1].code, several[0].code], 2)
    assert len(codes(look(owner, q="widgets", alike=several[2].code))) == 3


# ── rows ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_three_rows_cost_what_one_costs(owner: Client, door: Door, django_assert_num_queries: Any, count: int) -> None:
    for number in range(count):
        left(door, sender__email=f"a{number}@b.example")
    with django_assert_num_queries(16):
        assert len(codes(look(owner, q="widget"))) == count


def test_it_goes_on_after_the_last_row(owner: Client, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    moment = left(door).handed_in_at
    for _number in range(3):
        left(door)
    Pitch.objects.filter(page=door.page).update(handed_in_at=moment)
    first = look(owner, q="widgets")
    assert f"after={first.context['more']}" in first.content.decode()
    second = look(owner, q="widgets", after=first.context["more"])
    newest = list(Pitch.objects.order_by("-pk").values_list("code", flat=True))
    assert (codes(first), codes(second), second.context["more"]) == (newest[:2], newest[2:], "")


def test_after_a_foreign_pitch_is_from_the_start(owner: Client, door: Door) -> None:
    mine, theirs = left(door), left(DoorFactory())
    assert codes(look(owner, q="widgets", after=theirs.code)) == [mine.code]


def test_quarantine_is_found_and_marked(owner: Client, door: Door) -> None:
    left(door, "quarantine")
    body = look(owner, q="widgets").content.decode()
    assert '<span class="chip no">In quarantine</span>' in body
    assert "Quarantine (1)" in body


def test_what_matched_is_marked(owner: Client, door: Door) -> None:
    left(door, line="Measuring widgets", why="We measured and measured.", name="Priya Nair", company="Mosaïc")
    body = look(owner, q="measure nai mosaic").content.decode()
    assert "<mark>Measuring</mark> widgets" in body
    assert "<mark>measured</mark> and <mark>measured</mark>" in body
    assert "Priya <mark>Nair</mark>" in body
    assert "<mark>Mosaïc</mark>" in body


def test_a_slip_is_marked_and_said(owner: Client, door: Door) -> None:
    left(door, name="Priya Nair")
    body = look(owner, q="Pryya").content.decode()
    assert "These read almost like it." in body
    assert "<mark>Priya</mark> Nair" in body


@pytest.mark.parametrize("said", ["<script>alert(1)</script>", '"><b>', "{{ 7 }}", "foo & | :*", "'", "\x02b\x03"])
def test_what_is_typed_is_shown_as_typed(owner: Client, door: Door, said: str) -> None:
    left(door, line="<b>Script</b> alert & more", name="<i>Foo</i>", why="<script>alert(1)</script>")
    response = look(owner, q=said)
    body = response.content.decode()
    assert response.status_code == 200
    assert [bad for bad in ("<b>", "<script>alert", "<i>") if bad in body] == []


@pytest.mark.parametrize("said", ["x" * 200, "word " * 40, "ж" * 500, "\u202eabc", "%00", "&" * 200, "😀" * 100])
def test_long_and_odd_questions_are_harmless(owner: Client, door: Door, said: str) -> None:
    left(door)
    assert look(owner, q=said).status_code == 200


def test_right_to_left_words_keep_their_direction(owner: Client, door: Door) -> None:
    left(door, language="ar", line="استطلاع الرأي حول الإعلانات")
    body = look(owner, q="إعلان").content.decode()
    assert 'lang="ar" dir="auto">استطلاع الرأي حول <mark>الإعلانات</mark>' in body


def test_another_letter_beside_the_list(owner: Client, door: Door) -> None:
    left(door)
    older = left(door)
    response = look(owner, q="widgets", at=older.code)
    assert response.context["pitch"].code == older.code
