"""The book: notes, tags, and one person with several mailboxes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from pitches import book, relationships
from pitches.models import Contact, Evidence, EvidenceKind, Note, Page, Relationship, Sender, Standing, Vouch
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
K = EvidenceKind


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def pair() -> tuple[Sender, Sender]:
    old, new = "elif@old.example", "elif@new.example"
    return SenderFactory(email=old, canonical=old), SenderFactory(email=new, canonical=new)


def levels(page: Page) -> list[tuple[Any, ...]]:
    fields = ("sender", "agency", "door", "rung", "by_hand", "blocked", "paused_until", "fades_at")
    return sorted(Relationship.objects.filter(page=page).values_list(*fields), key=str)


def stands(page: Page, *people: Sender, door: Any = None) -> list[str]:
    return [relationships.standing_of(page, who, door).value for who in people]


def by_hand(page: Page, who: Any, standing: str, **more: Any) -> Evidence:
    clock.move_to(clock.now() + timedelta(minutes=1))
    return relationships.set_by_hand(page, who, Standing(standing), by=page.owner, **more)


# ── a word is taken back ─────────────────────────────────────────────────────
def test_what_is_taken_back_was_never_said_and_stays_written(page: Page, pair: tuple[Sender, Sender]) -> None:
    who, door = pair[0], DoorFactory(page=page)
    relationships.note_once(PitchFactory(door=door, sender=who), K.ACCEPTED, by=None)
    before = levels(page)
    word = by_hand(page, who, "stranger", door=door)
    assert stands(page, who, door=door) == ["stranger"]
    relationships.take_back(word, by=page.owner)
    assert (levels(page), stands(page, who, door=door)) == (before, ["known"])
    assert list(Evidence.objects.values_list("kind", flat=True)) == ["accepted", "by_hand", "taken_back"]
    assert not sum(relationships.rebuild())


def test_pressed_twice_is_said_once(page: Page, pair: tuple[Sender, Sender]) -> None:
    book.merge(page, *pair)
    again = [relationships.set_by_hand(page, pair[0], Standing.TRUSTED, by=page.owner) for _press in range(2)]
    assert (again[0], Evidence.objects.count()) == (again[1], 2)
    relationships.take_back(again[1], by=page.owner)
    assert stands(page, *pair) == ["stranger", "stranger"]
    relationships.set_by_hand(page, pair[0], Standing.TRUSTED, by=page.owner)
    assert stands(page, *pair) == ["trusted", "trusted"]


def test_said_again_is_said(page: Page, pair: tuple[Sender, Sender]) -> None:
    who, door = pair[0], DoorFactory(page=page)
    first = by_hand(page, who, "stranger")
    others = [
        relationships.set_by_hand(page, who, Standing.STRANGER, by=page.owner, **more)
        for more in ({"note": "why"}, {"door": door}, {})
    ]
    relationships.note_once(PitchFactory(door=door, sender=who), K.ACCEPTED, by=None)
    others.append(relationships.set_by_hand(page, who, Standing.STRANGER, by=page.owner))
    others.append(by_hand(page, who, "stranger"))  # a minute later
    assert len({first, *others}) == 6


def test_one_mailbox_alone_is_no_double(page: Page, pair: tuple[Sender, Sender]) -> None:
    by_hand(page, pair[0], "known")
    book.merge(page, *pair)
    relationships.set_by_hand(page, pair[0], Standing.KNOWN, by=page.owner)
    assert Evidence.objects.filter(sender=pair[1]).count() == 1


def test_a_person_has_at_most_twenty_mailboxes(page: Page) -> None:
    first, *others = [SenderFactory() for _number in range(21)]
    for other in others[:19]:
        book.merge(page, first, other)
    with pytest.raises(book.TooMany):
        book.merge(page, others[-1], first)
    assert len(book.mailboxes(page, first)) == 20


def test_an_older_word_and_one_taken_back_already_stay(page: Page, pair: tuple[Sender, Sender]) -> None:
    first = by_hand(page, pair[0], "known")
    second = by_hand(page, pair[0], "trusted")
    with pytest.raises(relationships.SaidSince):
        relationships.take_back(first, by=None)
    relationships.take_back(second, by=None)
    with pytest.raises(relationships.SaidSince):
        relationships.take_back(second, by=None)
    assert stands(page, pair[0]) == ["known"]


def test_the_word_about_an_agency_is_taken_back(page: Page, pair: tuple[Sender, Sender]) -> None:
    word = by_hand(page, pair[0].agency, "blocked")
    by_hand(page, pair[0], "known")
    relationships.take_back(word, by=None)
    assert stands(page, pair[0]) == ["known"]


def test_whoever_is_unblocked_stands_where_they_stood(page: Page, pair: tuple[Sender, Sender]) -> None:
    who, door = pair[0], DoorFactory(page=page)
    by_hand(page, who, "known")
    by_hand(page, who, "paused", until=MONDAY + timedelta(days=3))
    by_hand(page, who, "blocked")
    by_hand(page, who, "blocked", door=door)
    assert relationships.lift(page, who, by=None)
    assert (stands(page, who), stands(page, who, door=door)) == (["known"], ["blocked"])
    assert relationships.lift(page, who, by=None, door=door)
    assert (relationships.lift(page, who, by=None), stands(page, who, door=door)) == (False, ["known"])


def test_what_was_taken_back_is_not_among_the_changes(page: Page, pair: tuple[Sender, Sender]) -> None:
    book.merge(page, *pair)
    by_hand(page, pair[0], "known")
    word = by_hand(page, pair[1], "trusted")
    relationships.take_back(word, by=None)
    assert [row.standing for row in relationships.changes_by_hand(page, pair[0])] == ["known"]


# ── one person, several mailboxes ────────────────────────────────────────────
def test_what_each_mailbox_did_counts_for_both(page: Page, pair: tuple[Sender, Sender]) -> None:
    door, (one, other) = DoorFactory(page=page), pair
    for who in pair:
        relationships.note_once(PitchFactory(door=door, sender=who), K.ACCEPTED, by=None)
    for who in pair:
        relationships.note_once(PitchFactory(door=door, sender=who), K.OFF_TOPIC, by=None)
    relationships.note_once(PitchFactory(door=door, sender=one), K.OFF_TOPIC, by=None)
    before = levels(page)
    assert stands(page, one, other, door=door) == ["stranger", "known"]
    assert book.merge(page, one, other) == [other]
    assert stands(page, one, other, door=door) == ["known", "known"]
    relationships.note_once(PitchFactory(door=door, sender=other), K.OFF_TOPIC, by=None)
    assert stands(page, one, other, door=door) == ["stranger", "stranger"]
    Evidence.objects.last().delete()
    assert book.split(page, [other]) == [one]
    assert levels(page) == before


@pytest.mark.parametrize("standing", ["blocked", "paused"])
def test_a_block_or_a_pause_of_one_holds_for_all(page: Page, pair: tuple[Sender, Sender], standing: str) -> None:
    one, other = pair
    by_hand(page, one, standing, until=MONDAY + timedelta(days=3))
    by_hand(page, other, "trusted")
    book.merge(page, other, one)
    assert stands(page, one, other) == [standing, standing]
    assert relationships.blocks(page, other.email, DoorFactory(page=page)) == (standing == "blocked")
    by_hand(page, other, "known")  # the owner means the person
    assert stands(page, one, other) == ["known", "known"]


def test_the_hand_means_the_person_also_after_a_split(page: Page, pair: tuple[Sender, Sender]) -> None:
    book.merge(page, *pair)
    word = by_hand(page, pair[1], "blocked")
    book.split(page, [pair[1]])
    assert stands(page, *pair) == ["blocked", "blocked"]
    book.merge(page, *pair)
    relationships.take_back(word, by=None)
    assert stands(page, *pair) == ["stranger", "stranger"]


def test_the_trust_in_an_agency_never_travels_with_a_person(page: Page, pair: tuple[Sender, Sender]) -> None:
    old, new = pair
    by_hand(page, old.agency, "trusted")
    book.merge(page, old, new)
    assert stands(page, old, new) == ["trusted", "stranger"]
    by_hand(page, old.agency, "blocked")
    assert stands(page, old, new) == ["blocked", "stranger"]


def test_other_pages_know_nothing_of_it(page: Page, pair: tuple[Sender, Sender]) -> None:
    other = PageFactory()
    by_hand(other, pair[0], "trusted")
    book.merge(page, *pair)
    assert (stands(other, *pair), book.mailboxes(other, pair[0])) == (["trusted", "stranger"], [pair[0]])


def test_merging_twice_and_parting_nobody(page: Page, pair: tuple[Sender, Sender]) -> None:
    book.merge(page, *pair)
    assert book.merge(page, pair[1], pair[0]) == []
    for leaving in ([], list(pair), [SenderFactory()]):
        with pytest.raises(book.NotTogether):
            book.split(page, leaving)
    assert book.mailboxes(page, pair[1]) == [*pair]


people = st.integers(0, 3)
deeds = st.tuples(st.sampled_from(["accepted", "off_topic", "known", "stranger", "blocked", "lift"]), people)


@settings(max_examples=12, deadline=None)
@given(st.lists(deeds, max_size=8), st.lists(st.tuples(people, people), min_size=1, max_size=3), st.booleans())
def test_parting_gives_exactly_what_was_before(
    history: list[tuple[str, int]], merges: list[tuple[int, int]], at_door: bool
) -> None:
    with clock.standing_at(MONDAY), transaction.atomic():  # and back: the next ones rebuild no page of this one
        page, crowd = PageFactory(), [SenderFactory() for _number in range(4)]
        door = DoorFactory(page=page)
        for what, number in history:
            clock.move_to(clock.now() + timedelta(days=1))
            if what in ("accepted", "off_topic"):
                relationships.note_once(PitchFactory(door=door, sender=crowd[number]), K(what), by=None)
            elif what != "lift":
                place = door if at_door else None
                relationships.set_by_hand(page, crowd[number], Standing(what), by=None, door=place)
            else:
                relationships.lift(page, crowd[number], by=None, door=door if at_door else None)
        before = levels(page)
        undo = [
            (moved, levels_then) for one, other in merges for levels_then, moved in [_merged(page, crowd, one, other)]
        ]
        assert not sum(relationships.rebuild())
        for moved, then in reversed(undo):
            if moved:
                book.split(page, moved)
            assert levels(page) == then
        assert levels(page) == before
        assert not sum(relationships.rebuild())
        transaction.set_rollback(True)


def _merged(page: Page, crowd: list[Sender], one: int, other: int) -> tuple[Any, list[Sender]]:
    return levels(page), book.merge(page, crowd[one], crowd[other])


def test_a_rebuild_finds_no_difference_with_merges_and_revoked_vouches(
    page: Page, pair: tuple[Sender, Sender], capsys: pytest.CaptureFixture[str]
) -> None:
    vouch = Vouch.objects.create(page=PageFactory(), to=page, sender=pair[0], words="Good", at=MONDAY, taken_at=MONDAY)
    Evidence.objects.create(page=page, sender=pair[0], kind=K.INTRODUCED, vouch=vouch, at=MONDAY)
    book.merge(page, *pair)
    assert stands(page, *pair) == ["introduced", "introduced"]
    vouch.revoked_at = MONDAY
    vouch.save()
    relationships.recompute(page, pair[1])
    assert stands(page, *pair) == ["stranger", "stranger"]
    call_command("standing", "rebuild")
    assert "0 levels" in capsys.readouterr().out


# ── notes and tags ───────────────────────────────────────────────────────────
def test_a_note_is_removed_by_who_wrote_it(page: Page, pair: tuple[Sender, Sender]) -> None:
    note = book.add_note(page, pair[0], "Ask about Lagos.", by=page.owner)
    assert not book.remove_note(note, by=UserFactory())
    assert book.remove_note(note, by=page.owner)
    again = book.add_note(page, pair[0], note.text, by=page.owner, at=note.at)
    assert (Note.objects.get(), again.at, Contact.objects.count()) == (again, MONDAY, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["Radio", "radio", " RADIO "], ["radio"]),
        (["#  deep   dives", ""], ["deep dives"]),
        (["STRASSE", "straße"], ["strasse"]),
        (["b", "a"], ["b", "a"]),
    ],
)
def test_tags_are_written_in_one_way(typed: list[str], kept: list[str]) -> None:
    assert book.normalised(typed) == kept


def test_the_tags_of_a_person_go_along_when_they_are_parted(page: Page, pair: tuple[Sender, Sender]) -> None:
    one, other = pair
    book.keep_tags(page, [one], ["radio", "berlin"])
    book.keep_tags(page, [other], ["Berlin", "data"])
    book.merge(page, one, other)
    rows = book.contacts(page, pair)
    assert book.tags_of(rows) == ["berlin", "data", "radio"]
    book.keep_tags(page, [one, other], ["berlin", "radio", "new"])
    assert {row.sender: row.tags for row in book.contacts(page, pair)} == {one: ["radio", "new"], other: ["berlin"]}
    book.keep_tags(page, [one, other], [])
    assert book.tags_of(book.contacts(page, pair)) == []
    book.keep_tags(page, [one], [str(number) for number in range(12)])
    assert len(book.contacts(page, [one])[0].tags) == 8
