"""Search: what is found, what is never found, and that the index does the work."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations import AddIndex
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from pitches import intake, search
from pitches.models import Contact, Door, Embargo, Findable, FindableWord, Page, Pitch
from portal import clock
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
    left(DoorFactory(page=page, name="Studies"), line="Unsubscribes in research", **names)
    left(DoorFactory(page=page, name="Events"), name="Tomas", company="Quell", sender__email="t@quell.example")
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


def words_of(page: Page) -> list[str]:
    return sorted(FindableWord.objects.filter(page=page).values_list("word", flat=True))


def test_words_that_no_pitch_says_any_more_go_within_a_day(page: Page, door: Door) -> None:
    stays, gone, changed = left(door, line="Common"), left(door, line="Common seldom"), left(door, line="Formerly")
    theirs = left(DoorFactory(page=PageFactory(pk=page.pk + 1)), line="Seldom")
    gone.delete()
    Pitch.objects.filter(pk=changed.pk).update(line="Nowadays")
    FindableWord.objects.create(page=page, word="common")
    before = words_of(page)
    assert {"seldom", "formerly", "nowadays"} < set(before)
    day = clock.now()
    Page.objects.update(words_at=day - timedelta(hours=22))
    assert (search.forget(day), words_of(page)) == (0, before)
    assert search.forget(day + timedelta(hours=1)) >= 3
    after = words_of(page)
    assert (after.count("common"), "nowadays" in after, {"seldom", "formerly"} & set(after)) == (1, True, set())
    assert "seldom" in words_of(theirs.page)
    assert (found(page, "comon"), alike(page, "comon")) == ([stays.line], True)
    assert search.forget(day + timedelta(days=2)) == 0


def test_a_word_that_was_lost_comes_back_within_a_day(page: Page, door: Door) -> None:
    left(door, line="Remarkable")
    FindableWord.objects.filter(word="remarkable").delete()
    search.forget()
    assert found(page, "remarkible") == ["Remarkable"]


def test_the_page_that_waits_longest_has_its_words_compared_first(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = PageFactory(words_at=clock.now() - timedelta(days=9))
    Page.objects.filter(pk=page.pk).update(words_at=clock.now() - timedelta(days=2))
    compared = []
    monkeypatch.setattr(search, "_compared", lambda pk: compared.append(pk) or 0)
    monkeypatch.setattr(search, "AT_ONCE", 1)
    assert [search.forget(), search.forget(), search.forget()] == [0, 0, 0]
    assert compared == [old.pk, page.pk]


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
    return [*Findable.objects.order_by("pk").values_list(), *FindableWord.objects.order_by("word").values_list("word")]


def filled(name: str, function: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a migration asks when it goes over all rows, two at a time."""
    fresh = import_module(f"pitches.migrations.{name}")
    monkeypatch.setattr(fresh, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        getattr(fresh, function)(None, SimpleNamespace(connection=connection))
    return [query["sql"] for query in asked]


def test_what_was_there_before_is_found_and_not_touched(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        left(door, line=f"Number {number}")
    PitchFactory(unproven=True, door=door)
    before = keys()
    Findable.objects.exclude(pk=before[0][0]).delete()
    asked = filled("0016_found_at_last", "fill", monkeypatch)
    assert (keys(), sum("INSERT" in sql for sql in asked)) == (before, 3)
    assert not any("UPDATE pitches_pitch" in sql for sql in asked)


def test_what_was_kept_before_is_found_sooner(page: Page, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        left(door, line=f"Number {number}")
    before = keys()
    FindableWord.objects.all().delete()
    Findable.objects.update(keys=RawSQL("'1/a 1@202601'::tsvector", ()))
    asked = filled("0020_found_sooner_by_all", "again", monkeypatch)
    assert sum("UPDATE" in sql for sql in asked) == 3
    assert keys() == before
    filled("0020_found_sooner_by_all", "again", monkeypatch)
    assert keys() == before


def test_there_is_a_way_back_and_forth(page: Page, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        left(door, line=f"Number {number}")
    before, made = keys(), import_module("pitches.migrations.0019_found_sooner").Migration.operations[-1]
    with connection.cursor() as cursor:
        cursor.execute(made.reverse_sql)
        cursor.execute("SELECT count(*) FROM pitches_findable WHERE keys::text LIKE '%%:num%%'")  # three of a line
        assert cursor.fetchone() == (3,)
        FindableWord.objects.all().delete()
        cursor.execute(made.sql)
    filled("0020_found_sooner_by_all", "again", monkeypatch)
    assert keys() == before


def test_people_write_on_while_a_full_house_is_migrated() -> None:
    indexes, tables, rows, again = (
        import_module(f"pitches.migrations.{name}").Migration
        for name in ("0014_many_wait", "0015_findable", "0016_found_at_last", "0020_found_sooner_by_all")
    )
    assert (indexes.atomic, tables.atomic, rows.atomic, again.atomic) == (False, True, False, False)
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
def newest(page: Page, question: str, most: int, parts: str = "", sure: str = "") -> list[int]:
    with connection.cursor() as cursor:
        values = [page.pk, question, [parts] if parts else [], [sure] if parts else [], most]
        cursor.execute("SELECT search_newest(%s, %s, %s::text[], %s::text[], %s)", values)
        return list(cursor.fetchone()[0])


def spread(door: Door, lines: list[str]) -> list[int]:
    """Pitches with these lines, the oldest first, some minutes to some years apart; written by their trigger alone."""
    first = left(door).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pitches_pitch SELECT made.* FROM pitches_pitch one,"
            " unnest(%s::text[]) WITH ORDINALITY said(said, n),"
            " jsonb_populate_record(one, jsonb_build_object('id', id + n, 'code', 'C-' || id || '-' || n,"
            " 'token_hash', id + n, 'form_key', gen_random_uuid(), 'line', said,"
            " 'handed_in_at', timestamptz '2020-01-01' + n * n * interval '1 minute')) made WHERE one.id = %s",
            [lines, first],
        )
    Pitch.objects.filter(pk=first).update(handed_in_at="2019-01-01T00:00Z")
    return [first + place for place in range(1, len(lines) + 1)]


@pytest.mark.parametrize("every", [1, 2, 9, 40, 290])
def test_of_very_many_the_newest_come_first(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any, every: int
) -> None:
    monkeypatch.setattr(search, "MOST", 4)
    pks = spread(door, ["Word" if place % every == 0 else "Other" for place in range(300)])
    rows = [pk for place, pk in enumerate(pks) if place % every == 0][::-1]
    with django_assert_num_queries(3):
        hits = search.find(page, "word", doors=[door])
    assert (list(hits.pks), hits.more) == (rows[:4], len(rows) > 4)
    assert newest(page, f"'{page.pk}/word'", 3) == rows[:4]


def test_each_window_of_time_holds_what_the_one_before_did(page: Page, door: Door) -> None:
    left(door)
    with connection.cursor() as cursor:
        for hours in (0, 1, 15, 16, 240, 5000, 30_000, 900_000):
            cursor.execute(
                "SELECT bool_and((array_to_tsvector((SELECT array_agg('7' || key) FROM unnest(search_moment(at)) key)))"
                " @@ search_span(7, %(last)s::timestamptz - %(hours)s * interval '1 hour', %(last)s)::tsquery) FROM"
                " generate_series(0, 20) part, LATERAL (SELECT %(last)s::timestamptz"
                " - %(hours)s * part / 20.0 * interval '1 hour' AS at) made",
                {"last": "2026-03-01T11:00Z", "hours": hours},
            )
            assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("said", ["survey", "saic", "absent", "researhc"])
def test_the_index_does_the_work_and_no_other_page_is_read(page: Page, door: Door, said: str) -> None:
    """What is read does not grow with what others have received."""
    left(door, name="Mosaic")
    alone = read_by(page, said)
    spread(DoorFactory(), [f"Survey research {place} absent" for place in range(300)])
    assert read_by(page, said) <= alone + 60  # the few words of the page itself, and no 300 of the others


def read_by(page: Page, said: str) -> int:
    """Rows and index entries of the two tables of a search, as PostgreSQL counts them, over one search."""
    count = (
        "SELECT sum(pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid)) FROM pg_class"
        " WHERE relname IN ('pitches_findable', 'pitches_findableword', 'findable_keys', 'findable_newest',"
        " 'findable_word', 'findable_back')"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pitches_findable, pitches_findableword")  # of other tests there is nothing left
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(count)
        (before,) = cursor.fetchone()
        search.find(page, said, doors=())
        cursor.execute(count)
        return int(cursor.fetchone()[0] - before)


# ── a slip, wherever it is ───────────────────────────────────────────────────
@pytest.mark.parametrize("word", ["abcd", "research", "newsletter", "unsubscribing", "straße"])
def test_no_slip_in_a_word_escapes(page: Page, word: str) -> None:
    FindableWord.objects.create(page=page, word=word)
    FindableWord.objects.create(page=PageFactory(), word=f"{word}q")
    typed = {word[:at] + word[at + 1 :] for at in range(len(word))}
    typed |= {f"{word[:at]}q{word[at:]}" for at in range(len(word) + 1)}
    typed |= {f"{word[:at]}q{word[at + 1 :]}" for at in range(len(word))}
    typed |= {f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1)}
    typed = {one for one in typed if len(one) >= search.SHORTEST_SLIP}
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM unnest(%s::text[]) said"
                       " WHERE NOT %s = ANY (ARRAY(SELECT search_near(%s, said, 5)))",
                       [sorted(typed), word, page.pk])  # fmt: skip
        assert cursor.fetchall() == []
    assert all(search.is_slip(one, word) for one in typed)


def test_a_slip_in_the_name_of_a_door_is_forgiven(page: Page, door: Door) -> None:
    left(door, line="Behind it")
    left(DoorFactory(page=page, name="Événements"), line="Fête")
    assert (found(page, "orignal"), alike(page, "orignal")) == (["Behind it"], True)
    assert (found(page, "evenemnets"), found(page, "événem")) == (["Fête"], ["Fête"])


def test_a_beginning_is_found_and_one_that_says_too_little_finds_names(
    page: Page, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(door, line="Surveys", name="Ana Surr")
    left(door, line="A", why="Zanzibar")
    assert (found(page, "surve"), found(page, "zanzi")) == (["Surveys"], ["A"])
    monkeypatch.setattr(search, "BEGUN", 1)
    left(door, line="Surveying")
    assert (found(page, "sur"), sorted(found(page, "surveys"))) == (["Surveys"], ["Surveying", "Surveys"])
