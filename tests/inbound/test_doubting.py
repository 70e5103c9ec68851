"""Who is not answered: whose mail failed a check of our own server's, and nobody by what somebody else wrote."""

import pytest

from pitches import tasks
from pitches.inbound import reading, taking
from pitches.models import CameBy, Letter, LetterEnd, Message
from tests.inbound import mails
from tests.senders import work

pytestmark = pytest.mark.django_db
PASS = "mx.halfdoor.example; spf=pass smtp.mailfrom=northbeam.example; dmarc=pass (p=none)"
FAIL = PASS.replace("dmarc=pass", "dmarc=fail")
FORGED = "mx.northbeam.example; dmarc=pass"


def come(world, *results, to="page", came_by=CameBy.PIPE):
    """A cold mail with these headers on top, the newest first."""
    raw, address = mails.Mail("", LetterEnd.DRAFTED, mails.COLD, to=f"{{{to}}}").filled(world.names)
    top = "".join(f"Authentication-Results: {one}\r\n" for one in results).encode()
    taking.take(top + raw, came_by=came_by, to=address)
    while reading.read_next("later"):
        pass
    work()
    letter = Letter.objects.get()
    return letter.end, letter.detail


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (PASS, ""),
        (FAIL, "dmarc=fail"),
        ("mx.halfdoor.example 1; DMARC = FAIL (p=reject)", "dmarc=fail"),
        ("mx.halfdoor.example; dmarc/1=fail", "dmarc=fail"),
        ("mx.halfdoor.example;\r\n\tspf=pass;\r\n\tdmarc=fail", "dmarc=fail"),
        ("dmarc=fail action=none; spf=pass", "dmarc=fail"),
        ("mx.halfdoor.example; spf=fail; dmarc=pass", ""),
        ("mx.halfdoor.example; spf=fail; dmarc=none", "spf=fail"),
        ("mx.halfdoor.example; spf=fail smtp.mailfrom=x.example", "spf=fail"),
        ("mx.halfdoor.example; spf=pass smtp.helo=x; spf=fail smtp.mailfrom=y", ""),
        ("mx.halfdoor.example; spf=softfail; dmarc=temperror", ""),
        ("mx.halfdoor.example; spf=neutral (x; dmarc=fail) smtp.mailfrom=y", ""),
        ("mx.halfdoor.example; x-dmarc=fail; arc=fail; dkim=fail", ""),
        ("mx.halfdoor.example; none", ""),
        (";;;=;", ""),
        ("", ""),
    ],
)
def test_what_our_server_found_decides_whether_anybody_is_answered(world, said, why):
    assert come(world, said) == ((LetterEnd.NOT_THEIRS, why) if why else (LetterEnd.DRAFTED, ""))
    assert Message.objects.filter(kind="draft_by_mail").exists() is not bool(why)
    assert Letter.objects.get().raw


@pytest.mark.parametrize(
    ("results", "own", "held"),
    [
        ((FAIL, FORGED), "", True),
        ((FORGED, FAIL), "", False),  # a server that writes none of its own: as if there were none
        ((FORGED, FAIL), "mx.halfdoor.example", True),
        ((FAIL, PASS), "mx.halfdoor.example", True),
        ((FAIL,), "mx.other.example", False),
        ((FAIL.replace("mx.", "MX."),), "mx.halfdoor.example", True),
        (("mx.halfdoor.example.evil.example; dmarc=fail",), "mx.halfdoor.example", False),
        (("dmarc=fail",), "mx.halfdoor.example", False),
    ],
)
def test_only_the_topmost_that_is_ours_is_believed(world, settings, results, own, held):
    settings.INBOUND_AUTHSERV_ID = own
    assert (come(world, *results)[0] == LetterEnd.NOT_THEIRS) is held


@pytest.mark.parametrize(("own", "end"), [("", LetterEnd.DRAFTED), ("mx.halfdoor.example", LetterEnd.NOT_THEIRS)])
def test_of_a_provider_only_what_it_signs_with_the_name_that_was_set(world, settings, own, end):
    settings.INBOUND_AUTHSERV_ID = own
    assert come(world, FAIL, came_by=CameBy.PROVIDER)[0] == end


def test_an_address_that_was_mailed_to_them_alone_says_enough(world, taken):
    raw, to = mails.Mail("", LetterEnd.REPLIED, mails.APPLE).filled(world.names)
    taking.take(f"Authentication-Results: {FAIL}\r\n".encode() + raw, came_by=CameBy.PIPE, to=to)
    tasks.sweep()
    assert Letter.objects.get().end == LetterEnd.REPLIED
