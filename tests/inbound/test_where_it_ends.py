"""Each mail of mails.py, through the door: where it ends, what it says, and that no machine gets a mail."""

from datetime import timedelta
from uuid import uuid4

import pytest

from pitches import suppression, tasks
from pitches.inbound import taking
from pitches.models import Attempt, CameBy, Draft, Letter, LetterEnd, Message, MessageState, Suppression
from pitches.notify import brake
from portal import clock
from tests.factories import MessageFactory
from tests.inbound import mails

pytestmark = pytest.mark.django_db


def bring(mail, names):
    raw, to = mail.filled(names)
    taking.take(raw, came_by=CameBy.PIPE, to=to, sender=mail.envelope)
    tasks.sweep()
    return Letter.objects.latest("pk")


def test_there_are_forty_of_them():
    assert len({mail.name for mail in mails.ALL}) == len(mails.ALL) >= 40


@pytest.mark.parametrize("mail", mails.ALL, ids=lambda mail: mail.name)
def test_each_mail_ends_where_it_belongs_and_causes_none(world, taken, mail):
    before = Message.objects.count()
    letter = bring(mail, world.names)
    assert (letter.end, bool(letter.read_at), letter.lease) == (mail.end, True, None), letter.detail
    assert (len(taken), Message.objects.count()) == (mail in mails.GOOD, before)
    if mail.says:
        assert mail.says in taken[0][0].text


@pytest.mark.parametrize("mail", mails.GOOD, ids=lambda mail: mail.name)
def test_what_is_handed_on_names_who_wrote_it_and_hangs_where_it_belongs(world, taken, mail):
    letter = bring(mail, world.names)
    wrote = {
        LetterEnd.REPLIED: "elif@mosaic.example",
        LetterEnd.DRAFTED: "jonas@northbeam.example",
        LetterEnd.FORWARDED: world.page.owner.email,
    }
    behind = {
        LetterEnd.REPLIED: world.pitch,
        LetterEnd.DRAFTED: world.page,
        LetterEnd.FORWARDED: world.page.owner,
    }
    [(parsed, thing)] = taken
    assert (parsed.sender, thing) == (wrote[mail.end], behind[mail.end])
    assert (letter.page, letter.pitch) == (world.page, world.pitch if mail.end == LetterEnd.REPLIED else None)


def test_a_file_is_named_and_not_read(world, taken):
    bring(next(mail for mail in mails.GOOD if mail.name == "with a file"), world.names)
    assert taken[0][0].attachments == ("costs.pdf",)


def test_quotes_in_html_are_marked_as_in_text(world, taken):
    bring(next(mail for mail in mails.GOOD if mail.name == "html only"), world.names)
    assert taken[0][0].text.endswith("> Maya asks")


@pytest.mark.parametrize(
    ("name", "state", "outcome", "never_again"),
    [
        ("postfix", MessageState.DEAD, "bounced", True),
        ("exchange", MessageState.DEAD, "bounced", True),
        ("qmail", MessageState.DEAD, "bounced", True),
        ("a full mailbox", MessageState.DEAD, "bounced", False),
        ("given up", MessageState.DEAD, "bounced", False),
        ("in its own words", MessageState.DEAD, "bounced", False),
        ("delayed", MessageState.DONE, "sent", False),
    ],
)
def test_what_came_back_is_marked_and_only_a_dead_address_is_never_written_to(world, name, state, outcome, never_again):
    letter = bring(next(mail for mail in mails.RETURNED if mail.name == name), world.names)
    world.message.refresh_from_db()
    assert (world.message.state, world.message.tries.get().outcome) == (state, outcome)
    assert bool(suppression.of("elif@mosaic.example")) == never_again
    assert letter.pitch == world.pitch


@pytest.mark.parametrize("mail", mails.AUTOMATIC, ids=lambda mail: mail.name)
def test_a_machine_that_answers_is_no_bounce(world, mail):
    bring(mail, world.names)
    world.message.refresh_from_db()
    assert (world.message.state, Suppression.objects.count()) == (MessageState.DONE, 0)


def test_a_mail_that_comes_back_twice_counts_once(world):
    again = mails.POSTFIX.replace(b"<dsn@", b"<dsn2@")
    for raw in (mails.POSTFIX, again):
        bring(mails.Mail("", LetterEnd.RETURNED, raw, to="{back}", envelope=""), world.names)
    assert Letter.objects.filter(end=LetterEnd.RETURNED).count() == 2
    assert Attempt.objects.filter(outcome="bounced").count() == 1


def test_too_much_that_comes_back_stops_the_sending(world):
    for _ in range(4):
        Attempt.objects.create(message=MessageFactory(state="dead"), outcome="bounced")
    assert not brake.state().why
    bring(mails.Mail("", LetterEnd.RETURNED, mails.POSTFIX, to="{back}", envelope=""), world.names)
    assert brake.state().why == "bounces"


def test_a_conversation_takes_five_an_hour(world, taken):
    with clock.standing_at(clock.now()):
        for number in range(7):
            raw = mails.APPLE.replace(b"<one@", b"<%d@" % number)
            bring(mails.Mail("", LetterEnd.REPLIED, raw), world.names)
    ends = list(Letter.objects.order_by("pk").values_list("end", flat=True))
    assert ends == [LetterEnd.REPLIED] * 5 + [LetterEnd.TOO_MANY] * 2
    assert len(taken) == 5


def test_an_address_writes_twenty_a_day(world, taken):
    with clock.standing_at(clock.now()):
        for number in range(21):
            raw = mails.COLD.replace(b"<cold@", b"<%d@" % number)
            bring(mails.Mail("", LetterEnd.DRAFTED, raw, to="{page}"), world.names)
    assert (len(taken), Letter.objects.latest("pk").end) == (20, LetterEnd.TOO_MANY)


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(
    ("told", "days", "words", "end"),
    [
        (2, 1, b"x", LetterEnd.TOO_MANY),
        (1, 1, b"x", LetterEnd.DRAFTED),
        (2, 31, b"x", LetterEnd.DRAFTED),
        (2, 1, b"", LetterEnd.DRAFTED),
    ],
)
def test_who_has_two_links_and_uses_neither_gets_no_third(world, told, days, words, end):
    at = clock.now() - timedelta(days=days)
    for number in range(told):
        draft = Draft.objects.create(
            door=world.pitch.door, form_key=uuid4(), words=words, token_hash=str(number), at=at, expires_at=at
        )
        more = {"draft": draft, "created_at": at, "state": "done", "pitch": None, "page": world.page}
        MessageFactory(kind="draft_by_mail", to="Jonas@northbeam.example", **more)
    letter = bring(mails.Mail("", end, mails.COLD, to="{page}"), world.names)
    assert letter.end == end


@pytest.mark.parametrize(
    "sign", [b"In-Reply-To: {id}\r\nTo:", b"References: <a@b.example> {id}\r\nTo:"], ids=["answers", "refers"]
)
def test_an_answer_to_a_mail_of_ours_is_no_pitch(world, taken, sign):
    raw = mails.COLD.replace(b"To:", sign, 1)
    assert bring(mails.Mail("", LetterEnd.AUTOMATIC, raw, to="{page}"), world.names).end == LetterEnd.AUTOMATIC


@pytest.mark.parametrize(("path", "end"), [("/d/abc", LetterEnd.AUTOMATIC), ("/@maya", LetterEnd.DRAFTED)])
def test_a_link_that_only_we_mail_is_quoted(world, settings, taken, path, end):
    raw = mails.COLD + f"See {settings.SITE_URL}{path}\r\n".encode()
    assert bring(mails.Mail("", end, raw, to="{page}"), world.names).end == end


def test_a_page_that_strangers_may_not_see_takes_no_mail(world, taken):
    world.page.hidden_at = clock.now()
    world.page.save(update_fields=["hidden_at"])
    letter = bring(mails.Mail("", LetterEnd.NOBODY, mails.COLD, to="{page}"), world.names)
    assert (letter.end, letter.page, taken) == (LetterEnd.NOBODY, None, [])


def test_without_a_domain_nothing_is_ours(world, settings, taken):
    settings.INBOUND_DOMAIN = ""
    letter = bring(mails.GOOD[0], world.names)
    assert (letter.end, taken) == (LetterEnd.NOBODY, [])
