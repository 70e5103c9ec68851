"""The numbers at the desk: sentences, drawings, tables, who may look, and what is asked of the database."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import stats
from pitches.models import Page, Role, Spent
from pitches.stats import Span
from pitches.web import drawing, number_words
from portal import clock
from tests.factories import AnswerFactory, AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def fill(page: Page, doors: int = 1, each: int = 10) -> None:
    """Doors with pitches of one agency each: a yes, then noes for two reasons, week after week, time for all."""
    for number in range(doors):
        door = DoorFactory(page=page, slug=f"door-{number}", name=f"Door {number}", position=number)
        for place in reversed(range(each)):  # the time ledger is written as time goes by
            facts: dict[str, Any] = {"handed_in_at": NOW - timedelta(days=7 * place + 3), "door": door}
            facts |= {"came_from": "message"} if place % 2 else {}
            pitch = PitchFactory(**facts, **({"declined": True} if place else {"accepted": True}))
            said = {"kind": "no", "reason": "not_my_topic" if place % 3 else "covered"} if place else {}
            AnswerFactory(pitch=pitch, sent_at=pitch.handed_in_at + timedelta(days=2), **said)
            Spent.objects.create(pitch=pitch, seconds=90 + place, at=pitch.handed_in_at + timedelta(days=1))


def text(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def tables(response: Any) -> dict[str, list[list[str]]]:
    """Each table of a page, by its caption's name: rows of words."""
    found = re.findall(r'<caption id="(\w+)_caption".*?</table>', response.content.decode(), re.DOTALL)
    blocks = re.findall(r"<caption.*?</table>", response.content.decode(), re.DOTALL)
    cut = [re.findall(r"<tr>(.*?)</tr>", block, re.DOTALL) for block in blocks]
    cells = [[re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows] for rows in cut]
    return dict(zip(found, cells, strict=True))


# ── sentences ────────────────────────────────────────────────────────────────
def test_each_figure_is_a_sentence_with_a_drawing_and_a_table(owner: Client, page: Page) -> None:
    fill(page)
    response = owner.get("/desk/numbers")
    said = [unescape(one) for one in re.findall(r"<h[23] id=\"\w+_title\">(.*?)</h[23]>", response.content.decode())]
    assert said == [
        "You answered 10 of 10 pitches.",
        "The typical wait is 2 days.",
        "Reading takes 2 minutes a week.",
        "Mosaic Research took the most time: 1.6 minutes.",
        "“Not my topic” is the most frequent no, mostly at Door 0.",
        "5 came from replies and links, 5 handed in.",
    ]
    labels = re.findall(r'role="img" aria-label="([^"]+)"', response.content.decode())
    assert [unescape(one) for one in labels] == said
    assert list(tables(response)) == ["doors", "waits", "minutes", "agencies", "noes", "kit"]
    assert "10 of 10 had their answer by the end of the day that the receipt named." in text(response)
    assert 'style="' not in response.content.decode()


def test_a_helper_reads_and_is_sent_to_no_editor(owner: Client, page: Page) -> None:
    fill(page)
    assert "Shorten the yes-list of Door 0" in text(owner.get("/desk/numbers"))
    sam = UserFactory(email="sam@helps.example")
    EmailAddress.objects.create(user=sam, email=sam.email, verified=True, primary=True)
    helps = AssistantFactory(page=page, email=sam.email, mailbox=sam.email, role=Role.READER)
    owner.force_login(sam)
    found = owner.get("/desk/numbers")
    assert (found.status_code, "/desk/doors/door-0" in found.content.decode()) == (200, False)
    assert "most frequent no, mostly at Door 0." in text(found)
    assert owner.get("/desk/numbers.csv").status_code == 200
    helps.role = Role.MAIL
    helps.save()
    assert {owner.get(path).status_code for path in ("/desk/numbers", "/desk/numbers.csv")} == {302}


def test_nine_pitches_are_sentences_and_ten_are_drawn(owner: Client, page: Page) -> None:
    fill(page, each=9)
    nine = owner.get("/desk/numbers")
    assert "9 pitches are too few for a drawing" in text(nine)
    assert "You answered 9 of 9 pitches." in text(nine)
    assert ('role="img"' in nine.content.decode(), "tally" in nine.content.decode()) == (False, False)
    assert list(tables(nine)) == ["doors", "waits", "minutes", "agencies", "noes", "kit"]
    PitchFactory(door=page.doors.get(), waiting=True)
    ten = owner.get("/desk/numbers")
    assert ("too few" in text(ten), 'role="img"' in ten.content.decode()) == (False, True)


def test_with_nothing_to_count_it_says_what_to_do(owner: Client, page: Page) -> None:
    fill(PageFactory())
    PitchFactory(door=DoorFactory(page=page), quarantine=True)
    PitchFactory(door=DoorFactory(page=page))
    found = owner.get("/desk/numbers")
    assert "Nothing to count yet." in text(found)
    assert 'href="/desk/share">Open the share kit' in found.content.decode()
    assert ("<table" in found.content.decode(), "You answered" in text(found)) == (False, False)


def test_what_is_not_known_is_said(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page)
    for _one in range(10):
        PitchFactory(door=door, waiting=True)
    said = text(owner.get("/desk/numbers"))
    for sentence in (
        "Nothing has come to an end yet.",
        "No answer has gone out yet, so nobody has waited for one.",
        "No time of reading was measured. It is measured from the next pitch that is opened.",
        "Nothing was answered with a no.",
        "Nobody has come from replies and links yet.",
    ):
        assert sentence in said
    cells = tables(owner.get("/desk/numbers"))["minutes"]
    assert {cell for _week, cell in cells[1:-1]} == {"not measured"}


def test_time_is_not_guessed_for_weeks_before_it_was_measured(owner: Client, page: Page) -> None:
    fill(page)
    Spent.objects.filter(at__lt=NOW - timedelta(days=20)).delete()
    found = owner.get("/desk/numbers")
    assert "Measured since 19 Oct. Nothing is guessed for what was read before." in text(found)
    cells = [cell for _week, cell in tables(found)["minutes"][1:-1]]
    assert cells == ["not measured"] * 11 + ["1.5"] * 3


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (["covered", "covered", "advert"], "“I have covered it” is the most frequent no, mostly at Door 0."),
        (["covered", "advert"], "“I have covered it” is one of the most frequent noes, mostly at Door 0."),
        (["own_line"], "Every no was in own words."),
        ([], "Nothing was answered with a no."),
    ],
)
def test_the_most_frequent_no(page: Page, reasons: list[str], said: str) -> None:
    door = DoorFactory(page=page, name="Door 0")
    for reason in reasons:
        AnswerFactory(no=True, reason=reason, pitch=PitchFactory(door=door, declined=True))
    assert number_words.declined(stats.noes(Span.last(page, 90)), may_fix=True).title == said


# ── tables ───────────────────────────────────────────────────────────────────
def test_tables_are_the_figures(owner: Client, page: Page) -> None:
    fill(page, doors=2)
    span, found = Span.last(page, 90), tables(owner.get("/desk/numbers"))
    doors = stats.outcomes(span)
    assert found["doors"][1:-1] == [
        [one.name, *[str(one.counts[what]) for what in stats.Outcome], str(one.total)] for one in doors
    ]
    assert found["doors"][-1] == ["All doors", "2", "18", "0", "0", "0", "0", "0", "20"]
    assert [int(row[1]) for row in found["waits"][1:]] == [week.answered for week in stats.waits(span)]
    assert [row[2] for row in found["waits"][1:] if row[1] != "0"] == ["2.0"] * 10
    shown, reading = [row[1] for row in found["minutes"][1:]], stats.reading(span)
    assert [float(one) for one in shown[4:-1]] == [round(one / 60, 1) for one in list(reading.weeks.values())[4:]]
    assert (set(shown[:4]), float(shown[-1])) == ({"not measured"}, round(reading.seconds / 60, 1))
    assert len(found["agencies"]) == 1 + 8 + 1  # the head, eight of twenty, all others
    assert found["noes"][-1] == ["In all", "", "18"]
    assert sum(int(row[2]) for row in found["noes"][1:-1]) == 18
    assert found["kit"][1:] == [["A message", "10", "10", "0", "0"], ["People in all", "10", "10", "0", "0"]]


def test_a_table_has_a_caption_and_says_what_its_cells_are(owner: Client, page: Page) -> None:
    fill(page)
    found = owner.get("/desk/numbers").content.decode()
    assert found.count("<table") == found.count("<caption") == found.count('tabindex="0" aria-labelledby=') == 6
    heads = re.findall(r"<thead>(.*?)</thead>", found, re.DOTALL)
    assert all(head.count("<th ") == head.count('<th scope="col">') for head in heads)
    rows = re.findall(r"<t(?:body|foot)>(.*?)</t(?:body|foot)>", found, re.DOTALL)
    assert all(block.count("<tr>") == block.count('<th scope="row"') for block in rows)


def test_a_table_goes_into_a_spreadsheet(owner: Client, page: Page) -> None:
    fill(page)
    page.doors.update(name="=1+1")
    found = owner.get("/desk/numbers.csv?figure=doors&days=365")
    lines = found.content.decode().splitlines()
    assert lines[0] == "\ufeffDoor,Yes,No,Wrong door,Unanswered,Question open,Later,Waiting,In all"
    assert lines[1:] == ["'=1+1,1,9,0,0,0,0,0,10", "All doors,1,9,0,0,0,0,0,10"]
    assert found["Content-Disposition"] == 'attachment; filename="doors-maya-2026-11-04.csv"'
    assert owner.get("/desk/numbers.csv?figure=agencies").status_code == 200
    assert {owner.get(f"/desk/numbers.csv?{query}").status_code for query in ("figure=x", "days=7")} == {404}


# ── how far back ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("days", "answered", "weeks"), [(30, 4, 5), (90, 10, 14), (365, 10, 53)])
def test_the_address_says_how_far_back(owner: Client, page: Page, days: int, answered: int, weeks: int) -> None:
    fill(page)
    found = owner.get(f"/desk/numbers?days={days}")
    assert f"You answered {answered} of {answered} pitches." in text(found)
    assert f'?days={days}" aria-current="page"' in found.content.decode()
    assert found.content.decode().count("aria-current=") == 3  # the span, and Numbers twice in the rail
    assert len(tables(found)["waits"]) == 1 + weeks
    assert ("The page says the same" in text(found)) == (days == 90)


@pytest.mark.parametrize("days", ["", "0", "7", "91", "090", "-90", "90.0", "٩٠", "x", "99999999999"])
def test_other_spans_do_not_exist(owner: Client, page: Page, days: str) -> None:
    assert owner.get("/desk/numbers", {"days": days}).status_code == 404


# ── what is asked of the database ────────────────────────────────────────────
def test_it_takes_as_many_questions_for_three_as_for_one(owner: Client, page: Page) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get("/desk/numbers").status_code == 200
        return len(queries)

    fill(page, each=1)
    one = asked()
    fill(page_of_more := PageFactory(handle="more"), doors=3, each=12)
    owner.force_login(page_of_more.owner)
    assert (asked(), one <= 16) == (one, True)


# ── drawings ─────────────────────────────────────────────────────────────────
def shapes(drawn: str, name: str, *attributes: str) -> list[list[float]]:
    tags = re.findall(rf"<{name}[^>]*>", drawn)
    return [[float(re.search(rf'\b{one}="([\d.]+)%"', tag)[1]) for one in attributes] for tag in tags]  # type: ignore[index]


def test_a_stack_is_as_long_as_its_parts() -> None:
    drawn = drawing.stack([("yes", 3), ("wrong_door", 1)], 8)
    assert shapes(drawn, "rect", "x", "width") == [[0, 37.5], [37.5, 12.5]]
    assert 'class="of-yes"' in drawn
    assert 'fill="url(#hatch-wrong_door)"' in drawn
    assert "<rect" not in drawing.stack([], 0)


def test_columns_stand_in_their_weeks_and_none_is_nothing() -> None:
    assert shapes(drawing.columns([5, 0, 10, 20], 10), "rect", "x", "y", "height") == [
        [3.75, 50, 50], [53.75, 0, 100], [78.75, 0, 100]]  # fmt: skip


def test_a_course_breaks_where_nothing_is_known() -> None:
    drawn = drawing.course([2, 4, None, 1], [None, 3, 2, None], [False, False, False, True], 4)
    assert shapes(drawn, "circle", "cx", "cy") == [[12.5, 50], [37.5, 0], [87.5, 75]]
    assert re.findall(r'<circle class="([\w ]+)"', drawn) == ["dot", "dot", "dot unsure"]
    assert (drawn.count('class="joined"'), drawn.count('class="target"')) == (1, 2)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (2, 2), (2.1, 4), (7, 8), (10, 10), (10.5, 20), (38, 40), (999, 1000)]
)
def test_the_top_of_a_scale_is_round_and_even(value: float, top: int) -> None:
    assert drawing.round_top(value) == top
