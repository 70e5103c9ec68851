"""The good ones of mails.py with the real handlers: each has come to the one thing that it is for."""

import re

import pytest
from allauth.account.models import EmailAddress

from pitches import tasks
from pitches.inbound import taking
from pitches.intake import drafting
from pitches.models import CameBy, Draft, Event, Letter, LetterEnd, ReplyLink
from tests.inbound import mails

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mail", mails.GOOD, ids=lambda mail: mail.name)
def test_each_good_mail_has_come_to_something(world, mail):
    EmailAddress.objects.create(user=world.page.owner, email=world.page.owner.email, verified=True)
    raw, to = mail.filled(world.names)
    taking.take(raw, came_by=CameBy.PIPE, to=to, sender=mail.envelope)
    tasks.sweep()
    letter = Letter.objects.latest("pk")
    said = [event.note for event in Event.objects.filter(what="replied")]
    drafts = [drafting.read(draft).answers["line"] for draft in Draft.objects.all()]
    links = [link.who for link in ReplyLink.objects.all()]
    came = {
        LetterEnd.REPLIED: said,
        LetterEnd.DRAFTED: drafts,
        LetterEnd.FORWARDED: links,
    }
    assert letter.end == mail.end
    assert said + drafts + links == came[mail.end]
    assert len(came[mail.end]) == 1
    words = {LetterEnd.DRAFTED: "Story idea: the quietest offices of Europe"}
    words[LetterEnd.FORWARDED] = "Jonas Weber <jonas@northbeam.example>"
    if mail.end == LetterEnd.REPLIED:
        assert not re.search(r"Maya (?:would|asks)|wrote:|schrieb|écrit|^>|From:|Elif Kaya", said[0], re.MULTILINE)
    else:
        assert came[mail.end] == [words[mail.end]]
