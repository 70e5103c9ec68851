"""Reading a mail never raises and never takes long, whatever the bytes are."""

import time
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from hypothesis import given, settings
from hypothesis import strategies as st

from pitches.inbound import forwarding, guessing, kinds, returned
from pitches.inbound.parsed import UNREADABLE, Parsed, header, headers, parse
from pitches.inbound.plainly import plainly
from pitches.inbound.taking import NOBODY
from pitches.models import Letter, LetterEnd
from tests.inbound import mails

NAMES = ("From", "To", "Subject", "Message-ID", "References", "Content-Type", "Content-Disposition", "Auto-Submitted")
KINDS = (b"text/plain", b"text/html", b"multipart/mixed; boundary=b", b"message/rfc822", b"message/delivery-status")
WRITTEN = st.builds(
    lambda lines, kind, transfer, body: b"\r\n".join(
        [*(name.encode() + b": " + value for name, value in lines), b"Content-Type: " + kind, transfer, b"", *body]
    ),
    st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=60)), max_size=6),
    st.one_of(st.sampled_from(KINDS), st.binary(max_size=40)),
    st.sampled_from((b"X: y", b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable")),
    st.lists(st.one_of(st.just(b"--b"), st.just(b""), st.just(b"--b--"), st.binary(max_size=60)), max_size=8),
)


PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def is_clean(parsed: Parsed) -> bool:
    """All that was read can rest in a row."""
    words = (parsed.sender, parsed.name, parsed.to, parsed.subject, parsed.text, parsed.message_id)
    words += (*parsed.attachments, *parsed.references)
    return all(word.encode() is not None and "\0" not in word for word in words)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), WRITTEN))
def test_no_bytes_break_the_reader(raw):
    parsed = parse(raw)
    letter = Letter(size=len(raw), sender=NOBODY)
    kinds.unwanted(letter, parsed, "reply")
    returned.read(parsed)
    assert is_clean(parsed)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(mails.ALL), st.integers(0, 5_000), st.binary(max_size=30))
def test_no_damage_to_a_real_mail_breaks_it_either(mail, place, damage):
    raw = mail.raw[:8_000]
    assert is_clean(parse(raw[:place] + damage + raw[place + len(damage) :]))


@pytest.mark.parametrize(
    "piece",
    [b"<a ", b"<a b='", b'<a b="c', b"<!--", b"<!", b"</a", b"a<", b"<blockquote>", b"<![CDATA[", b"&#x"],
)
def test_broken_html_takes_no_time(piece):
    began = time.process_time()
    parse(b"Content-Type: text/html\r\n\r\n" + piece * (300_000 // len(piece)))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "raw",
    [
        mails.NEST + b"x\r\n" * 300_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 30_000,
        b"From: " + b"(" * 500_000 + b"\r\n\r\n",
        b"From: " + b'"\\' * 300_000 + b"\r\n\r\n",
        b"From: " + b"a@" * 300_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\r\n\r\n",
        b"References: " + b"<" * 500_000 + b"\r\n\r\n",
        b'Content-Type: text/plain; x="' + b";" * mails.MB,
        b'Subject: x\r\ncontent-DISPOSITION: inline; x="' + b";\r\n\t" * mails.MB,
        PARTS + b'--b\rContent-Disposition: attachment; x="' + b";" * mails.MB,
        PARTS + b'--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: a/b; x="' + b";\n " * mails.MB,
        PARTS + (b'--b\r\nContent-Type: text/plain; x="' + b";" * 1_900 + b"\r\n\r\nx\r\n") * 500,
        PARTS + b"--b\n" * mails.MB,
        b"Content-Type: message/delivery-status\r\n\r\n" + b"\n" * mails.MB,
        b"Content-Type: message/delivery-status\r\n\r\n" + b"a:\n\n" * mails.MB,
        mails.NEST[: mails.NEST.index(b"b39")] + b"\n" * mails.MB,
        b"a:\n" * mails.MB,
        b"X-Original-To: =?utf-8?q?a?=@b.example\n" * mails.MB,
        PARTS + b"--b\n" + b"a:\n" * mails.MB,
        b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 200_000 + b"-" + b"9a" * 100_000,
        b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"9a" * 200_000,
        b"\r\n" + b"https://localhost/ " * mails.MB,
    ],
    ids=[
        *("nested", "mails in mails", "comments", "quotes", "ats", "encoded words", "references"),
        *("parameters", "folded parameters", "parameters of a part", "parameters of a mail in a mail"),
        *(
            "many parts with parameters",
            "parts",
            "blank lines of a report",
            "blocks of a report",
            "lines in containers",
        ),
        *("headers", "one header again and again", "headers of a part", "punycode", "idna", "links"),
    ],
)
def test_no_megabyte_takes_long(raw):
    letter, began = Letter(size=mails.MB, sender=""), time.process_time()
    parsed = parse(raw[: mails.MB])
    for purpose in ("page", "reply", "forward"):
        kinds.unwanted(letter, parsed, purpose)
    returned.read(parsed)
    guessing.answers(parsed)
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'Content-Type: text/plain; x="' + b";" * 2_100 + b'"\r\n\r\nHello', "parameters that are too long"),
        (b"a: b\n" * 60_000 + b"\r\n\r\nHello", "too many headers"),
        (PARTS + b"--b\n" * 150_001, "too many lines"),
        (mails.NEST, "nested too deeply"),
    ],
)
def test_what_would_take_too_long_has_headers_only(raw, why):
    parsed = parse(b"Subject: A survey\r\n" + raw)
    assert (parsed.subject, parsed.text, header(parsed.mail, UNREADABLE)) == ("A survey", "", why)
    assert kinds.unwanted(Letter(size=9, sender=""), parsed, "page") == (LetterEnd.UNREADABLE, why)


def test_of_a_header_that_comes_again_and_again_the_first_are_read():
    mail = parse(b"".join(b"Cc: %d@b.example\r\n" % number for number in range(9))).mail
    assert headers(mail, "Cc") == [f"{number}@b.example" for number in range(5)]


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; charset=utf-7\r\n\r\nHi +2AA- you",
        b"Subject: =?utf-7?q?Hi_+2AA-?= you\r\n\r\nHello",
        b"From: =?utf-7?q?Hi_+2AA-?= <a@b.example>\r\n\r\nHello",
        b"Content-Disposition: attachment; filename*=utf-7''Hi%20+2AA-\r\n\r\nHello",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\nHi \\ud800 you",
    ],
    ids=["words", "subject", "name", "file", "escapes"],
)
def test_half_a_character_is_a_question_mark(raw):
    parsed = parse(raw)
    assert is_clean(parsed)
    assert "Hi ?" in f"{parsed.text} {parsed.subject} {parsed.name} {parsed.attachments}"


@pytest.mark.parametrize("charset", [b"a\0b", b"idna", b"\xff", b"x" * 1_900])
@pytest.mark.parametrize("kind", [b"text/plain", b"application/pdf", b"message/delivery-status", b"message/rfc822"])
def test_no_charset_of_any_part_breaks_the_reader_or_takes_long(charset, kind):
    began = time.process_time()
    head = b"Content-Type: " + kind + b"; charset=" + charset + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    for raw in (head, PARTS + b"--b\r\n" + head, PARTS + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + head):
        parsed = parse(raw + b"\xff." * 300_000)
        assert is_clean(parsed)
        returned.read(parsed)
        forwarding._original(parsed, SimpleNamespace(email="a@b.example"))
    assert time.process_time() - began < 4


@pytest.mark.parametrize("bad", [b"\0", b"\xff", b"=?utf-7?q?+2AA-?="], ids=["nul", "raw bytes", "half a character"])
def test_what_a_mail_server_says_can_rest_in_a_row(bad):
    lines = b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 " + bad + b" no such mailbox\r\n"
    report = returned.read(parse(PARTS + b"--b\r\nContent-Type: message/delivery-status\r\n\r\nX: y\r\n\r\n" + lines))
    assert (report.failed, report.status) == (True, "5.1.1")
    assert "\0" not in report.words.encode().decode()


@pytest.mark.parametrize("breaks", ["get_filename", "get_payload", "get_content_charset", "get_content_type"])
def test_a_task_whose_time_is_up_ends_whatever_it_reads(monkeypatch, breaks):
    def too_late(*_args, **_more):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(EmailMessage, breaks, too_late)
    with pytest.raises(SoftTimeLimitExceeded):
        parse(b"Subject: x\r\n\r\nHello")


@pytest.mark.parametrize(
    ("line", "sender", "name"),
    [
        ("Elif Kaya <Elif@Mosaic.Example>", "elif@mosaic.example", "Elif Kaya"),
        ("elif@mosaic.example (Elif)", "elif@mosaic.example", "Elif"),
        ('"Kaya, Elif" <elif@mosaic.example>', "elif@mosaic.example", "Kaya, Elif"),
        ("=?utf-8?q?Kaya=2C_=C3=89lif?= <elif@mosaic.example>", "elif@mosaic.example", "Kaya, Élif"),
        ("elif@mosaic.example <elif@mosaic.example>", "elif@mosaic.example", ""),
        ('"boss@x.example" <elif@mosaic.example>', "elif@mosaic.example", "boss@x.example"),
        ("boss@x.example <elif@mosaic.example>", "", ""),
        ("<boss@x.example> <elif@mosaic.example>", "", ""),
        ("boss@x.example)elif@mosaic.example", "", ""),
        ("Elif", "", ""),
        ("elif@mosaic.example\r\nFrom: Eve", "", ""),
        (f"{'Elif ' * 500}<elif@mosaic.example>", "", ""),
    ],
)
def test_who_wrote_it(line, sender, name):
    parsed = parse(f"From: {line}\r\n\r\nHello".encode())
    assert parsed.sender == sender
    if name:
        assert parsed.name == name


def test_html_becomes_lines():
    html = "<head><style>a</style></head><body>One&nbsp;<b>two</b><div>three</div><!-- no --><ul><li>four</ul>5 < 7"
    assert plainly(html).split("\n") == ["One two", "three", "", "four", "5 < 7"]


def test_an_unclosed_head_hides_nothing_of_the_body():
    assert plainly("<head><title>x<body>Hello") == "Hello"


def test_a_header_is_found_whatever_its_capitals():
    assert header(parse(b"auto-submitted: auto-replied\r\n\r\n").mail, "Auto-Submitted") == "auto-replied"
