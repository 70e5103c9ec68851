"""The ledger at the desk: who is in it, what a row says, who is looked for, and page after page."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from pitches import book, relationships
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


def sender(box: str = "elif", domain: str = "mosaic.example", **more: Any) -> Sender:
    email = f"{box}@{domain}"
    return SenderFactory(email=email, canonical=f"{box.partition('+')[0]}@{domain}", **more)


def pitch(page: Page, who: Sender, **more: Any) -> Any:
    door = page.doors.first() or DoorFactory(page=page)
    return PitchFactory(**({"waiting": True, "door": door, "sender": who} | more))


def brought(page: Page, who: Sender, standing: str = "known", name: str = "") -> Sender:
    relationships.set_by_hand(page, who, Standing(standing), by=page.owner)
    book.contact(page, who)
    who.contacts.filter(page=page).update(name=name)
    return who


def found(client: Client, query: str = "") -> list[str]:
    rows = client.get(f"/desk/people{query}").context["rows"]
    return [getattr(row.who, "email", "") or row.who.domain for row in rows]


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


# ── who is in it ─────────────────────────────────────────────────────────────
def test_the_ledger_holds_who_pitched_who_is_known_and_who_was_noted(owner: Client, page: Page) -> None:
    came, known, noted = sender("came"), brought(page, sender("known")), sender("noted")
    pitch(page, came)
    book.add_note(page, noted, "Met in Lisbon.", by=page.owner)
    PitchFactory(door=page.doors.first(), sender=sender("unproven"))
    PitchFactory(waiting=True, sender=sender("elsewhere"))
    book.add_note(PageFactory(), sender("foreign"), "Not here.", by=page.owner)
    assert found(owner) == [came.email, noted.email, known.email]


def test_whoever_has_not_pitched_here_has_no_name_from_elsewhere(owner: Client, page: Page) -> None:
    who = sender("quiet", name="Told Another", company="Told Others")
    PitchFactory(waiting=True, sender=who)
    brought(page, who)
    shown = text(owner.get("/desk/people"))
    assert "quiet@mosaic.example" in shown
    assert "has not pitched yet" in shown
    for path in ("/desk/people", f"/desk/people/{who.pk}", f"/desk/agencies/{who.agency_id}"):
        assert "Told" not in text(owner.get(path)), path
    assert (found(owner, "?q=told"), found(owner, "?q=QUIET@")) == ([], [who.email])
    who.contacts.update(name="My Friend")
    assert owner.get("/desk/people").context["rows"][0].name == "My Friend"


def test_nobody_yet_and_nobody_like_that(owner: Client, page: Page) -> None:
    empty = text(owner.get("/desk/people"))
    assert "Nobody here yet." in empty
    assert '/desk/people/import" ' in empty.replace('import">', 'import" >')
    pitch(page, sender())
    assert "Nobody like that." in text(owner.get("/desk/people?q=nothing"))
    assert "Nobody more." in text(owner.get("/desk/people?after=1-1"))


def test_one_person_with_two_mailboxes_is_one_row(owner: Client, page: Page) -> None:
    old, new = sender("elif", "old.example"), sender("elif", "new.example")
    pitch(page, old, accepted=True, came_from="message", handed_in_at=clock.now() - timedelta(days=9))
    pitch(page, new, company="New House")
    pitch(page, sender("other"), handed_in_at=clock.now() - timedelta(days=1))
    book.keep_tags(page, [old], ["radio"])
    book.merge(page, old, new)
    rows = owner.get("/desk/people").context["rows"]
    assert [row.who.email for row in rows] == [old.email, "other@mosaic.example"]
    assert (rows[0].company, rows[0].others, rows[0].tags) == ("New House", 1, ["radio"])
    assert (rows[0].figures.words, rows[0].figures.ways.by_window) == ("yes to 1 of 2 pitches", 1)
    assert found(owner, "?q=new.example") == found(owner, "?tag=radio") == [old.email]


# ── who is looked for ────────────────────────────────────────────────────────
def test_the_standing_in_the_address_is_the_one_on_the_chip(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page)
    new, known, tagged = sender("new", "new.example"), sender("known"), sender("tag+x", "tags.example")
    own, plain, paused = sender("own"), sender("tag", "tags.example"), sender("paused", "slow.example")
    gone = sender("gone", "gone.example")
    for who in (new, known, tagged, plain, own, paused, gone):
        pitch(page, who)
    relationships.set_by_hand(page, known.agency, Standing.KNOWN, by=None)
    relationships.set_by_hand(page, own, Standing.TRUSTED, by=None, door=door)
    relationships.set_by_hand(page, plain, Standing.BLOCKED, by=None)
    until = clock.now() + timedelta(days=2)
    relationships.set_by_hand(page, paused, Standing.PAUSED, by=None, until=until)
    down = DoorFactory(page=page, taken_down_at=clock.now())
    relationships.set_by_hand(page, gone, Standing.TRUSTED, by=None, door=down)

    def chips() -> dict[str, set[str]]:
        rows = owner.get("/desk/people").context["rows"]
        return {row.who.email: {stand.standing.value for stand in row.stands} for row in rows}

    for moment in (clock.now(), until):
        with clock.standing_at(moment):
            shown = chips()
            for standing in Standing.values:
                wanted = {email for email, said in shown.items() if standing in said}
                assert set(found(owner, f"?standing={standing}")) == wanted, standing
    assert shown[own.email] == {"known", "trusted"}
    assert (shown[gone.email], shown[tagged.email]) == ({"stranger"}, {"blocked"})


def test_what_makes_no_sense_in_the_address_asks_for_nothing(owner: Client, page: Page) -> None:
    who = sender()
    pitch(page, who)
    for query in ("?standing=king", "?tag=none", "?after=x", "?after=-1-1", "?show=x", "?q=" + "a" * 99):
        assert found(owner, query) == [who.email], query
    assert owner.get("/desk/people?q=%00").status_code == 400


# ── agencies ─────────────────────────────────────────────────────────────────
def test_agencies_are_listed_as_they_are_called_here(owner: Client, page: Page) -> None:
    who, placed = sender(), AgencyFactory(domain="placed.example", name="Called elsewhere")
    pitch(page, who, company="Mosaic, here")
    pitch(page, sender("omar"), accepted=True)
    relationships.set_by_hand(page, placed, Standing.TRUSTED, by=None)
    AgencyFactory(domain="foreign.example")
    rows = owner.get("/desk/people?show=agencies").context["rows"]
    assert [(row.name, row.heads, row.figures.pitches) for row in rows] == [
        ("Mosaic Research", 2, 2),
        ("placed.example", 0, 0),
    ]
    assert found(owner, "?show=agencies&standing=trusted") == ["placed.example"]
    assert found(owner, "?show=agencies&standing=stranger") == ["mosaic.example"]
    assert found(owner, "?show=agencies&q=mosaic%2C%20here") == ["mosaic.example"]
    book.keep_tags(page, [placed], ["radio"])
    assert found(owner, "?show=agencies&tag=radio") == ["placed.example"]
    assert owner.get(f"/desk/agencies/{placed.pk}").status_code == 200


# ── page after page ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("show", ["", "&show=agencies"])
def test_no_gap_opens_when_somebody_pitches_meanwhile(owner: Client, page: Page, show: str) -> None:
    door, now = DoorFactory(page=page), clock.now()
    people = [sender(f"p{number}", f"a{number}.example") for number in range(53)]
    for number, who in enumerate(people[:40]):
        pitch(page, who, door=door, handed_in_at=now - timedelta(hours=number // 3))
    for who in people[40:]:
        brought(page, who)
    first = owner.get(f"/desk/people?x{show}")
    assert len(first.context["rows"]) == 50
    pitch(page, people[52], door=door, handed_in_at=now + timedelta(hours=1))  # who was to come on the second page
    second = owner.get(f"/desk/people?after={first.context['more']}{show}")
    seen = [row.who.pk for response in (first, second) for row in response.context["rows"]]
    wanted = {(who.agency_id if show else who.pk) for who in people}
    assert len(seen) == len(set(seen))
    assert wanted - set(seen) <= {people[52].agency_id if show else people[52].pk}
    assert second.context["more"] == ""


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("show", "queries"), [("", 10), ("?show=agencies", 11)])
def test_the_list_costs_the_same_for_one_and_three(
    owner: Client, django_assert_num_queries: Any, count: int, show: str, queries: int
) -> None:
    page = Page.objects.get()
    for number in range(count):
        who = sender(f"p{number}", f"a{number}.example")
        row = pitch(page, who)
        relationships.set_by_hand(page, who, Standing.KNOWN, by=page.owner, door=row.door)
        relationships.set_by_hand(page, who.agency, Standing.KNOWN, by=page.owner, door=row.door)
        book.keep_tags(page, [who], ["radio"])
        book.merge(page, who, brought(page, sender(f"q{number}", f"a{number}.example")))
    with django_assert_num_queries(queries):
        response = owner.get(f"/desk/people{show}")
    assert len(response.context["rows"]) == count
