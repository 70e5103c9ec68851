"""Reports for operators: the list, what is settled and with which word, a page taken down and put up again."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import doors
from pitches.models import Event, Page, Report
from portal import clock, limits
from portal.models import Tally
from tests.factories import DoorFactory, PageFactory, PitchFactory, ReportFactory, UserFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
LIST = "/operator/reports"


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(email="ops@site.example", is_staff=True))
    return client


@pytest.fixture
def report() -> Report:
    return ReportFactory(page__handle="maya", words="It <b>is</b> me.")


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown(response: Any) -> list[int]:
    return [row["report"].pk for row in response.context["rows"]]


def press(client: Client, report: Report, step: str, **said: str) -> str:
    """Press a button, and read what is said on the page after it."""
    answer = client.post(f"{LIST}/{report.pk}/{step}", said)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    return text(client.get(LIST))


# ── who may ──────────────────────────────────────────────────────────────────
def test_for_everybody_else_these_pages_are_not_there(report: Report) -> None:
    owner, nobody = Client(), Client()
    assert report.page is not None
    owner.force_login(report.page.owner)
    missing = nobody.get("/operator/nothing").content
    before = checksum("django_session")
    for browser in (nobody, owner):
        answers = [browser.get(LIST)]
        answers += [browser.post(f"{LIST}/{report.pk}/{step}") for step in ("settle", "take-down", "put-up")]
        assert {answer.status_code for answer in answers} == {404}
        assert browser is owner or {answer.content for answer in answers} == {missing}
    assert checksum("django_session") == before


def test_in_production_one_factor_is_not_enough(operator: Client, report: Report, settings: Any) -> None:
    settings.PRODUCTION = True
    assert operator.get(LIST).status_code == 403
    for step in ("settle", "take-down", "put-up"):
        assert operator.post(f"{LIST}/{report.pk}/{step}", {"note": "x", "why": "x"}).status_code == 403


def test_a_forged_press_and_one_of_no_report_do_nothing(operator: Client, report: Report) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = operator.cookies
    for step in ("settle", "take-down", "put-up"):
        assert forged.post(f"{LIST}/{report.pk}/{step}", {"note": "x", "why": "x"}).status_code == 403
        assert operator.post(f"{LIST}/{report.pk + 1}/{step}", {"note": "x", "why": "x"}).status_code == 404
        assert operator.get(f"{LIST}/{report.pk}/{step}").status_code == 405
    assert Report.objects.filter(settled_at=None, page__taken_down_at=None).exists()


# ── the list ─────────────────────────────────────────────────────────────────
def test_the_way_there_stands_beside_the_mails(operator: Client) -> None:
    assert f'href="{LIST}"' in operator.get("/operator/mail").content.decode()
    assert "No report is open." in text(operator.get(LIST))
    assert "Nothing was settled yet." in text(operator.get(f"{LIST}?show=settled"))


def test_it_says_what_was_said_and_that_an_address_proves_nothing(operator: Client, report: Report) -> None:
    answer = operator.get(LIST)
    for words in ("@maya", "It pretends to be somebody else", "somebody@mosaic.example", "which proves nothing"):
        assert words in text(answer)
    assert "It &lt;b&gt;is&lt;/b&gt; me." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_the_newest_open_one_comes_first_and_settled_ones_stand_apart(operator: Client) -> None:
    old, new, done, last = ReportFactory.create_batch(4)
    for number, one in enumerate((last, done)):
        Report.objects.filter(pk=one.pk).update(settled_at=clock.now() + timedelta(seconds=number))
    assert shown(operator.get(LIST)) == [new.pk, old.pk]
    assert shown(operator.get(f"{LIST}?show=settled")) == [done.pk, last.pk]


@pytest.mark.parametrize("settled", [True, False])
def test_one_page_comes_after_the_other(operator: Client, monkeypatch: pytest.MonkeyPatch, settled: bool) -> None:
    monkeypatch.setattr("pitches.web.operator_reports.AT_ONCE", 2)
    now = clock.now()
    rows = [ReportFactory(settled_at=now if settled else None).pk for _number in range(5)]
    seen: list[int] = []
    after = "none"
    while after:
        answer = operator.get(LIST, {"show": "settled" if settled else "", "after": after})
        seen, after = seen + shown(answer), answer.context["more"]
    assert seen == rows[::-1]


def test_more_reports_cost_no_more_queries(operator: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            operator.get(path)
        return len(asked)

    for path, settled_at in ((LIST, None), (f"{LIST}?show=settled", clock.now())):
        ReportFactory(settled_at=settled_at, settled_by=UserFactory() if settled_at else None)
        once = queries(path)
        ReportFactory(settled_at=settled_at, settled_by=UserFactory() if settled_at else None)
        ReportFactory(settled_at=settled_at, page=None, handle="gone")
        assert queries(path) == once <= 8


# ── settle ───────────────────────────────────────────────────────────────────
def test_settling_keeps_who_when_and_a_word(operator: Client, report: Report) -> None:
    assert "1 report is settled." in press(operator, report, "settle", note="Wrote to the owner")
    report.refresh_from_db()
    assert report.settled_by is not None
    assert (report.settled_by.email, report.note) == ("ops@site.example", "Wrote to the owner")
    seen = text(operator.get(f"{LIST}?show=settled"))
    assert "by ops@site.example: Wrote to the owner" in seen


def test_settling_twice_keeps_the_first_word(operator: Client, report: Report) -> None:
    press(operator, report, "settle", note="First")
    assert "Nothing was changed." in press(operator, report, "settle", note="Second")
    assert Report.objects.get().note == "First"


def test_all_about_one_page_at_one_press(operator: Client, report: Report) -> None:
    ReportFactory.create_batch(2, page=report.page)
    other = ReportFactory()
    assert "and 2 other open reports about this page" in text(operator.get(LIST))
    assert "3 reports are settled." in press(operator, report, "settle", note="A flood", every="on")
    assert list(Report.objects.filter(settled_at=None)) == [other]


def test_all_about_one_page_goes_by_the_page_and_by_its_address_only_where_it_is_gone(
    operator: Client, report: Report
) -> None:
    """A page may have moved, and another page, or none any more, has its old address."""
    ReportFactory(page=report.page, handle="before")
    gone = ReportFactory.create_batch(2, page=None, handle="maya")
    assert text(operator.get(LIST)).count("and 1 other open report about this page") == 4
    assert "2 reports are settled." in press(operator, report, "settle", note="A flood", every="on")
    assert list(Report.objects.filter(settled_at=None).order_by("pk")) == gone
    assert "2 reports are settled." in press(operator, gone[0], "settle", note="A flood", every="on")


@pytest.mark.parametrize(("note", "said"), [("", "Say in a few words what you did."), ("x" * 201, "It has 201.")])
def test_a_word_is_needed_and_a_short_one(operator: Client, report: Report, note: str, said: str) -> None:
    ReportFactory()
    answer = operator.post(f"{LIST}/{report.pk}/settle", {"note": note})
    assert (answer.status_code, shown(answer)) == (422, [report.pk])
    assert "There is a problem" in text(answer)
    assert said in text(answer)
    assert f'href="#settle{report.pk}_note"' in answer.content.decode()
    assert Report.objects.filter(settled_at=None).count() == 2


# ── take the page down ───────────────────────────────────────────────────────
@pytest.fixture
def page(report: Report) -> Page:
    assert report.page is not None
    DoorFactory(page=report.page, slug="research")
    return report.page


def test_a_page_that_is_taken_down_is_there_for_nobody_and_no_details_are_said(
    operator: Client, report: Report, page: Page
) -> None:
    assert "The page is down." in press(operator, report, "take-down", why="It is not Maya")
    for path in ("/@maya", "/@maya/research", "/@maya.txt", "/@maya/doors.json", "/@maya/badge.svg"):
        answer = Client().get(path)
        assert answer.status_code == 410
        assert "It is not Maya" not in answer.content.decode()
    assert "by whoever it belongs to or by whoever runs this site" in text(Client().get("/@maya"))
    assert "Its owner reads: It is not Maya" in text(operator.get(LIST))
    assert Event.objects.filter(page=page, note="taken down", by__email="ops@site.example").count() == 1


def test_its_owner_reads_why_and_cannot_show_it(operator: Client, report: Report, page: Page) -> None:
    press(operator, report, "take-down", why="It <i>is</i> not Maya")
    owner = Client()
    owner.force_login(page.owner)
    for path in ("/desk/inbox", "/desk/page"):
        seen = owner.get(path).content.decode()
        assert "This page was taken down by whoever runs this site." in seen
        assert "It &lt;i&gt;is&lt;/i&gt; not Maya" in seen
        assert report.words not in seen
    assert "Show my page" not in seen
    for hidden in ("no", "yes", "no"):
        owner.post("/desk/page/hide", {"hidden": hidden})
    assert "Only they put it up again." in text(owner.get("/desk/page"))
    assert Client().get("/@maya").status_code == 410


def test_it_is_put_up_again_once(operator: Client, report: Report, page: Page) -> None:
    press(operator, report, "take-down", why="It is not Maya")
    assert "was not there" not in press(operator, report, "put-up")
    assert Client().get("/@maya").status_code == 200
    assert "The page was not down." in press(operator, report, "put-up")
    page.refresh_from_db()
    assert (page.taken_down_at, page.taken_down_why, page.hidden_at) == (None, "", None)
    assert page.next_hour_at > clock.now()


def test_what_its_owner_had_hidden_stays_hidden(operator: Client, report: Report, page: Page) -> None:
    doors.hide(page, by=page.owner, hidden=True)
    press(operator, report, "take-down", why="It is not Maya")
    press(operator, report, "put-up")
    assert Client().get("/@maya").status_code == 410
    doors.hide(page, by=page.owner, hidden=False)
    assert Client().get("/@maya").status_code == 200


def test_taking_it_down_twice_keeps_the_first_reason(operator: Client, report: Report, page: Page) -> None:
    press(operator, report, "take-down", why="First")
    assert "Nothing was changed." in press(operator, report, "take-down", why="Second")
    page.refresh_from_db()
    assert page.taken_down_why == "First"


def test_a_reason_is_needed(operator: Client, report: Report) -> None:
    answer = operator.post(f"{LIST}/{report.pk}/take-down", {"why": "x" * 401})
    assert (answer.status_code, "<details open>" in answer.content.decode()) == (422, True)
    assert "Say why: the owner reads it." in text(operator.post(f"{LIST}/{report.pk}/take-down"))
    assert not Page.objects.exclude(taken_down_at=None).exists()


def test_where_the_page_is_deleted_nothing_is_taken_down(operator: Client, report: Report, page: Page) -> None:
    page.delete()
    assert "The page is deleted" in text(operator.get(LIST))
    for step in ("take-down", "put-up"):
        assert "Nothing was changed." in press(operator, report, step, why="It is not Maya")


def test_what_waits_can_still_be_answered(operator: Client, report: Report, page: Page) -> None:
    pitch = PitchFactory(waiting=True, door=page.doors.get(), page=page)
    press(operator, report, "take-down", why="It is not Maya")
    owner = Client()
    owner.force_login(page.owner)
    assert owner.get(f"/desk/pitch/{pitch.code}").status_code == 200


# ── the owner answers ────────────────────────────────────────────────────────
@pytest.fixture
def owner(operator: Client, report: Report, page: Page) -> Client:
    press(operator, report, "take-down", why="It is not Maya")
    found = Client()
    found.force_login(page.owner)
    return found


def say(owner: Client, words: str = "I am Maya, see my passport.") -> Any:
    return owner.post("/desk/page/answer", {"form_key": str(uuid4()), "words": words})


def test_an_answer_lies_among_the_reports_with_the_address_of_the_account(
    operator: Client, owner: Client, page: Page
) -> None:
    assert say(owner)["Location"] == "/desk/page"
    answer = Report.objects.get(kind="answer")
    assert (answer.page, answer.email, answer.words) == (page, page.owner.email, "I am Maya, see my passport.")
    seen = text(operator.get(LIST))
    assert "@maya : Its owner answers" in seen
    assert f"The account of the page: {page.owner.email}" in seen


@pytest.mark.parametrize(("words", "said"), [("", "Write your answer first."), ("x" * 2001, "It has 2001.")])
def test_an_answer_has_words_and_not_too_many(owner: Client, words: str, said: str) -> None:
    answer = say(owner, words)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert not Report.objects.filter(kind="answer").exists()


def test_answers_have_the_limit_of_reports(owner: Client, settings: Any) -> None:
    settings.NETWORK_LIMIT = 1
    key = limits.network_of(owner.get("/healthz").wsgi_request)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    Tally.objects.create(what="report", who=key, began_at=hour, count=10)
    answer = say(owner)
    assert (answer.status_code, "I am Maya" in text(answer)) == (429, True)


def test_a_page_that_is_up_has_nothing_to_answer(client: Client) -> None:
    client.force_login(PageFactory().owner)
    assert say(client)["Location"] == "/desk/page"
    assert "Your page is not down." in text(client.get("/desk/page"))
    assert Report.objects.count() == 0
