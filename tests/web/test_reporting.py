"""Something is wrong with a page: the form for everybody, what is kept of it, and what its owner learns: nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from pitches import doors, tasks
from pitches.doors import handles
from pitches.models import Event, Mailbox, Message, Page, Report
from portal import clock, limits
from portal.models import Tally
from tests.factories import PageFactory
from tests.races import checksum, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
REPORT = "/report/@maya"


@pytest.fixture(autouse=True)
def _noon(settings: Any) -> Any:
    settings.OPERATORS = ["ops@site.example"]
    settings.NETWORK_LIMIT = 1
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


def form(**changes: str) -> dict[str, str]:
    said = {"kind": "impersonation", "words": "It is me who is Maya.", "email": "real@maya.example"}
    return {"form_key": str(uuid4())} | said | changes


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ── to send it ───────────────────────────────────────────────────────────────
def test_it_is_received_and_the_page_after_it_may_be_loaded_again(client: Client, page: Page) -> None:
    shown = client.get(REPORT).content.decode()
    assert '<meta name="robots" content="noindex">' in shown
    assert all(f'value="{kind}"' in shown for kind in ("impersonation", "abuse", "spam", "other"))
    assert 'value="answer"' not in shown
    answer = client.post(REPORT, form())
    assert (answer.status_code, answer["Location"]) == (303, f"{REPORT}?sent=1")
    said = text(client.get(answer["Location"]))
    assert "Received. Thank you." in said
    assert "no mail comes by itself" in said
    report = Report.objects.get()
    assert (report.page, report.handle, report.kind, report.at) == (page, "maya", "impersonation", NOON)
    assert (report.words, report.email, report.settled_at) == ("It is me who is Maya.", "real@maya.example", None)


def test_an_address_may_be_left_out_and_gets_no_mail(client: Client, page: Page) -> None:
    client.post(REPORT, form(email=""))
    client.post(REPORT, form())
    tasks.sweep()
    assert set(Message.objects.values_list("kind", "to")) == {("alarm", "ops@site.example")}
    assert Mailbox.objects.count() == 0


def test_nothing_is_kept_of_who_reported(client: Client, page: Page) -> None:
    client.post(REPORT, form(email=""), REMOTE_ADDR="203.0.113.9")
    kept = {field.name for field in Report._meta.get_fields()}
    assert kept == {
        *("id", "page", "handle", "form_key", "kind", "words", "email", "at"),
        *("settled_at", "settled_by", "note"),
    }
    assert "203.0.113" not in str(list(Tally.objects.values()))


def test_the_same_form_twice_is_one_report(client: Client, page: Page) -> None:
    twice = form()
    assert [client.post(REPORT, twice)["Location"] for _time in range(2)] == [f"{REPORT}?sent=1"] * 2
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_eight_times_at_once_is_one_report(page: Page) -> None:
    twice = form()
    race(lambda _n: Client().post(REPORT, twice))
    assert (Report.objects.count(), Message.objects.count()) == (1, 1)


# ── what is wrong with it ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": ""}, "Choose what is wrong."),
        ({"kind": "nonsense"}, "Select a valid choice."),
        ({"kind": "answer"}, "Select a valid choice."),
        ({"words": " \n "}, "Say what you have seen."),
        ({"words": "x" * 2001}, "at most 2000 characters. It has 2001."),
        ({"words": "a\u202eb"}, "Take out the invisible or control characters."),
        ({"email": "real@"}, "Enter a valid email address."),
        ({"email": "a@b.example, c@d.example"}, "Enter one address only."),
        ({"form_key": "forged"}, "Enter a valid UUID."),
        ({"form_key": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, page: Page, changes: dict[str, str], said: str
) -> None:
    answer = client.post(REPORT, form(words="MARK-WORDS") | changes)
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert said in text(answer)
    assert "MARK-WORDS" in text(answer) or "words" in changes
    assert (Report.objects.count(), Message.objects.count()) == (0, 0)


def test_a_form_of_another_site_is_refused(page: Page) -> None:
    assert Client(enforce_csrf_checks=True).post(REPORT, form()).status_code == 403
    assert Report.objects.count() == 0


def test_a_machine_is_told_so(client: Client, page: Page, settings: Any) -> None:
    assert client.post(REPORT, form(homepage="https://spam.example")).status_code == 422
    settings.MIN_WRITING = 3
    answer = client.post(REPORT, form(words="MARK-WORDS"))
    assert (answer.status_code, "MARK-WORDS" in text(answer)) == (422, True)
    assert Report.objects.count() == 0


# ── too many ─────────────────────────────────────────────────────────────────
def test_a_network_has_so_many_in_an_hour(client: Client, page: Page) -> None:
    key = limits.network_of(client.get("/healthz").wsgi_request)
    Tally.objects.create(what="report", who=key, began_at=NOON.replace(minute=0), count=10)
    answer = client.post(REPORT, form(words="MARK-WORDS"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "2401")
    assert "MARK-WORDS" in text(answer)
    assert Report.objects.count() == 0


def test_from_a_third_of_it_on_a_browser_does_a_sum(client: Client, page: Page) -> None:
    codes = [client.post(REPORT, form()).status_code for _time in range(4)]
    assert codes == [303, 303, 303, 422]
    assert 'name="sum"' in client.post(REPORT, form()).content.decode()
    assert not Tally.objects.filter(what="knock", who=str(page.pk)).exists()  # nobody at a door does one for it


# ── which pages ──────────────────────────────────────────────────────────────
def test_a_page_that_is_not_up_is_like_none_at_all(client: Client) -> None:
    PageFactory(handle="draft", unpublished=True)
    answers = [client.get(f"/report/@{handle}") for handle in ("draft", "nobody")]
    answers += [client.post(f"/report/@{handle}", form()) for handle in ("draft", "nobody")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Report.objects.count() == 0


def test_a_hidden_page_may_be_reported_still_and_shows_no_name(client: Client, page: Page) -> None:
    doors.hide(page, by=page.owner, hidden=True)
    shown = client.get(REPORT).content.decode()
    assert page.name not in shown
    assert 'href="/@maya"' not in shown
    assert client.post(REPORT, form()).status_code == 303
    assert Report.objects.get().page == page


def test_a_page_that_moved_is_reported_where_it_is(client: Client, page: Page) -> None:
    handles.take(page)
    handles.move(page, "mara", by=page.owner)
    assert client.get(REPORT)["Location"] == "/report/@mara"
    assert client.post(REPORT, form())["Location"] == "/report/@mara?sent=1"
    assert Report.objects.get().handle == "mara"


def test_where_a_hidden_page_moved_to_is_not_said(client: Client, page: Page) -> None:
    handles.take(page)
    handles.move(page, "mara", by=page.owner)
    doors.hide(page, by=page.owner, hidden=True)
    assert "mara" not in client.get(REPORT).content.decode()
    assert client.get("/report/@MAYA")["Location"] == REPORT
    assert client.post(REPORT, form())["Location"] == f"{REPORT}?sent=1"
    assert Report.objects.get().handle == "mara"


def test_looking_changes_nothing(client: Client, page: Page) -> None:
    before = checksum()
    for path in (REPORT, f"{REPORT}?sent=1", "/report/@MAYA"):
        client.get(path)
        client.head(path)
    assert checksum() == before


def test_the_public_page_has_the_way_there_and_no_token(client: Client, page: Page, settings: Any) -> None:
    settings.SITE_URL = "http://testserver"
    cache.clear()
    visitor = Client(headers={"host": "testserver"})
    for _time in range(2):
        shown = visitor.get("/@maya").content.decode()
        assert f'<a href="{REPORT}" rel="nofollow">Report this page</a>' in shown
        assert "csrf" not in shown


# ── the owner ────────────────────────────────────────────────────────────────
def test_the_owner_learns_nothing(client: Client, page: Page) -> None:
    events = Event.objects.count()
    client.post(REPORT, form(words="ZEBRA-WORDS", email="zebra@maya.example"))
    tasks.sweep()
    client.force_login(page.owner)
    for path in ("/desk/inbox", "/desk/page", "/desk/numbers", "/desk/people", "/desk/mail"):
        shown = client.get(path)
        assert (shown.status_code, "zebra" in text(shown).lower()) == (200, False)
    assert Event.objects.count() == events
    assert not Message.objects.filter(to=page.owner.email).exists()


# ── how long ─────────────────────────────────────────────────────────────────
def test_words_and_address_go_90_days_after_it_was_settled_and_not_before(client: Client, page: Page) -> None:
    client.post(REPORT, form())
    client.post(REPORT, form(words="Open"))
    Report.objects.exclude(words="Open").update(settled_at=NOON)
    clock.move_to(NOON + timedelta(days=90, seconds=-1))
    tasks.tidy()
    assert not Report.objects.filter(words="").exists()
    clock.move_to(NOON + timedelta(days=90))
    tasks.tidy()
    assert list(Report.objects.order_by("pk").values_list("words", "email", "handle")) == [
        ("", "", "maya"),
        ("Open", "real@maya.example", "maya"),
    ]


def test_a_report_outlives_its_page_until_it_was_settled_for_90_days(client: Client, page: Page) -> None:
    client.post(REPORT, form())
    page.delete()
    tasks.tidy()
    assert list(Report.objects.values_list("page", "handle", "words")) == [(None, "maya", "It is me who is Maya.")]
    Report.objects.update(settled_at=NOON)
    clock.move_to(NOON + timedelta(days=90))
    tasks.tidy()
    assert Report.objects.count() == 0
