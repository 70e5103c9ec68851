"""Sending through a mail provider's HTTP interface, and mail to few only."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from anymail.exceptions import AnymailAPIError
from django.core.mail import EmailMessage, get_connection
from urllib3.exceptions import NewConnectionError

from pitches import suppression
from pitches.models import Message, MessageState, Refusal, Suppression
from pitches.notify import brake, delivery
from pitches.notify import outcomes as outcomes_of
from portal import clock
from portal.models import DrawerMail
from tests.notify.sending import digest, later, outcomes, receipt, state

pytestmark = pytest.mark.django_db
TAKEN = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d"})


class Provider(ThreadingHTTPServer):
    """Postmark's interface, as far as one mail needs it. `answers`: what the next requests get; then all is taken."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.answers, self.asked = [], []


class _Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(said)
        status, answer = self.server.answers.pop(0) if self.server.answers else TAKEN
        if status == 200 and answer.get("ErrorCode") == 0:
            answer = answer | {"To": said["To"]}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def _amazon(status: int) -> Exception:
    """What botocore raises."""
    error = Exception("An error occurred when calling the SendEmail operation")
    error.response = {"Error": {"Code": "MessageRejected"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return error


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """A provider on the loopback, and a site that sends through it."""
    with Provider() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        url = f"http://127.0.0.1:{server.server_port}/"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x", "POSTMARK_API_URL": url, "REQUESTS_TIMEOUT": 2}
        with clock.standing_at(clock.now()):
            yield server
        server.shutdown()


def test_a_mail_goes_through_a_provider_with_all_that_it_needs(provider):
    message = receipt()
    delivery.deliver("soon")
    assert (state(message), outcomes(message)) == (MessageState.DONE, ["sent"])
    assert message.provider_id == TAKEN[1]["MessageID"]
    said = provider.asked[0]
    assert said["TextBody"]
    assert said["HtmlBody"]
    headers = {one["Name"]: one["Value"] for one in said["Headers"]}
    assert {"Message-ID", "Auto-Submitted", "References"} <= set(headers)


@pytest.mark.parametrize(
    ("answer", "outcome", "then", "held"),
    [
        (
            (
                422,
                {
                    "ErrorCode": 406,
                    "Message": "Found inactive addresses: elif@mosaic.example. Inactive recipients are …",
                },
            ),
            "refused",  # nothing was sent, so nothing came back
            "dead",
            Refusal.BOUNCE,
        ),
        ((422, {"ErrorCode": 300, "Message": "Invalid 'From' address"}), "denied", "pending", ""),
        ((401, {"ErrorCode": 10, "Message": "bad token"}), "denied", "pending", ""),
        ((503, {"ErrorCode": 100, "Message": "maintenance"}), "retry", "pending", ""),
        ((200, {"no": "such answer"}), "unknown", "pending", ""),
        ((429, {"ErrorCode": 429, "Message": "slower"}), "retry", "pending", ""),
        ((500, {"ErrorCode": 500, "Message": "broken"}), "unknown", "pending", ""),
    ],
)
def test_what_a_provider_says_is_understood(provider, answer, outcome, then, held):
    message = receipt(email="elif@mosaic.example")
    provider.answers = [answer]
    delivery.deliver("soon")
    assert (outcomes(message), state(message)) == ([outcome], then)
    assert suppression.holds_back(message.to) == held
    if then == "pending":
        later()
        assert outcomes(message) == [outcome, "sent"]
        assert len({json.dumps(said["Headers"]) for said in provider.asked}) == 1  # the same Message-ID


def test_a_provider_that_is_not_there_loses_nothing(provider, settings):
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:9/"}
    messages = [receipt(), digest()]
    delivery.deliver("soon")
    assert [(outcomes(one), state(one)) for one in messages] == [(["retry"], MessageState.PENDING)] * 2
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": f"http://127.0.0.1:{provider.server_port}/"}
    later()
    assert [state(one) for one in messages] == [MessageState.DONE] * 2


def _from(error: Exception, *, because: Exception) -> Exception:
    error.__cause__ = because
    return error


@pytest.mark.parametrize(
    ("because", "outcome"),
    [
        (requests.ConnectTimeout(), "retry"),
        (_from(requests.ConnectionError(), because=NewConnectionError(None, "refused")), "retry"),
        (_from(requests.ConnectionError(), because=socket.gaierror("no such host")), "retry"),
        (_from(requests.ConnectionError(), because=ssl.SSLCertVerificationError("not ours")), "retry"),
        (requests.ReadTimeout(), "unknown"),
        (_from(requests.ConnectionError(), because=ConnectionResetError()), "unknown"),
        (type("EndpointConnectionError", (Exception,), {})(), "retry"),
        (type("ReadTimeoutError", (Exception,), {})(), "unknown"),
        (_amazon(400), "denied"),
        (_amazon(429), "retry"),
        (_amazon(500), "unknown"),
        (_amazon(503), "retry"),
    ],
)
def test_a_connection_that_never_came_about_sent_nothing(because, outcome):
    assert outcomes_of.of(_from(AnymailAPIError(), because=because)) == outcome


def test_an_address_that_a_provider_knows_does_not_count_as_one_that_came_back(provider):
    for number in range(20):
        receipt(email=f"gone{number}@mosaic.example")
        said = f"Found inactive addresses: gone{number}@mosaic.example. Inactive recipients are …"
        provider.answers.append((422, {"ErrorCode": 406, "Message": said}))
    delivery.deliver("soon")
    assert Suppression.objects.count() == 20
    assert brake.state().why == ""


@pytest.mark.parametrize(("name", "headers"), [("postmark", {"X-PM-KeepID": "true"}), ("mailgun", {}), ("", {})])
def test_postmark_is_asked_to_keep_our_message_id(provider, settings, name, headers):
    settings.MAIL_PROVIDER = name
    receipt()
    delivery.deliver("soon")
    said = {one["Name"]: one["Value"] for one in provider.asked[0]["Headers"]}
    assert {name: value for name, value in said.items() if name.startswith("X-")} == headers


# ── mail to few ──────────────────────────────────────────────────────────────
def test_a_copy_that_is_tried_out_writes_to_nobody_but_those_who_try_it(sink, settings):
    settings.MAIL_SENDS_BY, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "portal.allowed.AllowedBackend"
    settings.MAIL_ALLOW = ["tester@mosaic.example", "@halfdoor.example"]
    to = ["Tester@mosaic.example", "any@halfdoor.example", "elif@mosaic.example", "x@halfdoor.example.evil.example"]
    for address in to:
        receipt(email=address)
    delivery.deliver("soon")
    assert sorted(mail["To"].lower() for mail in sink.mails) == ["any@halfdoor.example", "tester@mosaic.example"]
    assert sorted(DrawerMail.objects.values_list("to", flat=True)) == sorted(to[2:])
    kept = set(Message.objects.values_list("to", "state", "error"))
    assert kept == {(to[0], "done", ""), (to[1], "done", ""), (to[2], "done", "kept"), (to[3], "done", "kept")}


def test_one_who_may_not_be_written_to_is_enough(sink, settings):
    settings.MAIL_SENDS_BY, settings.MAIL_ALLOW = settings.EMAIL_BACKEND, ["a@mosaic.example"]
    mail = EmailMessage("x", "y", "post@halfdoor.example", ["a@mosaic.example"], bcc=["b@mosaic.example"])
    get_connection("portal.allowed.AllowedBackend").send_messages([mail])
    assert not sink.mails
    assert DrawerMail.objects.count() == 1
