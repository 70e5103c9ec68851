"""One agency at the desk: its people, how they stand, which way they come."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from pitches import relationships
from pitches.models import Page, Sender, Standing
from portal import clock
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def sender(box: str = "elif", **more: Any) -> Sender:
    canonical = f"{box.partition('+')[0]}@mosaic.example"
    return SenderFactory(email=f"{box}@mosaic.example", canonical=canonical, **more)


def pitch(page: Page, who: Sender, **more: Any) -> Any:
    door = page.doors.first() or DoorFactory(page=page)
    return PitchFactory(**({"waiting": True, "door": door, "sender": who} | more))


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def see(client: Client, who: Sender) -> Any:
    return client.get(f"/desk/agencies/{who.agency_id}")


# ── who may come in ──────────────────────────────────────────────────────────
def test_nobody_is_sent_to_the_sign_in(client: Client) -> None:
    assert client.get("/desk/agencies/1")["Location"] == "/account/login/?next=/desk/agencies/1"


def test_an_owner_knows_only_who_handed_in_at_their_own_page(owner: Client, page: Page) -> None:
    here, elsewhere, unproven = sender(), SenderFactory(email="a@other.example"), SenderFactory(email="b@third.example")
    pitch(page, here)
    PitchFactory(waiting=True, sender=elsewhere)
    PitchFactory(door=page.doors.first(), sender=unproven)  # written, not handed in
    stranger = AgencyFactory()
    found = [
        owner.get(f"/desk/agencies/{pk}") for pk in (elsewhere.agency_id, unproven.agency_id, stranger.pk, 999_999)
    ]
    assert see(owner, here).status_code == 200
    assert [response.status_code for response in found] == [404] * 4
    assert len({response.content for response in found}) == 1


def test_what_happens_at_other_pages_is_not_shown(owner: Client, page: Page) -> None:
    here, colleague = sender("elif", name="Elif Kaya"), sender("omar", name="Omar Elsewhere")
    pitch(page, here)
    PitchFactory(waiting=True, sender=colleague, line="Not for Maya")
    other = PitchFactory(waiting=True, sender=here, line="Also not for Maya", came_from="message")
    relationships.set_by_hand(other.page, here, Standing.BLOCKED, by=None)
    response = see(owner, here)
    shown = text(response)
    for word in ("Omar Elsewhere", "Not for Maya", "Also not for Maya", "Blocked by hand"):
        assert word not in shown, word
    assert [stand.standing.value for one in response.context["people"] for stand in one.stands] == ["stranger"]
    assert "1 came by a door, none by a window." in shown


# ── doors and windows ────────────────────────────────────────────────────────
def test_doors_and_windows_are_counted(owner: Client, page: Page) -> None:
    elif_, omar = sender("elif"), sender("omar")
    for came in ("", "", "bio", "badge", "qr", "signature", "message"):
        pitch(page, elif_, came_from=came)
    for came in ("message", "mention", "withdrawn"):
        pitch(page, omar, came_from=came if came != "withdrawn" else "", withdrawn=came == "withdrawn")
    response = see(owner, elif_)
    assert response.context["ways"].words == "7 came by a door, 3 by a window: 2 messages, 1 mention."
    assert response.context["ways"].bar == 70
    people = {one.email: one.ways.words for one in response.context["people"]}
    assert people == {
        "elif@mosaic.example": "6 came by a door, 1 by a window: 1 message.",
        "omar@mosaic.example": "1 came by a door, 2 by a window: 1 message, 1 mention.",
    }
    assert 'width="70"' in response.content.decode()


def test_its_name_is_the_one_it_gave_here(owner: Client, page: Page) -> None:
    who = sender()
    who.agency.name = "Name from another page"
    who.agency.save()
    pitch(page, who, company="Mosaic, older", handed_in_at=clock.now() - timedelta(days=2))
    pitch(page, who, company="Mosaic")
    assert (see(owner, who).context["name"], "another page" in text(see(owner, who))) == ("Mosaic", False)
    page.pitches.update(company="")
    assert see(owner, who).context["name"] == "mosaic.example"


# ── how they stand ───────────────────────────────────────────────────────────
def test_each_person_stands_as_the_owner_set_it(owner: Client, page: Page) -> None:
    new, known, tagged, paused = sender("new"), sender("known"), sender("tag+x"), sender("paused")
    plain, cousin = sender("tag"), sender("known+x")
    for who in (new, known, tagged, plain, cousin, paused):
        pitch(page, who)
    door = page.doors.first()
    relationships.set_by_hand(page, known, Standing.KNOWN, by=page.owner, door=door)
    relationships.set_by_hand(page, known, Standing.INTRODUCED, by=page.owner)
    relationships.set_by_hand(page, plain, Standing.BLOCKED, by=page.owner)
    until = clock.now() + timedelta(days=3)
    relationships.set_by_hand(page, paused, Standing.PAUSED, by=page.owner, until=until)

    def stands() -> dict[str, list[tuple[str, str]]]:
        people = see(owner, new).context["people"]
        return {one.email: [(stand.standing.value, stand.where) for stand in one.stands] for one in people}

    assert stands() == {
        "new@mosaic.example": [("stranger", "every door")],
        "known@mosaic.example": [("introduced", "every door"), ("known", door.name)],
        "known+x@mosaic.example": [("stranger", "every door")],
        "tag+x@mosaic.example": [("blocked", "every door")],
        "tag@mosaic.example": [("blocked", "every door")],
        "paused@mosaic.example": [("paused", "every door")],
    }
    with clock.standing_at(until):
        assert stands()["paused@mosaic.example"] == [("stranger", "every door")]


# ── their pitches ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        who = sender(f"person{number}")
        row = pitch(page, who)
        relationships.set_by_hand(page, who, Standing.KNOWN, by=page.owner, door=row.door)
    with django_assert_num_queries(23):
        response = see(owner, who)
    assert (len(response.context["people"]), len(response.context["pitches"])) == (count, count)


def test_the_newest_fifty_are_listed(owner: Client, page: Page) -> None:
    who = sender()
    for number in range(51):
        pitch(page, who, line=f"Number {number}", handed_in_at=clock.now() + timedelta(seconds=number))
    response = see(owner, who)
    lines = [row.line for row in response.context["pitches"]]
    assert (len(lines), lines[0], lines[-1]) == (50, "Number 50", "Number 1")
    assert "Older ones are not listed." in text(response)


def test_the_pitch_page_leads_to_the_agency(owner: Client, page: Page) -> None:
    row = pitch(page, sender(), company="Mosaic")
    alone = pitch(page, SenderFactory(email="a@gmail.example", agency=None))
    assert f'<a href="/desk/agencies/{row.sender.agency_id}">All that came from Mosaic</a>' in text(
        owner.get(f"/desk/pitch/{row.code}")
    )
    assert "/desk/agencies/" not in text(owner.get(f"/desk/pitch/{alone.code}"))
