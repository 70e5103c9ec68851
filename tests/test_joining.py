"""A signed book with mailboxes that are one person: as joined by hand, in few questions, and never without an end."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pitches import book, relationships
from pitches.book import exporting, importing, signed
from pitches.forms import book_file
from pitches.models import Contact, Page, Relationship, Sender, Standing
from tests.factories import DoorFactory, PageFactory, SenderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return DoorFactory(slug="research").page


def entry(number: int, same: int | None = None, rung: str = "") -> dict[str, Any]:
    standings = [{"rung": rung, "by_hand": True}] if rung else []
    more = {"same_as": f"p{same}@mosaic.example"} if same is not None else {}
    return {"email": f"p{number}@mosaic.example", "standings": standings, **more}


def bring(page: Page, people: list[dict[str, Any]]) -> int:
    """How many questions it took."""
    text = signed.dump({**exporting.book(PageFactory()), "people": people})
    found = book_file.read(text, page)
    assert found.problems == []
    seen = importing.plan(page, found.rows).digest
    with CaptureQueriesContext(connection) as asked:
        importing.write(page, found.rows, by=page.owner, seen=seen)
    return len(asked)


def person(number: int) -> Sender:
    return Sender.objects.get(mailbox=f"p{number}@mosaic.example")


def test_a_chain_is_one_person_and_counts_for_all(page: Page) -> None:
    bring(page, [entry(0, 1, "trusted"), entry(1, 2), entry(2), entry(3, 0), entry(4), entry(5, 4)])
    groups = [{one.pk for one in book.mailboxes(page, person(number))} for number in (0, 4)]
    assert [len(group) for group in groups] == [4, 2]
    assert [relationships.standing_of(page, person(n), None) for n in range(5)] == ["trusted"] * 4 + ["stranger"]
    assert not Contact.objects.filter(same_as__same_as__isnull=False).exists()
    assert not sum(relationships.rebuild())


def test_who_was_one_person_before_comes_along(page: Page) -> None:
    bring(page, [entry(0), entry(1), entry(2)])
    home = SenderFactory(email="elif@home.example")
    relationships.set_by_hand(page, home, Standing.KNOWN, by=page.owner)
    book.merge(page, person(0), home)
    book.merge(page, person(1), person(2))
    bring(page, [entry(0, 2), entry(2)])
    assert {one.mailbox for one in book.mailboxes(page, home)} == {
        "elif@home.example", *(f"p{number}@mosaic.example" for number in range(3))
    }  # fmt: skip
    assert Relationship.objects.filter(page=page, rung="known").count() == 4
    assert not Contact.objects.filter(same_as__same_as__isnull=False).exists()
    assert not sum(relationships.rebuild())
    assert importing.plan(page, book_file.read(signed.dump(exporting.book(page)), page).rows).changes == []


def test_many_of_them_ask_no_more_than_few(page: Page) -> None:
    def crowd(start: int, count: int) -> list[dict[str, Any]]:
        return [entry(n, n - n % 10 if n % 10 else None, "known") for n in range(start, start + count)]

    few, many = bring(page, crowd(1000, 10)), bring(page, crowd(0, 200))
    assert few == many
    assert len(book.mailboxes(page, person(17))) == 10
    assert not sum(relationships.rebuild())


def test_one_mailbox_too_many_is_refused_with_its_line(page: Page) -> None:
    bring(page, [entry(n, 0) for n in range(18)])
    book.merge(page, person(0), SenderFactory(email="elif@home.example"))
    people = [entry(0), entry(30, 0), entry(31, 30), entry(32)]
    text = signed.dump({**exporting.book(PageFactory()), "people": people})
    found = book_file.read(text, page).problems
    assert [(one.line, one.words) for one in found] == [(3, "This is one mailbox too many: a person has at most 20.")]


def test_one_that_grew_meanwhile_is_looked_at_again(page: Page) -> None:
    bring(page, [entry(n, 0) for n in range(20)])
    rows = book_file.read(signed.dump({**exporting.book(PageFactory()), "people": [entry(40)]}), page).rows
    rows = [*rows, *[importing.Brought(**{**vars(rows[0]), "key": "p0@mosaic.example", "email": "p0@mosaic.example",
        "same_as": rows[0].key})]]  # fmt: skip
    with pytest.raises(importing.LookAgain):
        importing.write(page, rows, by=page.owner, seen=importing.plan(page, rows).digest)
    assert not Contact.objects.filter(sender__mailbox="p40@mosaic.example").exists()
