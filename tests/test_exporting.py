"""Taking the book out: signed so that every byte counts, only the own page's, and the same standings elsewhere."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from pitches import book as verbs
from pitches import relationships
from pitches.book import exporting, importing, signed, vouching
from pitches.forms import book_file
from pitches.models import Contact, Evidence, EvidenceKind, Standing
from portal import clock, signing
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = Standing


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


def page_with_doors(handle):
    page = PageFactory(handle=handle)
    for slug in ("research", "events"):
        DoorFactory(page=page, slug=slug)
    return page


@pytest.fixture
def page():
    return page_with_doors("maya")


@pytest.fixture
def elsewhere():
    return page_with_doors("other")


def bring_along(page, text):
    found = book_file.read(text, page)
    assert found.problems == []
    return importing.write(page, found.rows, by=page.owner, seen=importing.plan(page, found.rows).digest)


def standings(page, people):
    doors = [None, *page.doors.order_by("slug")]
    return {
        (one.mailbox, door.slug if door else ""): relationships.standing_of(page, one, door, at=clock.now() + later)
        for one in people
        for door in doors
        for later in (timedelta(), timedelta(days=40))
    }


def some_history(page, chance):
    """People and agencies with all sorts of evidence, also words that stand behind a block or a pause."""
    doors = [None, *page.doors.order_by("slug")]
    people = [SenderFactory(email=f"p{n}@agency{n % 3}.example") for n in range(9)]
    agencies = [AgencyFactory(domain=f"agency{n}.example") for n in range(2)]
    for who in [*people, *agencies, *people]:
        until = MONDAY + timedelta(days=chance.choice([-3, 9, 30]))
        how = chance.choice([*S, *S, "yes", "late"])
        if how in ("yes", "late") and who in people:
            door = chance.choice(doors[1:])
            pitch = PitchFactory(door=door, accepted=True, sender=who)
            relationships.note_once(pitch, EvidenceKind.ACCEPTED if how == "yes" else EvidenceKind.LATE, by=page.owner)
        elif how in list(S):
            until = until if how == S.PAUSED else None
            relationships.set_by_hand(page, who, how, by=page.owner, door=chance.choice(doors), until=until)
    return people


@pytest.mark.parametrize("seed", range(4))
def test_there_and_elsewhere_everybody_stands_the_same(page, elsewhere, seed):
    people = some_history(page, random.Random(seed))
    if seed % 2:
        verbs.merge(page, people[0], people[1])
    text = signed.dump(exporting.book(page))
    plan = bring_along(elsewhere, text)
    assert plan.new
    assert standings(elsewhere, people) == standings(page, people)
    kinds = set(Evidence.objects.filter(page=elsewhere).values_list("kind", flat=True))
    assert kinds <= {EvidenceKind.IMPORTED}
    again = bring_along(elsewhere, text)
    assert (again.new, again.changed) == (0, 0)
    assert bring_along(page, text).changes == []


def test_the_owners_words_come_along(page, elsewhere):
    sender, other = SenderFactory(email="elif@mosaic.example"), SenderFactory(email="elif@home.example")
    Contact.objects.create(page=page, sender=sender, name="Elif", company="Mosaic", tags=["data"])
    verbs.add_note(page, sender, "One.\n\nTwo.", by=page.owner)
    verbs.add_note(page, sender, "=Three", by=page.owner)
    verbs.merge(page, sender, other)
    bring_along(elsewhere, signed.dump(exporting.book(page)))
    contact = Contact.objects.get(page=elsewhere, sender=sender)
    assert (contact.name, contact.company, contact.tags) == ("Elif", "Mosaic", ["data"])
    assert sorted(note.text for note in contact.notes.all()) == ["=Three", "One.\n\nTwo."]
    assert Contact.objects.get(page=elsewhere, sender=other).same_as == contact


def test_any_altered_byte_is_refused(page):
    relationships.set_by_hand(page, SenderFactory(email="elif@mosaic.example"), S.KNOWN, by=page.owner)
    raw = signed.dump(exporting.book(page)).encode()
    assert signed.read(raw.decode()).is_ours
    chance = random.Random(7)
    for at in [*range(0, len(raw), 7), len(raw) - 2]:
        other = bytearray(raw)
        other[at] ^= chance.choice((1, 2, 4, 16))
        with pytest.raises((signed.Altered, signed.NoBook)):
            signed.read(other.decode())


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole | {"by": "https://bank.example"},
        lambda whole: whole | {"version": 2},
        lambda whole: whole | {"more": 1},
        lambda whole: whole | {"signature": whole["signature"].rstrip("=") + "A="},
        lambda whole: whole | {"book": whole["book"] | {"people": []}},
        lambda whole: {name: part for name, part in whole.items() if name != "signature"},
    ],
)
def test_what_is_altered_as_a_whole_is_refused(page, change):
    relationships.set_by_hand(page, SenderFactory(), S.KNOWN, by=page.owner)
    whole = change(json.loads(signed.dump(exporting.book(page))))
    with pytest.raises((signed.Altered, signed.NoBook)):
        signed.read(json.dumps(whole, indent=1, sort_keys=True))


def test_a_name_that_stands_twice_or_another_spelling_is_refused(page):
    text = signed.dump(exporting.book(page))
    twice = text.replace('"version": 1', '"version": 2,\n "version": 1')
    for altered in (twice, json.dumps(json.loads(text)), text.replace('"by"', ' "by"')):
        with pytest.raises(signed.Altered):
            signed.read(altered)
    assert signed.read(f"\ufeff{text}\r\n".replace("\n", "\r\n")).is_ours  # a mail and an editor do no harm


def test_nothing_of_an_altered_book_is_read(page):
    text = signed.dump(exporting.book(page)).replace('"handle": "maya"', '"handle": "eve"')
    found = book_file.read(text, page)
    assert (found.rows, found.signer) == ([], None)
    assert "was altered after it was signed" in found.problems[0].words
    assert "This is no book of Halfdoor" in book_file.read('{"people": []}', page).problems[0].words


@override_settings(LINK_KEY="the key of another site", SITE_URL="https://other.example")
def _signed_elsewhere(content):
    return signed.dump(content)


def test_another_sites_key_is_shown(page):
    found = signed.read(_signed_elsewhere(exporting.book(page)))
    assert (found.by, found.is_ours) == ("https://other.example", False)
    assert found.fingerprint != signing.fingerprint(signing.public_key())
    assert len(found.fingerprint.split()) == 8


NASTY = {"people": [{"email": "a@b", "standings": [{"rung": "king"}], "tags": ["x" * 30], "name": "\u202e"}]}


@pytest.mark.parametrize(
    "content",
    [
        NASTY,
        {"people": [{"email": ["a"], "notes": {"text": 1}, "standings": "x"}, 3, None]},
        {"people": [{"email": "a@mosaic.example", "standings": [{"rung": "known", "until": "tomorrow"}]}]},
        {"people": [{"email": "a@mosaic.example"}, {"email": "A@mosaic.example"}]},
        {"agencies": [{"domain": "gmail.com"}]},
        {"people": [{"email": f"p{n}@mosaic.example"} for n in range(5001)]},
    ],
)
def test_whoever_signed_it_may_have_written_anything(page, content):
    """A good signature says who wrote it, and not that it is a book."""
    assert book_file.read(_signed_elsewhere(content), page).problems


def test_standings_for_doors_that_are_not_there_are_left_out_and_said(page):
    sender = SenderFactory(email="elif@mosaic.example")
    relationships.set_by_hand(page, sender, S.KNOWN, by=page.owner, door=page.doors.get(slug="events"))
    bare = PageFactory()
    found = book_file.read(signed.dump(exporting.book(page)), bare)
    assert [words.partition(":")[0] for words in found.left_out] == ["1 standing is left out"]
    assert "“events”" in found.left_out[0]
    assert [row.said for row in found.rows] == [None]


# ── only the own page's ──────────────────────────────────────────────────────
def test_nothing_of_another_page_goes_out(page, elsewhere):
    """Not their standings, not their words, not what people are called there; nor who spoke for them."""
    sender = SenderFactory(email="elif@mosaic.example", name="MARK-THEIR-NAME", company="MARK-COMPANY")
    hidden = SenderFactory(email="mark-stranger@hidden.example")
    for who in (sender, hidden, AgencyFactory(domain="mark-agency.example")):
        relationships.set_by_hand(elsewhere, who, S.TRUSTED, by=elsewhere.owner, note="MARK-EVIDENCE")
        verbs.add_note(elsewhere, who, "MARK-NOTE", by=elsewhere.owner)
    PitchFactory(waiting=True, door__page=elsewhere, sender=hidden)
    vouch = vouching.give(elsewhere, sender, page, "MARK-WORDS", by=elsewhere.owner)
    vouching.take(vouch, None, by=page.owner)
    PitchFactory(waiting=True, door=page.doors.first(), sender=SenderFactory(email="mark-unknown@x.example"))
    whole = json.dumps(exporting.book(page)) + repr(list(exporting.lines(page)))
    assert "elif@mosaic.example" in whole
    assert "mark" not in whole.lower()
    assert "introduced" in whole


def test_what_they_wrote_here_goes_out(page):
    pitch = PitchFactory(waiting=True, door=page.doors.first(), name="Elif K.", company="Mosaic")
    relationships.set_by_hand(page, pitch.sender, S.KNOWN, by=page.owner)
    (line,) = exporting.lines(page)
    assert (line.name, line.company, line.standing) == ("Elif K.", "Mosaic", "known")


def test_the_questions_do_not_grow_with_the_people(page, django_assert_num_queries):
    for count in (1, 3):
        while Contact.objects.filter(page=page).count() < count:
            sender = SenderFactory()
            relationships.set_by_hand(page, sender, S.KNOWN, by=page.owner)
            verbs.add_note(page, sender, "Note", by=page.owner)
        with django_assert_num_queries(6):
            exporting.book(page)
