"""links.read: the host that is shown is the host that every browser opens."""

import pytest
from django.core.exceptions import ValidationError

from portal import links

HONEST = [
    ("https://mosaic.example/mute", "https://mosaic.example/mute", "mosaic.example"),
    ("http://mosaic.example", "http://mosaic.example", "mosaic.example"),
    ("mosaic.example", "https://mosaic.example", "mosaic.example"),
    ("mosaic.example/a?b=c#d", "https://mosaic.example/a?b=c#d", "mosaic.example"),
    ("  https://mosaic.example  ", "https://mosaic.example", "mosaic.example"),
    ("HTTPS://MOSAIC.example/Path", "https://mosaic.example/Path", "mosaic.example"),
    ("https://mosaic.example:443/", "https://mosaic.example/", "mosaic.example"),
    ("http://mosaic.example:80/", "http://mosaic.example/", "mosaic.example"),
    ("https://www.mosaic.co.uk/a", "https://www.mosaic.co.uk/a", "www.mosaic.co.uk"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("https://faß.example/", "https://xn--fa-hia.example/", "xn--fa-hia.example"),
    ("https://例え.example/", "https://xn--r8jz45g.example/", "xn--r8jz45g.example"),
    ("https://ｍosaic.example/", "https://mosaic.example/", "mosaic.example"),
    ("https://mosaic.example/a@b", "https://mosaic.example/a@b", "mosaic.example"),
    ("https://mosaic.example/?a=b@c", "https://mosaic.example/?a=b@c", "mosaic.example"),
    ("https://mosaic.example/%5c", "https://mosaic.example/%5c", "mosaic.example"),
    ("https://mosaic.example/ü", "https://mosaic.example/ü", "mosaic.example"),
    ("https://mosaic.example/a:8080", "https://mosaic.example/a:8080", "mosaic.example"),
    ("https://a.b.c.d.mosaic.example", "https://a.b.c.d.mosaic.example", "a.b.c.d.mosaic.example"),
    ("https://mosaic.example/https://other.example", "https://mosaic.example/https://other.example", "mosaic.example"),
    ("https://gov.uk/advice", "https://gov.uk/advice", "gov.uk"),
    ("https://mosaic.example?x", "https://mosaic.example?x", "mosaic.example"),
]  # fmt: skip
HOSTILE = {
    "backslash before the at": "https://evil.test\\@good.test",
    "backslash as slash": "https:\\\\evil.test",
    "backslash in the path": "https://evil.test\\good.test",
    "a user": "https://good.test@evil.test",
    "a user and a password": "https://good.test:x@evil.test/",
    "an empty user": "https://@evil.test/",
    "a user written as a colon": "https://good.test:443@evil.test",
    "two users": "https://a@b@evil.test",
    "another port": "https://evil.test:8443/",
    "port zero": "https://evil.test:0/",
    "a port too large": "https://evil.test:99999/",
    "a port in words": "https://evil.test:http/",
    "ftp": "ftp://evil.test/",
    "script": "javascript:alert(1)",
    "script with slashes": "javascript://good.test/%0aalert(1)",
    "data": "data:text/html,hello",
    "file": "file:///etc/passwd",
    "no scheme, two slashes": "//evil.test/",
    "localhost": "http://localhost/",
    "localhost and a port": "http://localhost:80/",
    "a local name": "http://router/",
    "the inner net": "http://printer.local/",
    "loopback": "http://127.0.0.1/",
    "loopback as one number": "http://2130706433/",
    "loopback in hex": "http://0x7f000001/",
    "loopback in octal": "http://0177.0.0.1/",
    "loopback, short": "http://127.1/",
    "loopback in wide digits": "http://１２７.０.０.１/",
    "IPv6": "http://[::1]/",
    "IPv6 with v4": "http://[::ffff:127.0.0.1]/",
    "an unclosed bracket": "http://[::1/",
    "a trailing dot": "https://evil.test./",
    "an empty label": "https://evil..test/",
    "a leading dot": "https://.evil.test/",
    "no host": "https:///path",
    "only a scheme": "https://",
    "an ending alone": "https://uk/",
    "an unknown ending": "https://evil.invalid/",
    "a space": "https://evil.test/a b",
    "a tab in the host": "https://ev\til.test/",
    "a new line": "https://evil.test/\nx",
    "a NUL": "https://evil.test/\x00",
    "DEL": "https://evil.test/\x7f",
    "reversed text": "https://evil.test/\u202egpj.exe",
    "reversed text in the host": "https://evil\u202e.test/",
    "an isolate": "https://evil.test/\u2066x",
    "zero width": "https://ev\u200bil.test/",
    "a word joiner": "https://ev\u2060il.test/",
    "an Arabic letter mark": "https://evil.test/\u061cx",
    "a tag": "https://evil.test/\U000e0041",
    "the last tag": "https://evil.test/\U000e007f",
    "a line separator": "https://evil.test/\u2028x",
    "a joiner": "https://evil.test/\u200dx",
    "a byte order mark": "https://evil.test/\ufeff",
    "a wide slash in the host": "https://good.test／evil.test",
    "a wide question mark": "https://good.test？.evil.test",
    "a full stop of another script": "https://good.test。/",
    "a percent host": "https://%65vil.test/",
    "an underscore label": "https://_dmarc.evil.test/",
    "a hyphen first": "https://-evil.test/",
    "a label too long": f"https://{'a' * 64}.test/",
    "broken punycode": "https://xn--zzzzzzzz99.test/",
    "quotes": 'https://evil.test/"onmouseover=1',
    "an angle": "https://evil.test/<script>",
    "a brace": "https://evil.test/{x}",
    "a bar": "https://evil.test/|",
    "a caret": "https://evil.test/^",
    "a backtick": "https://evil.test/`",
    "nothing": "",
    "only a space": " ",
}


@pytest.mark.parametrize(("typed", "link", "host"), HONEST)
def test_an_honest_link_is_kept(typed, link, host):
    assert links.read(typed) == (link, host)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_link_is_refused(typed):
    with pytest.raises(ValidationError) as refusal:
        links.read(typed)
    assert refusal.value.code == "link"


@pytest.mark.parametrize(("typed", "link", "host"), HONEST)
def test_reading_again_changes_nothing(typed, link, host):
    assert links.read(link) == (link, host)
