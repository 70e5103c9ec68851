"""Reports and the mail about them: one for each page and hour, none of the day's rest, none about what was settled."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from pitches import reports, tasks
from pitches.models import Message, Page, Report, ReportKind
from pitches.notify import render
from portal import clock, limits
from tests.factories import PageFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon(settings: Any) -> Any:
    settings.OPERATORS = ["ops@site.example", "second@site.example"]
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


def say(page: Page, words: str = "MARK-WORDS") -> Report:
    return reports.take(page, ReportKind.ABUSE, words, form_key=uuid4(), email="mark@maya.example")


def mails(state: str) -> int:
    return Message.objects.filter(kind="alarm", to="ops@site.example", state=state).count()


def hour_passes() -> None:
    clock.move_to(clock.now() + HOUR)
    tasks.sweep()


def test_each_operator_is_told_with_one_button_and_none_of_its_words(page: Page) -> None:
    say(page)
    found = {message.to: render.build(message) for message in Message.objects.all()}
    assert found.keys() == {"ops@site.example", "second@site.example"}
    mail = found["ops@site.example"]
    assert mail.subject == "Report about @maya"
    assert "Look: http" in mail.body
    assert "/operator/reports" in mail.body
    assert mail.body.count("http") == 1
    assert "mark" not in mail.message().as_string().lower()


def test_the_longest_handle_fits_into_the_subject() -> None:
    say(PageFactory(handle="m" * 30))
    assert len(str(render.build(Message.objects.first()).subject)) <= 60


def test_a_flood_is_one_mail_now_and_one_when_the_next_hour_begins(page: Page) -> None:
    say(page)
    tasks.sweep()
    for _report in range(9):
        say(page)
        tasks.sweep()
    assert (mails("done"), mails("pending")) == (1, 1)
    assert Message.objects.filter(state="pending").first().next_at == NOON + timedelta(minutes=40)
    hour_passes()
    assert (mails("done"), mails("pending")) == (2, 0)


def test_in_the_hour_of_the_second_mail_there_is_no_third(page: Page) -> None:
    say(page)
    say(page)
    hour_passes()
    say(page)
    tasks.sweep()
    assert (mails("done"), mails("pending")) == (2, 1)


def test_two_pages_are_two_mails(page: Page) -> None:
    say(page)
    say(PageFactory())
    tasks.sweep()
    assert mails("done") == 2


def test_over_the_number_of_a_day_they_are_kept_and_not_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "report_page", (2, limits.A_DAY))
    for _hour in range(4):
        say(page)
        hour_passes()
    assert (Report.objects.count(), mails("done")) == (4, 2)
    clock.move_to(NOON + timedelta(days=1))
    say(page)
    tasks.sweep()
    assert mails("done") == 3


def test_what_was_settled_before_the_mail_left_is_not_told(page: Page) -> None:
    report = say(page)
    reports.settle(report, "Done", by=UserFactory())
    tasks.sweep()
    assert (mails("done"), mails("obsolete")) == (0, 1)


def test_a_report_about_a_deleted_page_is_still_told(page: Page) -> None:
    say(page)
    page.delete()
    tasks.sweep()
    assert mails("done") == 1


def test_without_operators_it_is_kept(page: Page, settings: Any) -> None:
    settings.OPERATORS = []
    assert say(page).pk
    assert Message.objects.count() == 0
