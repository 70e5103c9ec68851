"""What a provider hands over is not taken apart in the request: no mail holds it up, and none breaks it."""

import time

import pytest
from anymail.inbound import AnymailInboundMessage

from pitches.inbound import providers
from pitches.inbound.parsed import parse
from tests.inbound import mails

MB = mails.MB
HEADERS = {
    "parameters": ("Content-Type", "text/plain; " + ";" * MB),
    "in quotes": ("Content-Type", 'text/plain; x="' + ";" * MB),
    "named": ("Content-Disposition", "attachment; " + "a=b; " * MB),
    "numbered": ("Content-Type", "text/plain; " + "".join(f"a*{n}=b;" for n in range(9_000))),
    "addresses": ("From", "a@b.example, " * 80_000),
    "dots": ("From", "a." * MB),
    "comments": ("From", "(" * MB),
    "encoded words": ("Subject", "=?utf-8?q?a?= " * 70_000),
    "ids": ("Message-ID", "<a" * MB),
}


@pytest.mark.parametrize(("name", "value"), HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("way", ["one piece", "its headers in one", "header by header", "a file"])
def test_no_header_takes_long_or_breaks(name, value, way):
    began = time.process_time()
    raw = f"{name}: {value}\r\n\r\n"
    if way == "one piece":
        mail = AnymailInboundMessage.parse_raw_mime(f"{raw}Hello")
    elif way == "its headers in one":
        mail = AnymailInboundMessage.construct(raw_headers=raw, text="Hello")
    elif way == "header by header":
        mail = AnymailInboundMessage.construct(headers=[(name, value)], text="Hello")
    else:
        file = AnymailInboundMessage.construct_attachment(value, b"x", filename=value)
        mail = AnymailInboundMessage.construct(from_email="a@b.example", text="Hello", attachments=[file])
    assert mail.get("X-Spam-Status", "No") == "No"
    parse(providers._bytes(mail))
    assert time.process_time() - began < 4


def test_a_mail_in_one_piece_stays_as_it_came():
    raw = mails.NEST + b"\xff\r\n" * 9
    for mail in (
        AnymailInboundMessage.parse_raw_mime_bytes(raw),
        AnymailInboundMessage.parse_raw_mime_chunks([raw[:9], raw[9:]]),
    ):
        assert providers._bytes(mail) == raw
    assert (
        AnymailInboundMessage.parse_raw_mime("Return-Path: <\udcff@b.example>\n\nHi")["Return-Path"] == "<?@b.example>"
    )


def test_what_is_put_together_reads_as_before():
    inside = AnymailInboundMessage.construct_attachment("message/rfc822", mails.COLD)
    file = AnymailInboundMessage.construct_attachment("application/pdf", b"x", filename="Größe.pdf")
    mail = AnymailInboundMessage.construct(
        from_email="Elif Köse <elif@mosaic.example>", subject="Größe", text="Grüße", attachments=[inside, file]
    )
    parsed = parse(providers._bytes(mail))
    assert (parsed.sender, parsed.name, parsed.subject) == ("elif@mosaic.example", "Elif Köse", "Größe")
    assert (parsed.text, parsed.attachments[-1]) == ("Grüße", "Größe.pdf")
    assert b"From: Jonas Weber" in providers._bytes(mail)
