"""What the mail provider says: only whoever knows the secret is believed, and only rows are written."""

import base64
import json
import os
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db.models.functions import Now
from django.test import Client

from pitches import suppression, tasks
from pitches.inbound import providers
from pitches.inbound.urls import of
from pitches.models import CameBy, Letter, Message, MessageState, Refusal
from portal import checks
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
SECRET = "postmark:only-for-tests"
BOUNCE = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "MessageID": "abc-1",
    "Email": "elif@mosaic.example",
    "Details": "smtp;550 5.1.1 The account does not exist",
    "Description": "Unknown user",
    "BouncedAt": "2026-05-12T09:14:00Z",
}
COMPLAINT = BOUNCE | {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Details": ""}
LETTER = {
    "FromFull": {"Email": "jonas@northbeam.example", "Name": "Jonas Weber"},
    "ToFull": [{"Email": "maya@in.halfdoor.example", "Name": ""}],
    "OriginalRecipient": "maya@in.halfdoor.example",
    "Subject": "Story idea",
    "MessageID": "73e6",
    "Headers": [
        {"Name": "Return-Path", "Value": "<jonas@northbeam.example>"},
        {"Name": "Message-ID", "Value": "<cold@northbeam.example>"},
    ],
    "TextBody": "Hi Maya, we measured 400 offices. Grüße",
    "Attachments": [{"Name": "a.txt", "Content": "YQ==", "ContentType": "text/plain"}],
}


@pytest.fixture
def post(world, settings):
    """Speak as the provider, with a secret or without; the status of the answer."""
    settings.ROOT_URLCONF, settings.ANYMAIL = "tests.inbound.provider_urls", {"WEBHOOK_SECRET": SECRET}
    client = Client(enforce_csrf_checks=True)

    def speak(what, body, secret=SECRET):
        word = base64.b64encode(secret.encode()).decode()
        more = {"Authorization": f"Basic {word}"} if secret else {}
        path = f"/mail/postmark/{what}/"
        return client.post(path, json.dumps(body), content_type="application/json", headers=more).status_code

    return speak


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "only-for-tests"])
@pytest.mark.parametrize(("what", "body"), [("tracking", BOUNCE), ("inbound", LETTER)])
def test_without_the_secret_nothing_is_believed(post, world, what, body, secret):
    assert post(what, body, secret) == 400
    world.message.refresh_from_db()
    assert (Letter.objects.count(), world.message.state) == (0, MessageState.DONE)


def test_a_mail_comes_in_once(post, world, taken):
    assert [post("inbound", LETTER), post("inbound", LETTER)] == [200, 200]
    letter = Letter.objects.get()
    assert (letter.came_by, letter.to) == (CameBy.PROVIDER, "maya@in.halfdoor.example")
    assert taken == []  # read later
    tasks.sweep()
    [(parsed, page)] = taken
    assert (page, parsed.sender, parsed.attachments) == (world.page, "jonas@northbeam.example", ("a.txt",))
    assert parsed.text == "Hi Maya, we measured 400 offices. Grüße"


def test_a_mail_from_nobody_is_known_by_its_return_path(post, taken):
    headers = [{"Name": "Return-Path", "Value": "<>"}, *LETTER["Headers"][1:]]
    post("inbound", LETTER | {"Headers": headers})
    assert Letter.objects.get().sender == "<>"


def test_what_cannot_be_written_is_recorded_all_the_same(world):
    def breaks(**_more):
        raise LookupError("no such charset")

    mail = SimpleNamespace(policy=None, as_bytes=breaks, envelope_recipient="maya@in.halfdoor.example")
    mail.envelope_sender = mail.spam_detected = mail.spam_score = None
    event = SimpleNamespace(event_type="inbound", message=mail)
    providers.came_in(None, event, "Postmark")
    tasks.sweep()
    assert Letter.objects.get().end == "unreadable"


def wrapped(status="", score=""):
    more = [("X-Spam-Status", status), ("X-Spam-Score", score)]
    headers = [*LETTER["Headers"], *({"Name": name, "Value": value} for name, value in more if value)]
    return LETTER | {"Headers": headers}


@pytest.mark.parametrize(
    ("status", "score", "end"),
    [("Yes", "4.2", "automatic"), ("No", "6.0", "drafted"), ("", "6.0", "drafted")],
)
@pytest.mark.usefixtures("taken")
def test_what_the_provider_takes_for_spam_is_not_answered(post, status, score, end):
    post("inbound", wrapped(status, score))
    tasks.sweep()
    letter = Letter.objects.get()
    assert (letter.end, letter.detail) == (end, "spam, says the provider" if end == "automatic" else "")
    assert letter.raw


@pytest.mark.parametrize(("score", "spam"), [(5.0, True), (4.9, False), (None, False)])
def test_a_score_counts_where_the_provider_does_not_judge(score, spam):
    assert bool(providers._marked(SimpleNamespace(spam_detected=None, spam_score=score))) is spam


def test_a_mail_with_a_file_of_some_megabytes_comes_in(post, taken):
    file = {"Name": "a.pdf", "Content": base64.b64encode(b"x" * 6 * 1024 * 1024).decode(), "ContentType": "a/pdf"}
    assert post("inbound", LETTER | {"Attachments": [file]}) == 200
    tasks.sweep()
    assert taken[0][0].text == "Hi Maya, we measured 400 offices. Grüße"


@pytest.mark.parametrize(
    ("facts", "ago", "code"),
    [
        ({"to": "Elif@mosaic.example"}, 60, 503),
        ({}, 180, 200),
        ({"to": "eve@mosaic.example"}, 60, 200),
        ({"state": "done"}, 60, 200),
    ],
)
def test_what_is_told_of_a_mail_that_is_being_sent_is_to_be_told_again(post, world, facts, ago, code):
    more = {"to": "elif@mosaic.example", "state": "sending", "lease": uuid4()} | facts
    MessageFactory(**more, lease_until=Now() - timedelta(seconds=ago))
    assert post("tracking", BOUNCE | {"MessageID": "not-yet"}) == code
    assert post("tracking", BOUNCE | {"MessageID": "not-yet", "RecordType": "Open"}) == 200
    assert post("tracking", BOUNCE) == 200
    world.message.refresh_from_db()
    assert world.message.state == MessageState.DEAD


def test_a_bounce_is_marked_and_the_address_known(post, world):
    assert [post("tracking", BOUNCE), post("tracking", BOUNCE)] == [200, 200]
    world.message.refresh_from_db()
    assert (world.message.state, world.message.tries.get().outcome) == (MessageState.DEAD, "bounced")
    assert suppression.of("elif@mosaic.example").why == Refusal.BOUNCE
    assert Message.objects.count() == 1


def test_a_complaint_is_marked_and_nothing_goes_there_again(post, world):
    post("tracking", COMPLAINT)
    world.message.refresh_from_db()
    assert (world.message.state, world.message.tries.get().outcome) == (MessageState.DONE, "complained")
    assert suppression.of("elif@mosaic.example").why == Refusal.COMPLAINT


def test_a_complaint_stays_one_whatever_comes_after(post, world):
    assert [post("tracking", body) for body in (COMPLAINT, BOUNCE)] == [200, 200]
    assert world.message.tries.get().outcome == "complained"
    assert suppression.of("elif@mosaic.example").why == Refusal.COMPLAINT


@pytest.mark.parametrize(
    ("changes", "never_again"),
    [
        ({"mta_response": "550 5.1.1 unknown"}, True),
        ({"mta_response": "552 5.2.2 full", "reject_reason": "bounced"}, False),
        ({"mta_response": "550 5.7.1 policy", "reject_reason": "bounced"}, False),
        ({"mta_response": "450 4.4.7 expired", "reject_reason": "bounced"}, False),
        ({"reject_reason": "invalid"}, True),
        ({"reject_reason": "bounced"}, True),
        ({"reject_reason": "timed_out"}, False),
        ({}, False),
    ],
)
def test_only_a_dead_address_is_never_written_to(world, changes, never_again):
    known = {"event_type": "bounced", "message_id": "abc-1", "recipient": "Elif@mosaic.example"}
    providers.told(None, AnymailTrackingEvent(**known | changes), "Postmark")
    world.message.refresh_from_db()
    assert world.message.state == MessageState.DEAD
    assert bool(suppression.of("elif@mosaic.example")) == never_again


@pytest.mark.parametrize(
    ("reason", "why"), [("spam", Refusal.COMPLAINT), ("bounced", Refusal.BOUNCE), ("blocked", None), (None, None)]
)
def test_what_the_provider_did_not_try_is_refused_and_no_bounce(world, reason, why):
    known = {"event_type": "rejected", "message_id": "abc-1", "recipient": "elif@mosaic.example"}
    providers.told(None, AnymailTrackingEvent(**known, reject_reason=reason), "Postmark")
    found = suppression.of("elif@mosaic.example")
    assert (world.message.tries.get().outcome, found.why if found else None) == ("refused", why)


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "abc-2"},
        {"message_id": None},
        {"message_id": ""},
        {"recipient": "eve@mosaic.example"},
        {"recipient": None},
        {"event_type": "opened"},
        {"event_type": "delivered"},
        {"event_type": "deferred"},
    ],
)
def test_what_is_not_about_a_mail_of_ours_changes_nothing(world, changes):
    MessageFactory(to="elif@mosaic.example", state="done")  # one without a name at the provider
    known = {"event_type": "bounced", "message_id": "abc-1", "recipient": "elif@mosaic.example"}
    providers.told(None, AnymailTrackingEvent(**known | changes), "Postmark")
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.DONE}
    assert suppression.of("elif@mosaic.example") is None


# ── which addresses there are ────────────────────────────────────────────────
def named(provider, *, mail_comes_in=True):
    return sorted(one.name for one in of(provider, mail_comes_in=mail_comes_in))


def test_only_the_addresses_of_the_own_provider_exist():
    assert named("postmark") == ["postmark_inbound_webhook", "postmark_tracking_webhook"]
    assert named("postmark", mail_comes_in=False) == ["postmark_tracking_webhook"]
    assert named("mandrill", mail_comes_in=False) == ["mandrill_tracking_webhook", "mandrill_webhook"]
    assert named("nobody") == []


def test_without_a_provider_there_are_none(client):
    assert client.post("/mail/postmark/tracking/").status_code == 404


def test_a_site_with_a_provider_has_its_addresses_and_no_others():
    script = (
        "import django; django.setup()\n"
        "from django.urls import Resolver404, resolve\n"
        "for one in ('postmark/inbound', 'postmark/tracking', 'mailgun/inbound', 'mailgun/tracking'):\n"
        "    try: print(resolve(f'/mail/{one}/').url_name)\n"
        "    except Resolver404: print('none')\n"
    )
    more = {"DJANGO_SETTINGS_MODULE": "tests.settings", "MAIL_PROVIDER": "postmark", "INBOUND_DOMAIN": "in.example"}
    words = [sys.executable, "-c", script]
    said = subprocess.run(words, env=os.environ | more, capture_output=True, text=True, check=True).stdout.split()
    assert said == ["postmark_inbound_webhook", "postmark_tracking_webhook", "none", "none"]


@pytest.mark.parametrize(
    ("secret", "found"), [({}, True), ({"WEBHOOK_SECRET": "x"}, True), ({"WEBHOOK_SECRET": "a:b"}, False)]
)
def test_a_production_with_a_provider_needs_the_secret(settings, secret, found):
    settings.PRODUCTION, settings.MAIL_PROVIDER, settings.ANYMAIL = True, "postmark", secret
    assert ("portal.E010" in [error.id for error in checks.production(None)]) == found


def test_a_provider_is_a_mail_server(settings):
    settings.PRODUCTION, settings.MAIL_PROVIDER, settings.EMAIL_URL = True, "postmark", ""
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    assert "portal.E004" not in [error.id for error in checks.production(None)]
