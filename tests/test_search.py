"""Search: what is found, what is never found, and that the index does the work."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations import AddIndex
from django.test.utils import CaptureQueriesContext

from pitches import intake, search
from pitches.models import Contact, Door, Embargo, Findable, Page, Pitch
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page, name="Original research")


def left(door: Door, **more: Any) -> Pitch:
    return PitchFactory(waiting=True, door=door, **{"line": "Nothing", "why": "", "link_host": "x.test"} | more)


def found(page: Page, said: str, door: Door | None = None) -> list[str]:
    hits = search.find(page, said, doors=page.doors.all(), door=door)
    lines = Pitch.objects.in_bulk(hits.pks)
    return [lines[pk].line for pk in hits.pks]


def alike(page: Page, said: str) -> bool:
    return search.find(page, said, doors=page.doors.all()).alike


# ── found ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("language", "line", "said"),
    [
        ("en", "Surveys of newsletter readers", "survey reader newsletters"),
        ("de", "Häuser für die Märkte", "haus markt"),
        ("de-AT", "Häuser für die Märkte", "die Häusern"),
        ("de", "Die Straße der Städte", "strasse stadten"),
        ("es", "Investigaciones sobre anuncios", "investigación anuncio"),
        ("es", "Investigación propia", "investigacion"),
        ("fr", "Les études des journaux", "etude journal"),
        ("ar", "استطلاع الرأي حول الإعلانات", "الإعلانات"),
        ("ar", "استطلاع الرأي حول الإعلانات", "إعلان"),
        ("he", "סקר על עלוני דואר", "סקר"),
        ("ja", "新製品のお知らせ", "製品"),
        ("ja", "新製品のお知らせ", "お知らせ"),
        ("tlh", "Qapla of the batleth", "qapla"),
    ],
)
def test_words_are_found_by_their_stem(page: Page, door: Door, language: str, line: str, said: str) -> None:
    left(door, language=language, line=line)
    left(door, language=language)
    assert found(page, said) == [line]
    assert not alike(page, said)


def test_the_reason_and_the_details_are_found_too(page: Page, door: Door) -> None:
    left(door, line="A", why="It measures unsubscribing")
    left(door, line="B", detail="Numbers of widgets")
    assert found(page, "unsubscribes") == ["A"]
    assert found(page, "widget number") == ["B"]


@pytest.mark.parametrize("said", ["Nair", "nai", "iya nair", "saic", "Mosaïc", "priya@mosaic", "northwind", "PN"])
def test_names_are_found_by_a_part(page: Page, door: Door, said: str) -> None:
    left(door, line="Hers", name="Príya Nair", company="PN Mosaic", sender__email="priya@mosaic-northwind.example")
    left(door, line="Other", name="Tomas Berg", company="Quell", sender__email="tomas@quell.example")
    assert found(page, said) == ["Hers"]


@pytest.mark.parametrize(
    "said", ["Mosiac", "mosic", "mossaic", "mozaic", "pirya", "Pria", "elfi", "unsubscirbes", "unsubcribes", "reserch"]
)
def test_a_slip_is_forgiven(page: Page, door: Door, said: str) -> None:
    names = {"name": "Priya Elif", "company": "Mosaic", "sender__email": "hello@m.example"}
    left(door, line="Unsubscribes in research", **names)
    left(door, name="Tomas Berg", company="Quell", sender__email="tomas@quell.example")
    assert found(page, said) == ["Unsubscribes in research"]


def test_what_is_right_comes_alone_and_a_slip_says_so(page: Page, door: Door) -> None:
    left(door, line="One", name="Marta Berg", sender__email="a@a.example", company="A")
    left(door, line="Two", name="Marla Berg", sender__email="b@b.example", company="B")
    assert (found(page, "marta"), alike(page, "marta")) == (["One"], False)
    assert (sorted(found(page, "marqa")), alike(page, "marqa")) == (["One", "Two"], True)


def test_letters_here_and_there_are_no_part_of_a_name(page: Page, door: Door) -> None:
    left(door, name="Grata Matias", company="Q", sender__email="q@q.example")
    assert found(page, "rati") == []


def test_a_reference_is_found(page: Page, door: Door) -> None:
    pitch = left(door, line="Mine", code="MAYA-7KD2")
    left(door, code="MAYA-9XX9")
    assert found(page, f" {pitch.code.lower()} ") == ["Mine"]


def test_a_door_is_found_by_its_name_of_today(page: Page, door: Door) -> None:
    left(door, line="Behind it")
    left(DoorFactory(page=page, name="Events"))
    assert found(page, "original") == ["Behind it"]
    Door.objects.filter(pk=door.pk).update(name="Fresh numbers")
    assert (found(page, "original"), found(page, "fresh")) == ([], ["Behind it"])
    assert found(page, "", door) == ["Behind it"]
    assert found(page, "nothing", door) == []


def test_the_owners_own_name_for_somebody_is_found(page: Page, door: Door) -> None:
    hers, colleague = left(door, line="Hers"), left(door, line="Colleague")
    Contact.objects.create(page=page, sender=hers.sender, name="The Bread Lady", tags=["bakers"])
    Contact.objects.create(page=page, agency=colleague.sender.agency, company="Ovens United")
    Contact.objects.create(page=PageFactory(), sender=colleague.sender, name="The Bread Lady")
    assert (found(page, "bread"), found(page, "bakers"), found(page, "ovens")) == (["Hers"], ["Hers"], ["Colleague"])


# ── kept ─────────────────────────────────────────────────────────────────────
def test_what_changes_is_found_by_what_it_is_now(page: Page, door: Door) -> None:
    pitch = left(door, line="Old words", sender=SenderFactory(name="Ana Ruiz"))
    Pitch.objects.filter(pk=pitch.pk).update(line="Fresh phrase", name="Bea Ruiz")
    assert (found(page, "old"), found(page, "ana"), found(page, "phrases bea")) == ([], [], ["Fresh phrase"])
    Pitch.objects.filter(pk=pitch.pk).update(language="de", line="Häuser")
    assert found(page, "haus") == ["Häuser"]


def test_nothing_is_found_before_its_mailbox_is_proven(page: Page, door: Door) -> None:
    pitch = PitchFactory(unproven=True, door=door, line="Secret plans")
    assert (found(page, "secret"), Findable.objects.count()) == ([], 0)
    sent = left(door, line="Draft")
    facts = {"sender": sent.sender, "handed_in_at": sent.handed_in_at, "state": "arrived"}
    Pitch.objects.filter(pk=pitch.pk).update(**facts)
    assert found(page, "secret") == ["Secret plans"]


def test_a_change_of_state_writes_no_keys(page: Page, door: Door) -> None:
    pitch = left(door, line="Plans")
    Findable.objects.update(line="untouched")
    Pitch.objects.filter(pk=pitch.pk).update(state="declined", lane="known")
    assert Findable.objects.get().line == "untouched"
    Pitch.objects.filter(pk=pitch.pk).update(why="Another reason")
    assert Findable.objects.get().line == "plans"


def test_what_is_sealed_is_in_no_key(page: Page, door: Door) -> None:
    pitch = left(door, line="News", groups={"news": {"terms": "Quiet, please"}})
    Embargo.objects.create(pitch=pitch, lifts_at=pitch.handed_in_at, zone="UTC", sealed=b"zanzibar")
    Pitch.objects.filter(pk=pitch.pk).update(detail="More")
    assert (found(page, "zanzibar"), found(page, "news")) == ([], ["News"])


def test_a_pitch_that_is_deleted_is_forgotten(page: Page, door: Door) -> None:
    left(door).delete()
    assert not Findable.objects.exists()


@pytest.mark.parametrize("state", ["waiting", "held", "quarantine", "later", "declined", "withdrawn"])
def test_everything_handed_in_is_found(page: Page, door: Door, state: str) -> None:
    PitchFactory(door=door, line="Here", **{state: True})
    assert found(page, "here") == ["Here"]


@pytest.mark.parametrize("length", [990, 1023, 1100])
def test_a_word_without_an_end_keeps_nobody_out(page: Page, door: Door, length: int) -> None:
    pitch = PitchFactory(unproven=True, door=door, line="Here", why="", detail="щ" * length)
    intake.hand_in(pitch, SenderFactory(email=pitch.email))
    assert found(page, "here") == ["Here"]


# ── what was there before the index was ──────────────────────────────────────
def keys() -> list[tuple[Any, ...]]:
    return list(Findable.objects.order_by("pk").values_list())


def test_what_was_there_before_is_found_and_not_touched(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        left(door, line=f"Number {number}")
    PitchFactory(unproven=True, door=door)
    before = keys()
    Findable.objects.exclude(pk=before[0][0]).delete()
    fresh = import_module("pitches.migrations.0016_found_at_last")
    monkeypatch.setattr(fresh, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        fresh.fill(None, SimpleNamespace(connection=connection))
    written = [query["sql"] for query in asked if "INSERT" in query["sql"]]
    assert (keys(), len(written)) == (before, 3)
    assert not any("UPDATE pitches_pitch" in query["sql"] for query in asked)


def test_people_write_on_while_a_full_house_is_migrated() -> None:
    indexes, tables, rows = (
        import_module(f"pitches.migrations.{name}").Migration
        for name in ("0014_many_wait", "0015_findable", "0016_found_at_last")
    )
    assert (indexes.atomic, tables.atomic, rows.atomic) == (False, True, False)
    built = [one for one in indexes.operations if isinstance(one, AddIndex)]
    assert len(built) == 3
    assert all(isinstance(one, AddIndexConcurrently) for one in built)
    assert not any("UPDATE pitches_pitch SET" in str(getattr(one, "sql", "")) for one in tables.operations)


# ── never found ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("said", ["survey", "kaya", "saic", "mosiac", "surv", "MAYA-1", "original", "bread", "ka"])
def test_another_page_is_never_found(page: Page, door: Door, said: str) -> None:
    theirs = left(DoorFactory(name="Original research"), line="Survey", code="MAYA-1", name="Elif Kaya")
    Contact.objects.create(page=theirs.page, sender=theirs.sender, name="Bread")
    assert found(page, said) == []
    assert found(theirs.page, said) == ["Survey"]


@pytest.mark.parametrize(
    "said",
    ["foo & | :*", "!nothing", "nothing:*", "'", "''", "\\", "'nothing' | 'x'", "(", "<->", "nothing \\", "%", "_",
     "a\0b", "' | '1/nothing", "\u202enothing", "😀", "½", "x" * 200, "nothing " * 40, "é" * 300, "& " * 100, "\ud800"],
)  # fmt: skip
def test_operators_are_letters_like_others(page: Page, door: Door, said: str) -> None:
    left(door)
    assert found(page, said) in ([], ["Nothing"])


def test_two_pages_whose_numbers_begin_alike_keep_apart(page: Page, door: Door) -> None:
    longer = PageFactory(pk=int(f"{page.pk}1"))
    left(DoorFactory(page=longer), line="1/nothing nothing")
    assert found(page, "nothing") == []


# ── very many ────────────────────────────────────────────────────────────────
def test_of_very_many_the_newest_come_first(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(search, "ENOUGH", 3)
    monkeypatch.setattr(search, "MOST", 4)
    monkeypatch.setattr(search, "NEWEST", 4)
    pitches = [left(door, line=f"Word {number}") for number in range(9)]
    for number, pitch in enumerate(pitches):
        Pitch.objects.filter(pk=pitch.pk).update(handed_in_at=f"20{10 + number}-03-01T00:00Z")
    with django_assert_max_num_queries(9):
        hits = search.find(page, "word", doors=[door])
    assert (hits.pks, hits.more) == (tuple(pitch.pk for pitch in pitches[:4:-1]), True)
    old = [left(door, line="Rare") for _number in range(4)]
    Pitch.objects.filter(pk__in=[pitch.pk for pitch in old]).update(handed_in_at="2001-01-01T00:00Z")
    hits = search.find(page, "rare", doors=[door])
    assert (set(hits.pks), hits.more) == ({pitch.pk for pitch in old}, False)


@pytest.mark.parametrize("said", ["survey", "saic", "absent"])
def test_the_index_does_the_work(page: Page, door: Door, said: str) -> None:
    left(door)
    word = search.Word(said, (said,))
    asked = search._question(page, [word], None, "", alike=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sure = search._sure(page, [word], "", alike=True)
        values = [asked, search.ENOUGH, page.pk, *sure[1], search.MOST]
        cursor.execute("EXPLAIN " + search.NEAR.format(sure=sure[0]), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Bitmap Index Scan on findable_keys" in plan
    assert "Seq Scan" not in plan
