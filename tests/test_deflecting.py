"""Deflecting: who wrote, a link for one answer, and what becomes of it. And who came through counted links."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from pitches import intake
from pitches.doors import deflecting, sharing
from pitches.models import CHANNELS, Came, Pitch, ReplyLink
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.senders import answers, hand_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 11, 9, tzinfo=UTC)
SAID = date(2026, 5, 10)


def made(door, who="Ines, Northbeam", channel=Came.MESSAGE):
    return deflecting.make(door, who, channel, SAID)


def write(door, link=None, came_from="", **changes):
    ways = intake.Ways(reply=link.token if link else "", came_from=came_from)
    return intake.write(door, answers(**changes), form_key=uuid4(), ways=ways)[0]


def prove(pitch):
    return intake.prove(pitch, intake.issue_code(pitch), device=tokens.seed())


# ── a link for one answer ────────────────────────────────────────────────────
def test_a_reply_link_binds_to_a_door_and_ends_after_thirty_days():
    door = DoorFactory()
    with clock.standing_at(MONDAY):
        link = made(door, channel=Came.MENTION)
    kept = ReplyLink.objects.get()
    assert (kept.door, kept.who, kept.channel, kept.said_on) == (door, "Ines, Northbeam", "mention", SAID)
    assert (kept.made_at, kept.expires_at, kept.used_at) == (MONDAY, MONDAY + timedelta(days=30), None)
    assert (kept.token_hash, kept.token) == (tokens.digest(link.token), link.token)
    assert made(door).token != link.token


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_answer_is_two_lines_and_the_second_is_the_link(settings, channel):
    settings.SITE_URL = "https://halfdoor.example"
    link = made(DoorFactory(), channel=channel)
    first, second = deflecting.answer(link).split("\n")
    assert (first[-1], second) == (":", f"https://halfdoor.example/r/{link.token}")


def test_a_link_works_until_it_is_used_or_over():
    link = made(DoorFactory())
    assert deflecting.works(link)
    with clock.standing_at(link.expires_at - timedelta(seconds=1)):
        assert deflecting.works(link)
    with clock.standing_at(link.expires_at):
        assert not deflecting.works(link)
    link.used_at = clock.now()
    assert not deflecting.works(link)


def test_the_pitch_that_comes_of_it_says_so():
    door = DoorFactory()
    link = made(door)
    with clock.standing_at(MONDAY):
        pitch = prove(write(door, link))
    assert (pitch.came_from, pitch.reply_link) == ("message", link)
    assert ReplyLink.objects.get().used_at == MONDAY


def test_writing_uses_nothing_up():
    door = DoorFactory()
    link = made(door)
    pitch = write(door, link)
    assert (pitch.reply_link, ReplyLink.objects.get().used_at) == (link, None)


def test_whoever_comes_second_is_a_pitch_like_any_other():
    door = DoorFactory()
    link = made(door)
    second = write(door, link, email="b@other.example", company="Other")
    first = prove(write(door, link))
    second = prove(Pitch.objects.get(pk=second.pk))
    assert (first.reply_link, second.reply_link) == (link, None)
    third = write(door, link, email="c@third.example")
    assert (third.reply_link, third.came_from) == (None, "")


def test_a_foreign_link_and_an_old_one_are_as_good_as_none():
    door, other = DoorFactory(), DoorFactory()
    foreign, old = made(other), made(door)
    with clock.standing_at(old.expires_at):
        found = [write(door, link, email=f"{name}@mosaic.example") for name, link in (("a", foreign), ("b", old))]
    assert [(pitch.reply_link, pitch.came_from) for pitch in found] == [(None, ""), (None, "")]
    assert not ReplyLink.objects.exclude(used_at=None).exists()


# ── who wrote ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Hi Maya!\nWe have a survey for you.\n- Ines, Northbeam", "Ines, Northbeam"),
        ("Hi!\nA survey.\n—Ines", "Ines"),
        ("Hi!\nA survey.\n\nBest regards,\nInes Meyer\nNorthbeam PR", "Ines Meyer, Northbeam PR"),
        ("Ines Meyer @northbeam · 3h\n@maya have you seen our survey?", "Ines Meyer @northbeam"),
        ("@maya have you seen this? via @northbeam", "@northbeam"),
        ("@MAYA have you seen this?", ""),
        ("Hi, I'm Ines from Northbeam. We made a survey.", "Ines, Northbeam"),
        ("Hi, I’m Ines Meyer with Northbeam PR and we made a survey.", "Ines Meyer, Northbeam PR"),
        ("Write to ines@northbeam.example about it", "ines@northbeam.example"),
        ("A survey about - well - many things", ""),
        ("- not a name, only a list\n- of two things\nand a last line", ""),
        ("", ""),
        ("\n\n", ""),
        ("Ines Northbeam\n" + "- " + "x" * 500, "x" * 120),
    ],
)
def test_the_sender_is_guessed_from_what_was_pasted(text, who):
    assert deflecting.guess(text, own="maya") == who


def test_guessing_takes_no_time_on_nasty_text():
    for nasty in ("I am " * 400, "@" * 2000, "a." * 1000, "- " * 1000, "x@" + "a-" * 900, "best " * 400):
        start = datetime.now(UTC)
        deflecting.guess(nasty, own="maya")
        assert datetime.now(UTC) - start < timedelta(seconds=0.5)


# ── counted links ────────────────────────────────────────────────────────────
def test_links_say_where_they_stood(settings):
    settings.SITE_URL = "https://halfdoor.example"
    door = DoorFactory(page__handle="maya", slug="research")
    assert sharing.counted_link(door.page, Came.BIO) == "https://halfdoor.example/@maya?from=bio"
    assert sharing.counted_link(door.page, Came.MAIL, door) == "https://halfdoor.example/@maya/research?from=mail"


def test_there_is_a_reply_for_each_channel_in_three_tones():
    page = PageFactory()
    found = {
        (channel, tone): sharing.reply(page, channel, tone)
        for channel in CHANNELS
        for tone in ("warm", "neutral", "short")
    }
    assert len(set(found.values())) == 12
    for (channel, _tone), text in found.items():
        assert (text.count(f"?from={channel.value}"), text.count("!")) == (1, 0)
    for channel in CHANNELS:
        assert len(found[channel, "short"]) < len(found[channel, "neutral"]) < len(found[channel, "warm"])


def test_what_is_html_is_escaped(settings):
    settings.SITE_URL = "https://halfdoor.example"
    kit = sharing.kit(PageFactory(handle="maya", name='<b>"Maya" & Lind</b>'))
    assert kit.signature.split("\n") == [
        '<b>"Maya" & Lind</b>',
        "Pitches: https://halfdoor.example/@maya?from=signature",
    ]
    assert kit.signature_html.startswith("<p>&lt;b&gt;&quot;Maya&quot; &amp; Lind&lt;/b&gt;<br><a href=")
    assert kit.badge_html == (
        '<a href="https://halfdoor.example/@maya?from=badge">'
        '<img src="https://halfdoor.example/@maya/badge.svg" alt="Pitch me here" height="64"></a>'
    )


def test_people_are_counted_for_writing_not_for_looking(client):
    door = DoorFactory(page__timezone="America/New_York")
    page = door.page
    with clock.standing_at(datetime(2026, 5, 1, 3, 59, tzinfo=UTC)):  # still April in New York
        write(door, came_from="bio", email="early@mosaic.example")
    with clock.standing_at(datetime(2026, 5, 1, 4, 0, tzinfo=UTC)):
        write(door, came_from="bio", email="a@mosaic.example")
        write(door, came_from="message", email="A@mosaic.example")
        write(door, email="found@mosaic.example")
        write(door, came_from="nonsense", email="odd@mosaic.example")
        prove(write(door, came_from="qr", email="b@mosaic.example"))
        write(DoorFactory(), came_from="bio", email="c@mosaic.example")
        client.get(f"/@{page.handle}?from=bio")
        found = sharing.through(page)
        assert (found.began, found.left) == (2, 1)
        assert found.since == datetime(2026, 5, 1, 4, 0, tzinfo=UTC)


def test_nobody_came_yet():
    page = PageFactory()
    PitchFactory(waiting=True, door=DoorFactory(page=page))
    hand_in(DoorFactory(page=page))
    found = sharing.through(page)
    assert (found.began, found.left) == (0, 0)
