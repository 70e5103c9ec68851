"""Bringing people along: a table in any shape, all or nothing, twice the same, and never more than a name in a book."""

import time
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pitches import intake, relationships
from pitches.book import importing
from pitches.forms import bring, people_table
from pitches.models import Agency, Contact, Evidence, EvidenceKind, Message, Note, Relationship, Sender, Standing
from portal import clock
from portal.models import User
from tests.factories import DoorFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page():
    return DoorFactory(slug="research", page__handle="maya", page__timezone="Europe/London").page


def read(page, text):
    return people_table.read(text, page)


def problems(page, text):
    return [(problem.line, problem.words) for problem in read(page, text).problems]


def bring_along(page, text):
    found = read(page, text)
    assert found.problems == []
    plan = importing.plan(page, found.rows)
    return importing.write(page, found.rows, by=page.owner, seen=plan.digest)


def standing(page, email, door=None):
    return relationships.standing_of(page, Sender.objects.get(mailbox=email), door)


# ── how a table is read ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "email,standing,name\nelif@mosaic.example,known,Elif",
        "\ufeffName;E-MAIL;Status\r\nElif;Elif@Mosaic.example;Known\r\n",
        "STANDING\tName\tEmail\n\nknown\tElif\telif@mosaic.example\n",
        "sep=;\nemail;standing;name\nelif@mosaic.example;known;Elif",
        '"email","standing","name"\r"elif@mosaic.example"," known ","Elif"\r',
        "phone,email,standing,name,\n1,elif@mosaic.example,known,Elif,",
    ],
)
def test_columns_in_any_order_case_and_delimiter(page, text):
    (row,) = read(page, text).rows
    assert (row.key, row.name, row.said.rung) == ("elif@mosaic.example", "Elif", Standing.KNOWN)


def test_a_column_that_is_not_read_is_named(page):
    assert read(page, "phone,email\n1,a@mosaic.example").left_out == ["Columns that are not read: phone."]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("elif@,known,,,", "“elif@” is no address."),
        (",known,,,", "The address is missing."),
        ("a@b.example; c@d.example,known,,,", "is no address"),
        ("elif@mosaic.example,friend,,,", "“friend” is no standing. Write introduced, known"),
        ("elif@mosaic.example,paused,,,", "A pause needs a day"),
        ("elif@mosaic.example,paused,2026-03-02,,", "from tomorrow on and within a year"),
        ("elif@mosaic.example,paused,2027-03-31,,", "from tomorrow on and within a year"),
        ("elif@mosaic.example,known,2026-05-01,,", "Only a pause has a day"),
        (
            "elif@mosaic.example,known,,data,",
            "You have no door “data”. Leave it empty for all doors",
        ),
        ("@gmail.com,blocked,,,", "Many people have mailboxes at gmail.com"),
        ("@mail.mosaic.example,blocked,,,", "is no agency"),
        (f"elif@mosaic.example,,,,{'x' * 25}", "A tag has at most 24 characters."),
        ("elif@mosaic.example,,,,a;b;c;d;e;f;g;h;i", "at most 8 tags"),
        ("elif@mosaic.example,,,,,too,many", "more cells than there are columns"),
        ("elif@mosaic.example,,,,\u202etag", "invisible"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_to_do(page, line, words):
    found = problems(page, f"email,standing,until,door,tags\nkim@mosaic.example,known,,,\n{line}")
    assert [number for number, _words in found] == [3]
    assert words in found[0][1]


def test_every_problem_is_named_at_once_where_its_line_begins(page):
    text = 'email,note\nfirst,"two\nlines"\n\n@hotmail.com,\nkim@mosaic.example,"open'
    assert [line for line, _words in problems(page, text.replace(',"open', ","))] == [2, 5]
    assert problems(page, text)[0][0] == 6


def test_the_same_place_twice_is_reported_with_both_lines(page):
    text = "email,door\nelif@mosaic.example,\nELIF@mosaic.example,research\nElif@Mosaic.example,\n"
    ((line, words),) = problems(page, text)
    assert (line, "in line 2 already" in words) == (4, True)


@pytest.mark.parametrize("text", ["", "\n\n", "email\n", "name\nElif", "email,email\na@b.example,a@b.example"])
def test_a_table_without_lines_or_addresses(page, text):
    assert problems(page, text)


def test_at_most_two_thousand_lines(page):
    head = "email\n" + "\n".join(f"p{number}@mosaic.example" for number in range(2000))
    assert problems(page, head) == []
    assert "2001 lines" in problems(page, f"{head}\none@more.example")[0][1]


def test_what_looks_like_a_formula_is_only_text(page):
    (row,) = read(page, "email,name,note\nelif@mosaic.example,=1+1,'=HYPERLINK(A1)").rows
    assert (row.name, row.notes) == ("=1+1", ("=HYPERLINK(A1)",))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04 rest", "This is a workbook"),
        (b"\xd0\xcf\x11\xe0 rest", "This is a workbook"),
        ("email\nelif@mosaic.example".encode("utf-16"), "UTF-16"),
        ("email,name\na@b.example,Zoë".encode("latin-1"), "line 2 has other bytes"),
        (b"email\0", "This is no text"),
    ],
)
def test_other_files_are_refused_with_what_to_do(raw, words):
    with pytest.raises(ValidationError, match=words):
        bring.decode(raw)


def test_what_is_packed_into_the_page_comes_back_byte_for_byte():
    text = 'email,note\r\nelif@mosaic.example,"two\nlines"\n\u20ac'
    assert bring.unpack(bring.pack(text)) == text
    for bad in ("x", "!!", bring.pack(text)[:-8] + "AAAAAAA="):
        with pytest.raises(ValidationError):
            bring.unpack(bad)


# ── what it changes ──────────────────────────────────────────────────────────
ALL = """email,name,company,standing,until,door,tags,note
elif@mosaic.example,Elif Kaya,Mosaic,trusted,,,"Data, europe",Checks her numbers.
elif@mosaic.example,,,blocked,,research,,
kim@gmail.com,Kim,,introduced,,research,,
jo@orchard.example,,,paused,2026-06-01,,,
ann@orchard.example,Ann,,,,,friend,
@pushy.example,Pushy,,blocked,,,,Never again.
"""


def test_everything_is_written_and_nobody_is_mailed(page):
    plan = bring_along(page, ALL)
    assert (plan.new, plan.changed, plan.same) == (5, 0, 0)
    door = page.doors.get()
    assert standing(page, "elif@mosaic.example") == Standing.TRUSTED
    assert standing(page, "elif@mosaic.example", door) == Standing.BLOCKED
    assert (standing(page, "kim@gmail.com"), standing(page, "kim@gmail.com", door)) == ("stranger", "introduced")
    assert standing(page, "jo@orchard.example") == Standing.PAUSED
    june = datetime(2026, 5, 31, 23, tzinfo=UTC)  # London's midnight
    assert Relationship.objects.get(sender__mailbox="jo@orchard.example").paused_until == june
    assert relationships.blocks(page, "anybody@mail.pushy.example", door)
    contact = Contact.objects.get(sender__mailbox="elif@mosaic.example")
    assert (contact.name, contact.company, contact.tags) == ("Elif Kaya", "Mosaic", ["data", "europe"])
    assert [note.text for note in contact.notes.all()] == ["Checks her numbers."]
    assert set(Evidence.objects.values_list("kind", "by")) == {(EvidenceKind.IMPORTED, page.owner.pk)}
    assert Message.objects.count() == 0


def test_a_freemail_address_is_a_person_alone(page):
    bring_along(page, ALL)
    kim = Sender.objects.get(mailbox="kim@gmail.com")
    assert (kim.agency, kim.canonical) == (None, "kim@gmail.com")
    assert Sender.objects.get(mailbox="elif@mosaic.example").agency.domain == "mosaic.example"


def test_the_owners_words_stay_in_the_book(page):
    """Others meet the same sender and the same agency: nothing that this owner wrote stands there."""
    bring_along(page, ALL)
    assert set(Sender.objects.values_list("name", "company", "proven_at")) == {("", "", None)}
    assert set(Agency.objects.values_list("name", flat=True)) == {""}


def test_the_same_list_twice_changes_nothing(page):
    bring_along(page, ALL)
    counts = [model.objects.count() for model in (Evidence, Contact, Note, Sender, Agency, Relationship)]
    plan = bring_along(page, ALL)
    assert (plan.new, plan.changed, plan.same) == (0, 0, 5)
    assert counts == [model.objects.count() for model in (Evidence, Contact, Note, Sender, Agency, Relationship)]


def test_a_line_for_all_doors_does_not_undo_one_for_a_door(page):
    """In whatever order they stand: else the same list would change something the second time."""
    pitch = PitchFactory(door=page.doors.get(), accepted=True, sender__email="elif@mosaic.example")
    relationships.note_once(pitch, EvidenceKind.ACCEPTED, by=page.owner)  # known there, and not by a hand
    text = "email,standing,door\nelif@mosaic.example,known,research\nelif@mosaic.example,introduced,\n"
    bring_along(page, text)
    assert standing(page, "elif@mosaic.example", pitch.door) == Standing.KNOWN
    assert bring_along(page, text).same == 1


def test_only_what_differs_is_written(page):
    bring_along(page, ALL)
    plan = bring_along(page, "email,standing,tags,note\nelif@mosaic.example,known,data; new,Checks her numbers.")
    (change,) = plan.changes
    assert ([(move.was, move.now) for move in change.moves], change.tags, change.notes) == (
        [(Standing.TRUSTED, Standing.KNOWN)],
        ["new"],
        [],
    )
    assert Contact.objects.get(sender__mailbox="elif@mosaic.example").name == "Elif Kaya"


def test_nothing_is_written_unless_all_that_was_seen_is(page):
    rows = read(page, ALL).rows
    seen = importing.plan(page, rows).digest
    bring_along(page, "email,standing\nelif@mosaic.example,known")  # meanwhile, in another window
    before = (Evidence.objects.count(), Sender.objects.count())
    with pytest.raises(importing.LookAgain) as again:
        importing.write(page, rows, by=page.owner, seen=seen)
    assert (Evidence.objects.count(), Sender.objects.count()) == before
    assert again.value.plan.new == 4
    importing.write(page, rows, by=page.owner, seen=again.value.plan.digest)
    assert standing(page, "elif@mosaic.example") == Standing.TRUSTED


def test_whom_others_know_is_new_here_and_keeps_their_secrets(page):
    """No list of addresses tells its owner who has pitched elsewhere, nor what they are called there."""
    elsewhere = PitchFactory(waiting=True, sender__email="elif@mosaic.example", sender__name="Elif Kaya")
    text = "email,name\nelif@mosaic.example,Elif Kaya\nnobody@mosaic.example,Elif Kaya"
    first, second = importing.plan(page, read(page, text).rows).changes
    assert (first.is_new, first.name) == (second.is_new, second.name) == (True, "Elif Kaya")
    bring_along(page, text)
    elsewhere.sender.refresh_from_db()
    assert elsewhere.sender.name == "Elif Kaya"


# ── a typed address proves nothing ───────────────────────────────────────────
@pytest.mark.parametrize("word", ["trusted", "blocked", "introduced"])
def test_whoever_types_a_brought_address_is_a_stranger_until_it_is_proven(page, word):
    bring_along(page, f"email,standing\nelif@mosaic.example,{word}")
    typed = PitchFactory(door=page.doors.get(), email="elif@mosaic.example")
    assert (typed.sender, typed.standing, typed.lane) == (None, "", "")
    assert intake.recognise("a-device-of-nobody", "elif@mosaic.example") is None
    assert Sender.objects.get().proven_at is None


def test_once_proven_the_standing_counts_and_the_words_are_their_own(page):
    bring_along(page, "email,standing,name\nelif@mosaic.example,trusted,That woman")
    pitch = PitchFactory(door=page.doors.get(), email="Elif@mosaic.example", name="Elif Kaya", company="Mosaic")
    sender = intake.meet(pitch)
    assert (sender.name, sender.company, sender.proven_at) == ("Elif Kaya", "Mosaic", MONDAY)
    assert relationships.standing_of(page, sender, pitch.door) == Standing.TRUSTED


# ── two thousand of them ─────────────────────────────────────────────────────
def test_two_thousand_lines_in_the_same_number_of_questions_and_under_a_second(page):
    def table(count, start):
        lines = (
            f"p{n}@agency{n % 300}.example,Person {n},trusted,tag{n % 5},note {n}" for n in range(start, start + count)
        )
        return "email,name,standing,tags,note\n" + "\n".join(lines)

    asked = []
    for count, start in ((3, 10_000), (2000, 0)):
        with CaptureQueriesContext(connection) as found:
            began = time.process_time()
            plan = bring_along(page, table(count, start))
            took = time.process_time() - began
        assert plan.new == count
        asked.append(len(found))
    assert asked[0] == asked[1] <= 40
    assert took < 10  # under one where nothing else runs, and no questions are written down
    assert Relationship.objects.filter(page=page, rung="trusted").count() == 2003
    assert relationships.recompute(page, Sender.objects.get(mailbox="p7@agency7.example")) == 0


def test_merged_mailboxes_are_replayed_together(page):
    from pitches import book

    one, other = SenderFactory(email="elif@mosaic.example"), SenderFactory(email="elif@home.example")
    relationships.set_by_hand(page, other, Standing.INTRODUCED, by=User.objects.get())
    book.merge(page, one, other)
    bring_along(page, "email,standing\nelif@mosaic.example,trusted")
    assert standing(page, "elif@home.example") == Standing.TRUSTED
    assert relationships.recompute(page, one) == 0
