"""A mail to a page: a draft that only its writer reads, one link a day, and the same for everybody."""

import re
from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.core import mail as sent
from django.db.models import F
from django.urls import reverse

from pitches import mailboxes, relationships, tasks
from pitches.inbound import addressed, guessing, reading
from pitches.inbound.parsed import parse
from pitches.intake import drafting
from pitches.management.commands import doctor
from pitches.models import Door, Draft, Letter, Mailbox, Message, Pitch, Standing
from pitches.notify import addresses, render
from portal import clock
from portal.models import Tally
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.inbound import posted
from tests.senders import meet, work

pytestmark = pytest.mark.django_db
ELIF = "elif@mosaic.example"
MAYA = f"maya@{posted.DOMAIN}"
TEXT = """Hi Maya,

we asked 1,200 people in four countries why they mute brands, and the answer is not the one that brands expect.

The data is at https://mosaic.example/mute. We would give you the tables two weeks before anybody else.

And there is more in the attached file.

Best regards,
Elif Kaya
Mosaic Research
"""


@pytest.fixture(autouse=True)
def _inbound(settings):
    settings.INBOUND_DOMAIN = posted.DOMAIN


@pytest.fixture
def door():
    return DoorFactory(slug="research", page__handle="maya", page__name="Maya Lind")


def write(text=TEXT, sender=f"Elif Kaya <{ELIF}>", subject="Why 1,200 people mute brands", **more):
    return posted.come_in(text, **{"to": MAYA, "sender": sender, "subject": subject} | more)


def link_of(message):
    return reverse("agency:draft", args=[message.draft.token])


# ── what is guessed ──────────────────────────────────────────────────────────
def guessed(text=TEXT, subject="Why 1,200 people mute brands", sender=f"Elif Kaya <{ELIF}>"):
    return guessing.answers(parse(posted.mail(text, to=MAYA, sender=sender, subject=subject).as_bytes()))


def test_the_answers_are_guessed_as_far_as_a_mail_tells():
    found = guessed()
    assert found == {
        "line": "Why 1,200 people mute brands",
        "why": "we asked 1,200 people in four countries why they mute brands, and the answer is not the one that brands"
        " expect.",
        "link": "https://mosaic.example/mute",
        "detail": "The data is at https://mosaic.example/mute. We would give you the tables two weeks before anybody"
        " else.\n\nAnd there is more in the attached file.",
        "name": "Elif Kaya",
        "email": ELIF,
    }  # fmt: skip


def test_what_is_too_long_goes_on_in_the_detail():
    subject, text = "Why people mute brands " * 8, "A word and another. " * 100
    found = guessed(f"{text}\n\nThe end.", f"Fwd: Re: {subject}")
    assert (len(found["line"]) <= 90, found["line"][-1], found["line"][:7]) == (True, "…", "Why peo")
    assert (len(found["why"]) <= 240, found["why"][-1]) == (True, "…")
    assert len(found["detail"]) <= 1200
    assert found["detail"].startswith(subject.strip())


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See http://localhost/x and https://user:pw@evil.example/ and https://good.example/study.", "https://good.example/study"),
        ("See (https://good.example/a_b), thanks.", "https://good.example/a_b"),
        ("https://localhost/x " * 19 + "https://good.example/a", "https://good.example/a"),
        ("https://localhost/x " * 20 + "https://good.example/a", None),
        ("See www.good.example/a.", "www.good.example/a"),
        ("Nothing to see.", None),
        ("https://" + "a" * 600 + ".example", None),
    ],
)  # fmt: skip
def test_the_first_link_that_the_form_would_take(text, link):
    assert guessed(text).get("link") == link


def test_without_a_subject_the_first_sentence_is_the_line():
    found = guessed("Hello!\n\nWe made a survey. It is long.", "")
    assert (found["line"], found["why"]) == ("We made a survey.", "We made a survey. It is long.")
    assert "why" not in guessed("", "A survey")
    assert guessed("", "Re:") == guessed("\n\n> x\n", "Fwd: Re: ") == {}


def test_what_nobody_sees_is_left_out():
    found = guessed("A \u202esur\u200bvey.", "A\u200b line", sender="=?utf-8?q?El=E2=80=AEif?= <elif@mosaic.example>")
    assert (found["line"], found["why"], found["name"]) == ("A line", "A survey.", "Elif")


# ── the draft and its one answer ─────────────────────────────────────────────
def test_a_mail_becomes_a_draft_and_its_writer_gets_one_link_without_a_word_of_it(door):
    assert write() == "drafted"
    draft, message = Draft.objects.get(), Message.objects.get()
    assert (draft.door, draft.email, draft.expires_at > clock.now() + timedelta(days=29)) == (door, ELIF, True)
    assert drafting.read(draft).answers["line"] == "Why 1,200 people mute brands"
    assert (message.kind, message.to, message.draft) == ("draft_by_mail", ELIF, draft)
    sent = render.build(message)
    for word in ("mute", "Elif", "Mosaic", "survey", "Maya Lind", "research"):
        assert word not in f"{sent.subject} {sent.body.replace(message.draft.token, '')}"
    assert "@maya" in sent.body
    assert (Letter.objects.get().page, Pitch.objects.count()) == (door.page, 0)


def test_the_link_opens_the_form_with_the_words_filled_in(client, door):
    write()
    shown = client.get(link_of(Message.objects.get()))
    page = shown.content.decode()
    assert shown.status_code == 200
    for words in ("This is what your mail said", "Why 1,200 people mute brands", "https://mosaic.example/mute", ELIF):
        assert words in page
    assert Draft.objects.get().words


def test_the_writer_chooses_another_door_and_the_words_go_along(client, door):
    other = DoorFactory(page=door.page, slug="events", name="Events and talks")
    DoorFactory(page=door.page, slug="shut", name="A shut door", closed=True)
    DoorFactory(page=door.page, slug="secret", name="By invitation", invited=True)
    write()
    link = link_of(Message.objects.get())
    page = client.get(link).content.decode()
    assert re.findall(rf'href="{link}\?door=([\w-]+)"', page) == ["events"]
    there = client.get(f"{link}?door=events").content.decode()
    assert f'action="{reverse("public:pitch", args=["maya", "events"])}"' in there
    assert "Why 1,200 people mute brands" in there
    assert re.findall(rf'href="{link}\?door=([\w-]+)"', there) == [door.slug]
    assert Draft.objects.get().door == door  # looking changed nothing
    for name in ("shut", "secret", "nonsense"):
        assert f'action="{reverse("public:pitch", args=["maya", door.slug])}"' in client.get(
            f"{link}?door={name}"
        ).content.decode()  # fmt: skip
    draft = Draft.objects.get()
    form = dict(re.findall(r'<input type="hidden" name="(form_key|mailed|seen)" value="([^"]+)"', there))
    answers = drafting.read(draft).answers | form | {"ask": "write", "payer": "client", "company": "Mosaic"}
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        sent = client.post(reverse("public:pitch", args=["maya", "events"]), answers)
    pitch = Pitch.objects.get()
    assert (sent.status_code, pitch.door, Draft.objects.get().door) == (303, other, other)
    assert pitch.form_key == draft.form_key


def test_a_door_that_was_taken_down_meanwhile_gives_its_words_to_the_next(client, door):
    write()
    link = link_of(Message.objects.get())
    Door.objects.filter(pk=door.pk).update(taken_down_at=clock.now())
    assert "This is what your mail said" not in client.get(link).content.decode()
    DoorFactory(page=door.page, slug="events", name="Events and talks")
    shown = client.get(link).content.decode()
    assert f'action="{reverse("public:pitch", args=["maya", "events"])}"' in shown
    assert "?door=" not in shown
    DoorFactory(page=door.page, slug="news", name="News")
    assert re.findall(r"\?door=(\w+)", client.get(link).content.decode()) == ["news"]
    assert re.findall(r"\?door=(\w+)", client.get(f"{link}?door=news").content.decode()) == ["events"]


def test_nothing_reaches_the_owner_before_it_is_handed_in(client, door):
    write(subject="MARK-SUBJECT")
    client.force_login(door.page.owner)
    for name in ("desk:home", "desk:inbox", "desk:people"):
        assert "MARK-SUBJECT" not in client.get(reverse(name), follow=True).content.decode()
    assert not Message.objects.filter(to=door.page.owner.email).exists()


# ── how often ────────────────────────────────────────────────────────────────
def test_a_second_mail_on_a_day_is_kept_and_not_answered(door):
    assert {write(), write("More.", subject="Another"), write(sender="ELIF@mosaic.example", subject="X")} == {"drafted"}
    assert (Message.objects.count(), Draft.objects.count()) == (1, 3)
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        write(subject="Tomorrow")
        assert Message.objects.count() == 2


@pytest.mark.parametrize("standing", ["known", "trusted", "paused", "blocked"])
def test_whoever_it_is_the_answer_is_the_same(door, standing):
    sender = meet(door, "known")
    until = clock.now() + timedelta(days=30) if standing == "paused" else None
    relationships.set_by_hand(door.page, sender, Standing(standing), by=door.page.owner, until=until)
    assert [write(sender="stranger@other.example"), write()] == ["drafted", "drafted"]
    stranger, known = (render.build(one).body for one in Message.objects.order_by("pk"))
    assert re.sub(r"http\S+", "", known) == re.sub(r"http\S+", "", stranger)


def test_who_wants_no_mail_gets_none(door):
    mailboxes.may_mail(ELIF)
    mailboxes.refuse(Mailbox.objects.get())
    assert write() == "drafted"
    assert Message.objects.count() == 0


def test_a_mailbox_that_nobody_proved_gets_one_mail_a_day_in_all(door):
    assert mailboxes.may_mail(ELIF, browser="x")  # a code, because somebody typed it into a form
    assert write() == "drafted"
    assert Message.objects.count() == 0


def crowd(count):
    ends = []
    for number in range(count):
        found = posted.mail("Hello there.", to=MAYA, sender=f"p{number}@other.example", subject=f"Pitch {number}")
        ends.append(posted.post(found).end)
    return ends


def later(hours):
    """The time of the database stands; that of the letters goes back."""
    Letter.objects.filter(end="waiting").update(
        came_at=F("came_at") - timedelta(hours=hours), lease_until=F("lease_until") - timedelta(hours=hours)
    )


def test_sixty_mails_an_hour_are_the_most_for_a_page_and_the_others_wait(door):
    with clock.standing_at(clock.now()):
        assert crowd(62) == ["drafted"] * 60 + ["waiting"] * 2
        for letter in Letter.objects.filter(end="waiting"):
            assert (letter.attempts, letter.lease, letter.raw is not None) == (0, None, True)
        assert not reading.read_next("later")
        assert (tasks.waiting_work(["later"]), reading.waits_since()) == ([], None)
        Letter.objects.update(came_at=clock.now() - timedelta(minutes=6))
        assert doctor.unread().count() == 0
        clock.move_to(clock.now() + timedelta(hours=1))
        later(1)
        assert doctor.unread().count() == 2
        while reading.read_next("later"):
            pass
    assert (Draft.objects.count(), Letter.objects.filter(end="drafted").count()) == (62, 62)
    assert Tally.objects.filter(what="letter_sender", count__gt=1).count() == 0


def test_a_page_has_sixty_mails_that_wait_and_no_more(door, monkeypatch):
    monkeypatch.setattr(addressed, "MOST", 2)
    crowd(64)
    assert list(Letter.objects.order_by("pk").values_list("end", flat=True))[60:] == ["waiting"] * 3 + ["too_many"]


def test_who_waits_for_a_day_waits_no_longer(door):
    with clock.standing_at(clock.now()):
        crowd(61)
        later(24 + 1)
        assert reading.read_next("later")
    assert Letter.objects.filter(end="too_many", detail="letter_page").count() == 1


def test_whoever_claims_an_address_silences_it_at_one_page_only(door):
    other = DoorFactory(page__handle="sam")
    with clock.standing_at(clock.now()):
        for number in range(21):
            end = posted.post(posted.mail("Hi.", to=MAYA, sender=ELIF, subject=f"Number {number}")).end
        assert end == "too_many"
        assert write(to=f"{other.page.handle}@{posted.DOMAIN}") == "drafted"


# ── no answer at all ─────────────────────────────────────────────────────────
def test_a_page_without_an_open_door_does_not_answer():
    for number, door in enumerate(
        ({"closed": True}, {"invited": True}, {"full_until": clock.now() + timedelta(days=3)})
    ):
        found = DoorFactory(page__handle=f"page{number}", **door)
        assert write(to=f"{found.page.handle}@{posted.DOMAIN}") == "nobody"
    assert (Draft.objects.count(), Message.objects.count()) == (0, 0)


def test_a_page_that_is_hidden_or_not_up_and_a_handle_of_nobody_do_not_answer():
    hidden, unpublished = (
        PageFactory(handle="hidden", hidden_at=clock.now()),
        PageFactory(handle="new", unpublished=True),
    )
    for page in (hidden, unpublished):
        DoorFactory(page=page)
    assert [write(to=f"{name}@{posted.DOMAIN}") for name in ("hidden", "new", "nobody-here")] == ["nobody"] * 3
    assert (Draft.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "sender", ["elif@localhost", '"two words"@mosaic.example', "élif@mosaic.example", "Undisclosed:;"]
)
def test_an_address_that_no_form_takes_is_not_answered(door, sender):
    assert write(sender=sender) in ("unreadable", "not_theirs")
    assert not Message.objects.exists()


def test_nothing_in_a_mail_can_be_a_header_or_a_word_of_the_answer(door):
    write(
        "X\r\nBcc: victim@other.example", subject="A\tsubject Bcc: victim@other.example", sender=f"<b>Evil</b> <{ELIF}>"
    )
    raw = render.build(Message.objects.get()).message().as_string()
    assert "victim" not in raw
    assert "Evil" not in raw


# ── robots ───────────────────────────────────────────────────────────────────
def test_an_echo_robot_that_answers_everything_gets_two_mails_at_most(door):
    """It writes to the page and into a pitch, and answers each mail that it gets, to every address that it saw."""
    pitch = PitchFactory(asked=True, email=ELIF, sender__email=ELIF, door=door)
    known = {MAYA, addresses.reply_address(pitch)}
    to_send = [posted.mail(TEXT, to=to, sender=ELIF, subject="A pitch") for to in known]
    answered = 0
    for _round in range(10):
        for message in to_send:
            posted.post(message)
        work()
        fresh, answered = sent.outbox[answered:], len(sent.outbox)
        known |= {address for one in fresh for address in (*one.reply_to, parseaddr(one.from_email)[1])}
        to_send = [
            posted.mail(one.body, to=to, sender=ELIF, subject=f"Re: {one.subject}")
            for one in fresh or sent.outbox[-1:]
            for to in known
        ]
    assert [one.subject for one in sent.outbox] == ["Your mail, as a pitch that is half written"]
    assert Letter.objects.count() > 20
