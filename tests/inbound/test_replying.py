"""An answer to a mail of ours: into the thread of its pitch, from the proven mailbox alone, never answered."""

import pytest
from django.urls import reverse

from pitches import intake, relationships
from pitches.forms.thread import REPLY_LIMIT
from pitches.models import Event, Fact, Letter, Message, PitchState, Relationship, Standing
from pitches.notify import addresses
from portal import clock
from tests.factories import AnswerFactory, PitchFactory
from tests.inbound import posted
from tests.senders import work

pytestmark = pytest.mark.django_db
ELIF = "elif@mosaic.example"


@pytest.fixture(autouse=True)
def _inbound(settings):
    settings.INBOUND_DOMAIN = posted.DOMAIN


@pytest.fixture
def asked():
    """A pitch with an open question."""
    pitch = PitchFactory(asked=True, email=ELIF, sender__email=ELIF)
    AnswerFactory(pitch=pitch, kind="ask", text="What does it cost them?")
    return pitch


def reply(pitch, text="It costs nothing.", sender=f"Elif Kaya <{ELIF}>", **more):
    return posted.come_in(text, to=addresses.reply_address(pitch), sender=sender, **more)


def said(pitch):
    """What the sender said since, and where the pitch is."""
    pitch.refresh_from_db()
    facts = pitch.events.filter(what__in=(Fact.REPLIED, Fact.NOTED, Fact.FILES_LEFT)).order_by("pk")
    return pitch.state, list(facts.values_list("what", "note"))


def page_of(client, pitch):
    return client.get(reverse("agency:status", args=[pitch.token])).content.decode()


# ── it lands ─────────────────────────────────────────────────────────────────
def test_an_answer_by_mail_is_the_answer_on_the_page(asked, client):
    text = (
        "It costs nothing.\n\nBest regards,\nElif\n\nOn Mon, Nov 2, 2026 at 9:12 AM Maya wrote:\n\n> What does it cost?"
    )
    assert reply(asked, text) == "replied"
    assert said(asked) == ("waiting", [("replied", "It costs nothing.")])
    assert "It costs nothing." in page_of(client, asked)
    letter = Letter.objects.get()
    assert (letter.pitch, letter.page, letter.detail) == (asked, asked.page, "")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "Es kostet nichts.\n\nViele Grüße\nElif\n\nAm 02.11.26 um 09:12 schrieb Maya Lind:\n> Was kostet es?",
            "Es kostet nichts.",
        ),
        (
            "Cela ne coûte rien.\n\nLe lun. 2 nov. 2026 à 09:12, Maya Lind a écrit :\n\n> Combien ?",
            "Cela ne coûte rien.",
        ),
        ("No cuesta nada.\n\nEl lun, 2 nov 2026 a las 9:12, Maya Lind escribió:\n\n> ¿Cuánto?", "No cuesta nada."),
    ],
)
def test_it_may_be_written_in_any_language(asked, text, own):
    assert reply(asked, text) == "replied"
    assert said(asked)[1] == [("replied", own)]


def test_a_mail_in_html_alone_is_read_as_well(asked):
    html = "<html><body><p>It costs <b>nothing</b>.</p><blockquote><p>What does it cost?</p></blockquote></body></html>"
    assert reply(asked, "", html=html) == "replied"
    assert said(asked)[1] == [("replied", "It costs nothing.")]


@pytest.mark.parametrize("trait", ["waiting", "accepted"])
def test_where_nothing_was_asked_it_is_a_note_and_there_are_three(trait):
    pitch = PitchFactory(**{trait: True}, email=ELIF, sender__email=ELIF)
    ends = [reply(pitch, f"Note {number}") for number in range(4)]
    assert ends == ["replied", "replied", "replied", "too_many"]
    assert said(pitch) == (trait, [("noted", f"Note {number}") for number in range(3)])


def test_it_says_no_more_than_the_form_on_the_page_takes(asked):
    words = " ".join(["word"] * 400)
    assert reply(asked, words) == "replied"
    assert reply(asked, words) == "replied"
    answer, note = (text for _what, text in said(asked)[1])
    assert 1180 < len(answer) <= REPLY_LIMIT
    assert 380 < len(note) <= intake.NOTE_LIMIT
    assert answer.endswith(" word […]")


# ── whose it is ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "sender", ["ELIF@Mosaic.Example", "elif+pitches@mosaic.example", '"Maya" <elif@mosaic.example>']
)
def test_capitals_and_a_tag_are_the_same_mailbox(asked, sender):
    assert reply(asked, sender=sender) == "replied"


@pytest.mark.parametrize(
    "sender",
    [
        "boss@mosaic.example",
        "elif@other.example",
        "elif@mosaic.example.evil.example",
        "evil@other.example (elif@mosaic.example)",
        '"elif@mosaic.example" <evil@other.example>',
    ],
)
def test_from_any_other_mailbox_nothing_happens(asked, client, sender):
    assert reply(asked, "MARK-FORGED", sender=sender) == "not_theirs"
    assert said(asked) == ("asked", [])
    client.force_login(asked.page.owner)
    assert "MARK-FORGED" not in client.get(reverse("desk:pitch", args=[asked.code])).content.decode()


def test_without_the_very_address_it_reaches_nobody(asked):
    address = addresses.reply_address(asked)
    other = address.replace("reply+", "reply+1") if "reply+1" not in address else address.replace("@", "a@")
    assert posted.come_in("Hello", to=other, sender=ELIF) == "nobody"
    assert said(asked) == ("asked", [])


def test_whoever_is_blocked_meanwhile_can_do_by_mail_what_the_page_lets_them(asked):
    relationships.set_by_hand(asked.page, asked.sender, Standing.BLOCKED, by=asked.page.owner)
    assert Relationship.objects.filter(blocked=True).exists()
    assert reply(asked) == "replied"
    assert said(asked)[1] == [("replied", "It costs nothing.")]


# ── what does not land ───────────────────────────────────────────────────────
@pytest.mark.parametrize("trait", ["declined", "lapsed", "withdrawn"])
def test_a_pitch_that_is_over_takes_nothing_more(trait):
    more = {"withdrawn_at": clock.now()} if trait == "withdrawn" else {}
    pitch = PitchFactory(**{trait: True}, email=ELIF, sender__email=ELIF, **more)
    assert reply(pitch) == "late"
    assert said(pitch) == (trait, [])


def test_a_mail_that_only_quotes_is_empty(asked):
    text = "On Mon, Nov 2, 2026 at 9:12 AM Maya wrote:\n\n> What does it cost?\n\n-- \nElif Kaya\nMosaic Research"
    assert reply(asked, text) == "empty"
    assert said(asked) == ("asked", [])


def test_files_are_left_out_and_the_page_says_so(asked, client):
    message = posted.mail("It costs nothing.", to=addresses.reply_address(asked), sender=ELIF)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="prices.pdf")
    letter = posted.post(message)
    assert (letter.end, letter.detail) == ("replied", "1 files left out")
    assert said(asked)[1] == [("replied", "It costs nothing."), ("files_left", "")]
    assert "They do not come by mail" in page_of(client, asked)
    client.force_login(asked.page.owner)
    desk = client.get(reverse("desk:pitch", args=[asked.code])).content.decode()
    assert "Sent files by mail, which were left out" in desk


def test_of_files_without_a_word_the_page_says_it_once(asked):
    for name in ("a.pdf", "b.pdf"):
        message = posted.mail("-- \nElif\nMosaic", to=addresses.reply_address(asked), sender=ELIF)
        message.add_attachment(name.encode(), maintype="application", subtype="pdf", filename=name)
        assert posted.post(message).end == "empty"
    assert said(asked) == ("asked", [("files_left", "")])


def test_what_nobody_sees_goes_and_the_words_stay(asked):
    assert reply(asked, "It costs \u202eno\u200bthing.\ufeff") == "replied"
    assert said(asked)[1] == [("replied", "It costs nothing.")]


def test_a_hundred_answers_in_an_hour_are_one_and_three_notes_and_no_mail(asked):
    before = Message.objects.count()
    to = addresses.reply_address(asked)
    ends = [posted.post(posted.mail(f"Answer {number}", to=to, sender=ELIF)).end for number in range(100)]
    work()
    assert ends[:5] == ["replied", "replied", "replied", "replied", "too_many"]
    assert set(ends[5:]) == {"too_many"}
    assert said(asked)[0] == PitchState.WAITING
    assert (Event.objects.filter(what=Fact.NOTED).count(), Message.objects.count()) == (3, before)
