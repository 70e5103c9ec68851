"""The log of mails, for operators: what became of each, whether mail goes out, what is known of an address."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import mailboxes, suppression
from pitches.models import Attempt, Mailbox, Message, Refusal, Sending, Stop
from pitches.notify import brake, catalogue, delivery, mark
from pitches.web import access
from portal import clock
from tests.factories import MessageFactory, UserFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
LOG = "/operator/mail/log"


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(email="ops@site.example", is_staff=True))
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def shown(response: Any) -> list[str]:
    return [mail.to for mail in response.context["mails"]]


def say(client: Client, step: str, **data: str) -> str:
    answer = client.post(f"/operator/mail/{step}", data)
    assert (answer.status_code, answer["Location"]) == (303, LOG)
    return text(client.get(LOG))


# ── the list ─────────────────────────────────────────────────────────────────
def test_it_says_what_became_of_each_and_what_the_server_said(operator: Client) -> None:
    mail = MessageFactory(to="elif@mosaic.example", state="dead", error="SMTPRecipientsRefused: 550 no such mailbox")
    Attempt.objects.create(message=mail, outcome="retry", detail="SMTPDataError: 451 come <back> later")
    Attempt.objects.create(message=mail, outcome="bounced", detail="550 no such mailbox")
    page = text(operator.get(LOG))
    for words in (
        "elif@mosaic.example",
        "Failed",
        "receipt",
        "550 no such mailbox",
        "2 attempts",
        "451 come &lt;back&gt;",
    ):
        assert words in page
    assert page.index("451 come") < page.index("bounced")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (brake.WAITS, "It waits until mail goes on"),
        (delivery.KEPT, "MAIL_ALLOW does not name this address"),
        ("bounce", "Mail to it comes back"),
        ("x", ">x<"),
    ],
)
def test_it_says_why_a_mail_was_held_back(operator: Client, why: str, words: str) -> None:
    MessageFactory(state="withheld", error=why)
    assert words in text(operator.get(LOG))


def test_it_narrows_down_to_state_kind_and_address(operator: Client) -> None:
    MessageFactory(to="a@mosaic.example", state="dead")
    MessageFactory(to="b@mosaic.example", state="dead", kind="yes")
    MessageFactory(to="C@mosaic.example", kind="yes")
    assert shown(operator.get(LOG)) == ["C@mosaic.example", "b@mosaic.example", "a@mosaic.example"]
    assert shown(operator.get(LOG, {"state": "dead"})) == ["b@mosaic.example", "a@mosaic.example"]
    assert shown(operator.get(LOG, {"state": "dead", "kind": "yes"})) == ["b@mosaic.example"]
    assert shown(operator.get(LOG, {"to": " c@Mosaic.example "})) == ["C@mosaic.example"]
    assert "No mail like that." in text(operator.get(LOG, {"to": "d@mosaic.example"}))
    assert len(shown(operator.get(LOG, {"state": "nonsense", "kind": "' OR 1=1"}))) == 3


def test_all_mails_to_an_address_are_found_by_an_index(operator: Client) -> None:
    MessageFactory(to="elif@mosaic.example")
    others = {"kind": "digest", "queue": "soon", "created_at": clock.now(), "next_at": clock.now()}
    Message.objects.bulk_create(Message(to=f"p{n}@other.example", dedupe=f"p{n}", **others) for n in range(500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pitches_message")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = on")
        plan = access.mails({"to": "Elif@mosaic.example"}).order_by("-pk")[:51].explain()
    assert "message_by_address" in plan
    assert "Sort" not in plan


def test_half_an_address_is_called_so(operator: Client) -> None:
    page = text(operator.get(LOG, {"to": "elif@"}))
    assert 'aria-invalid="true" aria-describedby="look_to_wrong"' in page
    assert 'value="elif@"' in page


def test_every_kind_can_be_asked_for(operator: Client) -> None:
    page = text(operator.get(LOG))
    assert all(f'<option value="{kind}">' in page for kind in catalogue.KINDS)


def test_one_page_comes_after_the_other(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitches.web.operator_log.AT_ONCE", 2)
    for number in range(5):
        MessageFactory(to=f"m{number}@mosaic.example", state="dead")
    seen, path = [], f"{LOG}?state=dead"
    while path:
        answer = operator.get(path)
        seen += shown(answer)
        path = f"{LOG}?state=dead&after={answer.context['more']}" if answer.context["more"] else ""
        MessageFactory(to="meanwhile@mosaic.example", state="dead")
    assert seen == [f"m{number}@mosaic.example" for number in (4, 3, 2, 1, 0)]


def test_more_mails_cost_no_more_queries(operator: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            operator.get(LOG)
        return len(asked)

    def mail() -> None:
        for outcome in ("retry", "sent"):
            Attempt.objects.create(message=MessageFactory(), outcome=outcome)

    mail()
    once = queries()
    mail()
    mail()
    assert queries() == once <= 8


# ── to stop, and to go on ────────────────────────────────────────────────────
def test_a_site_that_never_sent_is_looked_at_without_a_row(operator: Client) -> None:
    Sending.objects.all().delete()
    before = checksum("django_session")
    page = text(operator.get(LOG, {"to": "elif@mosaic.example"}))
    assert "Mail goes out" in page
    assert "Nothing waits." in page
    assert "Mail goes to this address." in page
    assert checksum("django_session") == before


def test_mail_is_stopped_by_hand_and_goes_on_with_what_waits(operator: Client) -> None:
    mail = MessageFactory(queue="later")
    page = say(operator, "stop")
    assert "No mail goes out any more." in page
    assert "<strong>Stopped by hand</strong>" in page
    assert "All mail waits in the outbox" in page
    assert '<bdi>later</bdi>: <span class="num">1</span>' in page
    assert brake.state().why == Stop.BY_HAND
    assert "Mail goes out again." in say(operator, "go-on", waiting="send")
    mail.refresh_from_db()
    assert (brake.state().why, mail.state) == ("", "pending")


def test_mail_goes_on_without_what_waits(operator: Client) -> None:
    brake.stop(Stop.RESTORED)
    MessageFactory.create_batch(2)
    page = text(operator.get(LOG))
    assert "restored from a backup" in page
    assert "Mail goes out again. 2 mails were left out." in say(operator, "go-on", waiting="skip")
    assert set(Message.objects.values_list("state", flat=True)) == {"obsolete"}


def test_while_typed_addresses_are_spared_all_mail_can_be_stopped(operator: Client) -> None:
    brake.stop(Stop.TYPED)
    page = text(operator.get(LOG))
    assert "No mail to new addresses: too much comes back" in page
    assert "Stop all mail" in page
    assert "No mail goes out any more." in say(operator, "stop")
    assert brake.state().why == Stop.BY_HAND
    assert "Stop all mail" not in text(operator.get(LOG))


def test_who_did_not_know_that_the_database_is_older_says_it_again(
    operator: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_MARK = str(tmp_path / "mail.mark")
    brake.stop(Stop.BY_HAND)
    assert mark.go_on()
    Sending.objects.update(batches=0)
    assert "the database is older" in say(operator, "go-on", waiting="send")
    assert brake.state().why == Stop.RESTORED
    assert "Mail goes out again." in say(operator, "go-on", waiting="skip")


@pytest.mark.parametrize("data", [{}, {"waiting": "both"}])
def test_nothing_goes_on_before_it_is_said_how(operator: Client, data: dict[str, str]) -> None:
    brake.stop(Stop.BOUNCES)
    assert "Say first what becomes of the mails that wait." in say(operator, "go-on", **data)
    assert brake.state().why == Stop.BOUNCES


def test_a_press_that_comes_late_leaves_nothing_out(operator: Client) -> None:
    mail = MessageFactory()
    assert "Mail goes out already. Nothing was changed." in say(operator, "go-on", waiting="skip")
    mail.refresh_from_db()
    assert mail.state == "pending"


def test_a_press_that_comes_twice_keeps_the_first_reason(operator: Client) -> None:
    brake.stop(Stop.COMPLAINTS)
    say(operator, "stop")
    assert brake.state().why == Stop.COMPLAINTS


# ── an address ───────────────────────────────────────────────────────────────
def test_a_bounce_is_shown_and_lifted(operator: Client) -> None:
    suppression.suppress("elif@mosaic.example", Refusal.BOUNCE, "550 <elif@mosaic.example> unknown")
    page = text(operator.get(LOG, {"to": "Elif@mosaic.example"}))
    assert "Mail to it comes back" in page
    assert "550 &lt;…&gt; unknown" in page
    assert "Mail goes to this address again." in say(operator, "lift", to="elif@mosaic.example")
    assert suppression.of("elif@mosaic.example") is None
    assert "There is nothing to lift" in say(operator, "lift", to="elif@mosaic.example")


def test_a_complaint_is_shown_and_stays(operator: Client) -> None:
    suppression.suppress("elif@mosaic.example", Refusal.COMPLAINT)
    page = text(operator.get(LOG, {"to": "elif@mosaic.example"}))
    assert "Somebody there called a mail of ours unwanted" in page
    assert "Try this address again" not in page
    assert "There is nothing to lift" in say(operator, "lift", to="elif@mosaic.example")
    assert suppression.of("elif@mosaic.example").why == Refusal.COMPLAINT


def test_who_wants_no_mail_is_named_and_stays(operator: Client) -> None:
    mailboxes.may_mail("elif@mosaic.example")
    Mailbox.objects.update(never_at=clock.now())
    assert "never mail me" in text(operator.get(LOG, {"to": "elif@mosaic.example"}))
