"""Roles at the desk: who may what, by every address and every button; and who is out is out."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from pitches.models import RANKS, Role
from tests.races import checksum
from tests.test_urls import URLS, World

pytestmark = pytest.mark.django_db
SAFE = ("django_session",)
# The least role for each address of the desk; what is not named here is the owner's alone.
LEAST = {
    Role.READER: """home inbox pitch file link dates session shortcuts outgoing outgoing_read follow_ups agency people
        person numbers numbers_csv mail view_keep view_change view_drop read_anyway not_today""",
    Role.SCREENER: """answer restore start session_answer session_undo session_end session_pause session_skip
        session_along session_look bulk bulk_undo outgoing_undo outgoing_undo_all remark remark_drop pitch_tags assign
        agency_note agency_tags person_note person_tags""",
    Role.ASSISTANT: """offer offer_undo offer_answer outcome standing outgoing_send outgoing_send_all call_again
        write agency_standing person_standing follow_up_done fair_no""",
}
NEEDS = {f"desk:{name}": role for role, text in LEAST.items() for name in text.split()}
DESK = sorted(name for name in URLS if name.startswith("desk:") and name != "desk:sit")
HELPERS = (Role.READER, Role.SCREENER, Role.ASSISTANT)
PAGES = ("inbox", "pitch", "session", "outgoing", "follow_ups", "people", "person", "agency", "numbers", "mail")
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"|hx-post="([^"]+)"')
LINK = re.compile(r'<a[^>]*href="(/desk[^"]*)"')


@pytest.fixture
def world() -> World:
    return World()


def reaches(role: Role, name: str) -> bool:
    return RANKS.index(role) >= RANKS.index(NEEDS.get(name, Role.OWNER))


def test_every_address_of_the_desk_is_known_here() -> None:
    assert [name for name in NEEDS if name not in URLS] == []


@pytest.mark.parametrize("role", HELPERS)
def test_what_a_role_does_not_reach_is_refused_and_changes_nothing(world: World, role: Role) -> None:
    client = world.helper(role)
    before = checksum(*SAFE)
    beyond = [name for name in DESK if not reaches(role, name)]
    found = {name: {getattr(client, how)(world.path(name)).status_code for how in ("get", "post")} for name in beyond}
    assert {name: codes for name, codes in found.items() if codes != {403}} == {}
    assert checksum(*SAFE) == before


@pytest.mark.parametrize("role", HELPERS)
def test_what_a_role_reaches_is_not_refused(world: World, role: Role) -> None:
    client = world.helper(role)
    reached = [name for name in DESK if reaches(role, name)]
    assert {name for name in reached if client.get(world.path(name)).status_code == 403} == set()
    # With nothing in it, a post is checked and taken or refused for what it says; who may only sort undoes no yes.
    refused = {name for name in reached if client.post(world.path(name)).status_code == 403}
    assert refused == ({"desk:outgoing_undo", "desk:bulk_undo"} if role == Role.SCREENER else set())


@pytest.mark.parametrize("more", [{"role": Role.MAIL}, {"role": Role.ASSISTANT, "joined_at": None}])
def test_mail_alone_or_without_their_word_is_no_seat(world: World, more: dict) -> None:
    client, before = world.helper(**more), checksum(*SAFE)
    for name in DESK:
        for how in ("get", "post"):
            response = getattr(client, how)(world.path(name))
            assert (response.status_code, response["Location"]) == (302, "/welcome"), name
    assert checksum(*SAFE) == before


def offered(body: str) -> Iterator[str]:
    """The names of the addresses that a page of the desk leads or posts to."""
    for action in (*FORM.findall(body), *((link,) for link in LINK.findall(body))):
        path = urlsplit(next(filter(None, action))).path
        found = resolve(path)
        if "desk" in found.namespaces:
            yield f"desk:{found.url_name}"


@pytest.mark.parametrize("role", [*HELPERS, Role.OWNER])
def test_nothing_is_offered_that_the_role_does_not_reach(world: World, role: Role) -> None:
    client = world.client("owner") if role == Role.OWNER else world.helper(role)
    for page in PAGES:
        for query in ("", "?show=quarantine", "?q=the") if page == "inbox" else ("",):
            body = client.get(world.path(f"desk:{page}") + query, follow=True).content.decode()
            beyond = {name for name in offered(body) if name != "desk:sit" and not reaches(role, name)}
            assert beyond == set(), (page, query)


def test_who_may_only_sort_puts_off_and_says_neither_yes_nor_no(world: World) -> None:
    client = world.helper(Role.SCREENER)
    before = checksum(*SAFE)
    for kind in ({"kind": "yes"}, {"kind": "no", "reason": "advert"}, {"kind": "ask", "text": "Why?"}):
        assert client.post(world.path("desk:answer"), kind).status_code == 403
        assert client.post(world.path("desk:session_answer"), kind).status_code == 403
    assert client.post(world.path("desk:outgoing_undo")).status_code == 403
    assert checksum(*SAFE) == before
    assert client.post(world.path("desk:answer"), {"kind": "later", "choice": "week"}).status_code == 303
    world.waiting.refresh_from_db()
    assert world.waiting.state == "later"
    given = world.waiting.answers.get()
    assert client.post(f"/desk/outgoing/{given.pk}/undo").status_code == 303
    world.waiting.refresh_from_db()
    assert world.waiting.state == "waiting"
