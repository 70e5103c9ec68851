"""Webhooks against a real server: what is told, how it is signed, what is tried again, and where nothing may lead."""

import ipaddress
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models.functions import Now
from standardwebhooks import Webhook
from urllib3.exceptions import ConnectTimeoutError

from pitches import hooks, lifecycle, reactions, tasks
from pitches.handoffs import late, plans
from pitches.hooks import addresses, posting, sending
from pitches.models import Call, CallState, Event, Fact, Plan, Standing
from pitches.notify.handoffs import next_step
from portal import clock
from tests.factories import AnswerFactory, CallFactory, HandoffFactory, PitchFactory
from tests.portal.test_outside import another_outside
from tests.senders import work

pytestmark = pytest.mark.django_db
WHERE = [{"text": "Where to?", "required": True}]


class Receiver:
    """A small system of an owner's: it answers what it is told to, and keeps what it heard."""

    def __init__(self):
        self.answers, self.heard, self.hang, self.location = [], [], threading.Event(), ""
        self.slowly = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.heard.append(
                    (dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])), self.path)
                )
                answer = outer.answers.pop(0) if outer.answers else 200
                if answer == "hang":
                    outer.drip(self.wfile)
                    return
                self.send_response(answer)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", "100000" if outer.slowly else "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def drip(self, wire):
        """A byte now and then, so that no timeout of the socket is ever reached."""
        with_patience = 0
        while not self.hang.wait(0.05) and with_patience < 100:
            with_patience += 1
            try:
                wire.write(b"H")
                wire.flush()
            except OSError:
                return

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook?for=maya"


@contextmanager
def receiving(receiver):
    receiver.thread.start()
    try:
        yield receiver
    finally:
        receiver.hang.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        receiver.thread.join()


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_LOOPBACK = True
    with receiving(Receiver()) as found:
        yield found


@pytest.fixture
def accepted():
    """A yes that went out, to somebody known."""
    pitch = PitchFactory(accepted=True, standing="known", sender__email="elif@mosaic.example")
    AnswerFactory(pitch=pitch)
    HandoffFactory(pitch=pitch, standing="known", questions=WHERE, next_step="Send it by Friday.")
    return pitch


def told(pitch, fact=Fact.ANSWER_SENT):
    event = lifecycle.record(fact, pitch.page, pitch)
    hooks.tell(event)
    return event


@pytest.fixture
def call(accepted, receiver):
    """One call that waits, to the receiver."""
    plans.keep(accepted.page, Standing.KNOWN, webhook=receiver.url)
    told(accepted)
    return Call.objects.get()


def make(call):
    """One try of a call that is due, and of nothing else."""
    taken = hooks.call("later", next_step=next_step)
    call.refresh_from_db()
    return taken


# ── what is told ─────────────────────────────────────────────────────────────
def test_a_yes_is_told_and_signed(call, accepted, receiver):
    assert (make(call), call.state, call.error) == (1, CallState.DONE, "")
    [(headers, body, path)] = receiver.heard
    assert path == "/hook?for=maya"
    assert headers["Content-Type"] == "application/json"
    secret = hooks.secret_of(Plan.objects.get().seed)
    said = Webhook(secret).verify(body, headers)
    assert (said["type"], headers["webhook-id"]) == ("pitch.accepted", call.dedupe)
    data = said["data"]
    assert data.pop("link") == f"http://localhost:8000/desk/pitch/{accepted.code}"
    assert data.pop("follow_up_on")
    assert data == {
        "code": accepted.code,
        "line": accepted.line,
        "door": accepted.door.slug,
        "standing": "known",
        "name": "Elif Kaya",
        "company": "Mosaic Research",
        "email": "elif@mosaic.example",
        "taken_by": "",
        "next_step": "Send it by Friday.",
        "given": [],
        "agreed": "",
    }
    assert make(call) == 0


def test_what_was_given_is_told_as_it_stands_when_it_is_told(call, accepted, receiver):
    make(call)
    late.supply(accepted, ["Lisbon"])
    work()
    said = json.loads(receiver.heard[1][1])
    assert (said["type"], said["data"]["given"]) == ("pitch.supplied", [{"question": "Where to?", "answer": "Lisbon"}])


def test_one_event_is_one_call_and_another_event_another(accepted):
    plans.keep(accepted.page, Standing.KNOWN, webhook="https://hooks.example/x")
    event = told(accepted)
    hooks.tell(event)
    assert Call.objects.count() == 1
    told(accepted, Fact.AGREED)
    assert sorted(Call.objects.values_list("event", flat=True)) == ["pitch.accepted", "pitch.agreed"]
    assert len(set(Call.objects.values_list("dedupe", flat=True))) == 2


def test_nobody_is_told_without_a_yes_or_a_webhook(accepted):
    told(accepted)
    plans.keep(accepted.page, Standing.STRANGER, webhook="https://hooks.example/x")
    told(accepted)
    plans.keep(accepted.page, Standing.KNOWN, webhook="https://hooks.example/x")
    declined = PitchFactory(declined=True, door=accepted.door)
    AnswerFactory(pitch=declined, kind="no", reason="covered")
    HandoffFactory(pitch=declined, standing="known")
    told(declined)
    accepted.answers.update(sent_at=None)
    told(accepted)
    assert Call.objects.count() == 0


def test_the_call_is_put_with_what_happened_or_not_at_all(accepted, monkeypatch):
    plans.keep(accepted.page, Standing.KNOWN, webhook="https://hooks.example/x")
    event = lifecycle.record(Fact.ANSWER_SENT, accepted.page, accepted)
    breaks = lambda _event: 1 / 0  # noqa: E731
    monkeypatch.setitem(reactions.AFTER, Fact.ANSWER_SENT, (hooks.tell, breaks))
    tasks.react(event.queue)
    assert Call.objects.count() == 0
    monkeypatch.setitem(reactions.AFTER, Fact.ANSWER_SENT, (hooks.tell,))
    Event.objects.update(lease_until=None)
    tasks.react(event.queue)
    assert list(tasks.waiting_work()) == [("call", "later")]


# ── what is tried again ──────────────────────────────────────────────────────
def test_what_failed_is_tried_again_with_the_same_id(call, receiver):
    receiver.answers = [500]
    with clock.standing_at(clock.now()):
        make(call)
        assert (call.state, call.error, make(call)) == (CallState.PENDING, "status 500", 0)
        clock.move_to(clock.now() + sending.WAITS[0])
        assert (make(call), call.state, call.error) == (1, CallState.DONE, "")
    first, second = (headers["webhook-id"] for headers, _body, _path in receiver.heard)
    assert first == second


def test_after_about_a_day_it_is_given_up(call, receiver):
    receiver.answers = [503] * 20
    with clock.standing_at(clock.now()):
        began = clock.now()
        for wait in sending.WAITS:
            make(call)
            assert call.state == CallState.PENDING
            clock.move_to(clock.now() + wait)
        make(call)
        assert (call.state, call.attempts) == (CallState.DEAD, 9)
        assert timedelta(hours=23) < clock.now() - began < sending.GIVE_UP
        assert hooks.again(call)
        receiver.answers = []
        assert (make(call), call.state) == (1, CallState.DONE)


def test_gone_is_gone_at_once(call, receiver):
    receiver.answers = [410]
    make(call)
    assert (call.state, call.error) == (CallState.DEAD, "status 410")


def test_a_crash_between_telling_and_marking_tells_again_with_the_same_id(call, receiver, monkeypatch):
    write = sending._write

    def dies(one, lease, **changes):
        if changes.get("state") == CallState.DONE:
            raise OperationalError("the server closed the connection")
        return write(one, lease, **changes)

    monkeypatch.setattr(sending, "_write", dies)
    with pytest.raises(OperationalError):
        make(call)
    monkeypatch.setattr(sending, "_write", write)
    assert make(call) == 0  # nobody takes it while the lease lasts
    Call.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert (make(call), call.state) == (1, CallState.DONE)
    assert [headers["webhook-id"] for headers, _body, _path in receiver.heard] == [call.dedupe] * 2


def test_a_worker_that_lost_its_lease_marks_nothing(call, receiver, monkeypatch):
    post = posting.post

    def slow(*asked):
        status = post(*asked)
        Call.objects.update(lease="00000000-0000-0000-0000-000000000000")
        return status

    monkeypatch.setattr(posting, "post", slow)
    make(call)
    assert call.state == CallState.PENDING


def test_whoever_drips_is_cut_off(call, receiver, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    receiver.answers = ["hang"]
    began = time.monotonic()
    make(call)
    assert (call.state, call.error) == (CallState.PENDING, "late")
    assert time.monotonic() - began < 3


def test_an_answer_counts_by_its_number_however_long_the_rest_takes(call, receiver, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    receiver.slowly = True
    make(call)
    assert call.state == CallState.DONE


def test_a_silent_address_leaves_time_for_the_next_and_all_of_them_have_ten_seconds(call, receiver, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", 0.6)
    monkeypatch.setattr(addresses, "resolve", lambda _parts, _seconds: ["192.0.2.1", "192.0.2.2", "192.0.2.3", "::1"])
    waited = []

    def silent(line):
        waited.append((line.host, line.timeout))
        time.sleep(line.timeout)
        raise ConnectTimeoutError

    monkeypatch.setattr(posting.HTTPConnection, "connect", silent)
    began = time.monotonic()
    make(call)
    assert call.error == "unreachable"
    assert [host for host, _seconds in waited] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert 0.5 < sum(seconds for _host, seconds in waited) < 0.65
    assert all(seconds < 0.3 for _host, seconds in waited)
    assert time.monotonic() - began < 1.5


def test_a_name_server_that_says_nothing_is_waited_for_no_longer(call, receiver, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", 0.2)
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_asked, **_more: receiver.hang.wait(5) and [])
    Call.objects.update(url="http://hooks.example/x")
    began = time.monotonic()
    make(call)
    assert (call.state, call.error) == (CallState.PENDING, "name")
    assert time.monotonic() - began < 2


def test_a_turn_ends_with_the_first_that_was_slow(call, receiver, monkeypatch):
    slow = CallFactory(url=receiver.url.replace("/hook", "/other"))
    HandoffFactory(pitch=slow.pitch, standing="known")
    monkeypatch.setattr(posting, "TIMEOUT", tasks.TURN["later"] + 0.2)
    monkeypatch.setattr(tasks, "LOOK_UP", 60)
    receiver.answers = ["hang", "hang"]
    assert tasks.call("later") == 1
    assert len(receiver.heard) == 1
    assert ("call", "later") in tasks.waiting_work()


def test_while_another_process_is_outside_nobody_is_called(call, receiver, monkeypatch):
    monkeypatch.setitem(tasks.TURN, "later", 60)  # on a machine at work a turn may end before it begins
    monkeypatch.setattr(tasks, "LOOK_UP", 60)  # and what is more urgent may come in, and is counted with it
    with another_outside():
        assert (tasks.call("later"), receiver.heard) == (0, [])
        assert ("call", "later") in tasks.waiting_work()  # the relay rings again
    assert tasks.call("later") == 1


def test_nobody_there(call, receiver):
    Call.objects.update(url="http://127.0.0.1:9/")
    make(call)
    assert (call.state, call.error) == (CallState.PENDING, "unreachable")


def test_an_address_that_fails_holds_up_its_own_and_nobody_else_s(call, receiver):
    same = CallFactory(pitch=call.pitch, url=call.url)
    other = CallFactory(url=receiver.url.replace("/hook", "/other"))
    HandoffFactory(pitch=other.pitch, standing="known")
    receiver.answers = [500]
    with clock.standing_at(clock.now()):
        hooks.call("later", next_step=lambda _handoff: "")
        call.refresh_from_db()
        same.refresh_from_db()
        other.refresh_from_db()
        assert same.next_at == call.next_at > clock.now()
        assert other.next_at <= clock.now()


def test_a_webhook_that_was_changed_is_told_nothing_more(call, receiver):
    plans.keep(call.page, Standing.KNOWN, webhook="")
    call.refresh_from_db()
    assert (call.state, call.error, make(call), hooks.again(call)) == (CallState.DEAD, "changed", 0, False)
    plans.keep(call.page, Standing.KNOWN, webhook=receiver.url.replace("/hook", "/new"))
    assert hooks.again(call)
    assert (make(call), call.state, receiver.heard[0][2]) == (1, CallState.DONE, "/new?for=maya")


def test_a_new_key_signs_what_waits(call, receiver):
    old = hooks.secret_of(call.seed)
    plans.renew(Plan.objects.get())
    make(call)
    headers, body, _path = receiver.heard[0]
    new = hooks.secret_of(Plan.objects.get().seed)
    assert new != old
    Webhook(new).verify(body, headers)


def test_doctor_and_healthz_know_of_calls_that_nobody_makes(call):
    Call.objects.update(next_at=clock.now() - timedelta(minutes=6))
    assert tasks.oldest_work() == Call.objects.get().next_at
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=said)
    assert "1 call to a webhook is due and not made" in said.getvalue()
    Call.objects.update(lease_until=Now() - timedelta(seconds=61))
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=said)
    assert "1 call to a webhook was left by its worker" in said.getvalue()


# ── where it may lead ────────────────────────────────────────────────────────
INSIDE = """10.0.0.1 172.16.0.1 192.168.1.1 127.0.0.1 127.9.9.9 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
    255.255.255.255 240.0.0.1 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 fec0::1 ::ffff:10.0.0.1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 2002:7f00:1::1 2001:db8::1 ::7f00:1"""


@pytest.mark.parametrize("text", INSIDE.split())
def test_no_address_of_the_inside_is_told(text):
    assert not addresses.may_be_told(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8"])
def test_the_open_net_is(text):
    assert addresses.may_be_told(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_where_the_settings_say_so_and_nothing_else_is(settings, text):
    settings.WEBHOOK_LOOPBACK = True
    assert addresses.may_be_told(ipaddress.ip_address(text))
    assert not addresses.may_be_told(ipaddress.ip_address("10.0.0.1"))


def test_in_production_it_is_https(settings):
    settings.PRODUCTION = True
    assert addresses.problem("http://hooks.example/x") == "scheme"
    assert addresses.problem("https://hooks.example/x") == ""


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://hooks.example:8443/x?y=z", ""),
        ("ftp://hooks.example/", "scheme"),
        ("https://user:pass@hooks.example/", "form"),
        ("https:///x", "form"),
        ("https://hooks.example:99999/", "form"),
        ("https://hooks.example/#x", "form"),
        ("https://hooks.example\\@10.0.0.1/", "form"),
        ("https://hooks.example/a b", "form"),
        ("https://localhost/", "inside"),
        ("https://maya.localhost./", "inside"),
        ("https://printer/", "inside"),
        ("https://db.internal/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[::ffff:10.0.0.1]/", "inside"),
        ("https://169.254.169.254/latest/meta-data", "inside"),
        ("https://2130706433/", "inside"),
    ],
)
def test_what_is_wrong_with_an_address_as_it_is_written(url, problem):
    assert addresses.problem(url) == problem


def resolving(monkeypatch, *found):
    """A name server that says so, and the names that it was asked for. Numbers are no names."""
    asked, real = [], addresses.socket.getaddrinfo

    def getaddrinfo(host, port, *kinds, **more):
        if host in found:
            return real(host, port, *kinds, **more)
        asked.append(host)
        return [(2, 1, 6, "", (text, port)) for text in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("found", [("10.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::ffff:127.0.0.1",)])
def test_a_name_that_leads_inside_is_not_called_whatever_else_it_is(call, receiver, settings, monkeypatch, found):
    settings.WEBHOOK_LOOPBACK = False
    Call.objects.update(url="http://hooks.example/x")
    resolving(monkeypatch, *found)
    make(call)
    assert (call.state, call.error, receiver.heard) == (CallState.DEAD, "inside", [])


def test_the_name_is_asked_once_and_the_very_address_is_called(call, receiver, monkeypatch):
    asked = resolving(monkeypatch, "127.0.0.1")
    Call.objects.update(url=receiver.url.replace("127.0.0.1", "hooks.example"))
    connect = posting.HTTPConnection.connect
    lines = []
    monkeypatch.setattr(
        posting.HTTPConnection, "connect", lambda self: (lines.append(self.host), connect(self))[1], raising=True
    )
    make(call)
    assert (call.state, lines) == (CallState.DONE, ["127.0.0.1"])
    assert asked == ["hooks.example"]
    assert receiver.heard[0][0]["Host"].startswith("hooks.example:")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(call, receiver, status):
    receiver.answers, receiver.location = [status], receiver.url.replace("/hook", "/inside")
    make(call)
    assert (call.state, call.error, len(receiver.heard)) == (CallState.PENDING, f"status {status}", 1)


def test_no_proxy_is_used(call, receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    make(call)
    assert call.state == CallState.DONE


# ── TLS ──────────────────────────────────────────────────────────────────────
def certificate(folder, name):
    """A key and a certificate for a name, trusted by whoever is told so."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kind = serialization.Encoding.PEM
    private = key.private_bytes(kind, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(kind))
    return path


@pytest.mark.parametrize(("asked", "error"), [("hooks.example", ""), ("other.example", "certificate")])
def test_tls_is_spoken_by_name_and_a_certificate_for_another_name_is_refused(call, monkeypatch, tmp_path, asked, error):
    path = certificate(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    secure = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    named = []
    context.sni_callback = lambda _line, name, _context: named.append(name)
    secure.server.socket = context.wrap_socket(secure.server.socket, server_side=True, do_handshake_on_connect=False)
    with receiving(secure):
        Call.objects.update(url=f"https://{asked}:{secure.server.server_port}/x")
        resolving(monkeypatch, "127.0.0.1")
        make(call)
    assert (call.error, call.state) == (error, CallState.PENDING if error else CallState.DONE)
    assert named[0] == asked
    assert urlsplit(call.url).hostname == asked
