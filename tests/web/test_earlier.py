"""An earlier pitch that the new one looks like: shown on the check page once the mailbox is proven, never before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pitches import intake
from pitches.models import Pitch, Proof
from pitches.web import earlier
from portal import clock
from tests import corpus
from tests.factories import AnswerFactory, DeviceFactory, DoorFactory, PitchFactory, SenderFactory
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
DEVICE = "a-device-of-ours".ljust(43, "x")
WORDS = {"line": "Why people mute brands", "why": "The question that your readers ask most."}
LONG = vars(corpus.merged("a short one", 1))


@pytest.fixture
def sender():
    return DeviceFactory(token=DEVICE).sender


@pytest.fixture
def door():
    return DoorFactory()


@pytest.fixture
def known(client):
    """On the device that proved the mailbox."""
    client.cookies["device"] = DEVICE
    return client


def answered(door, sender, kind="no", **more):
    """A pitch that was answered, and told."""
    state = {"no": "declined", "yes": "accepted", "ask": "asked"}[kind]
    old = PitchFactory(**{state: True, "door": door, "sender": sender} | WORDS | more)
    AnswerFactory(pitch=old, kind=kind, reason="covered" if kind == "no" else "")
    return old


def new(door, sender, **more):
    return PitchFactory(**{"door": door, "email": sender.email} | WORDS | more)


def check(client, pitch, **data):
    url = reverse("agency:check", args=[pitch.token])
    return client.post(url, data) if data else client.get(url)


# ── near ones ────────────────────────────────────────────────────────────────
def test_a_known_device_is_shown_the_earlier_one_and_may_leave_the_new_one_anyway(known, door, sender):
    old = answered(DoorFactory(page=door.page), sender, handed_in_at=clock.now() - timedelta(days=40), **LONG)
    pitch = new(door, sender, **vars(corpus.merged("a short one", 2)))
    page = text(check(known, pitch))
    assert "This looks like your pitch from" in page
    assert "which was answered “I have covered it”." in page
    assert reverse("agency:status", args=[old.token]) in page
    assert "Leave it on the ledge anyway" in page
    assert check(known, pitch, code="")["Location"] == reverse("agency:check", args=[pitch.token])
    assert Pitch.objects.get(pk=pitch.pk).state == "unproven"
    assert check(known, pitch, anyway="1")["Location"] == reverse("agency:status", args=[pitch.token])
    assert Pitch.objects.get(pk=pitch.pk).state == "arrived"


def test_a_mailbox_proven_just_now_is_shown_it_without_a_second_code(client, door, sender):
    answered(DoorFactory(page=door.page), sender)
    pitch = new(door, sender)
    assert "looks like" not in text(check(client, pitch))
    back = check(client, pitch, code=intake.issue_code(pitch))
    assert back["Location"] == reverse("agency:check", args=[pitch.token])
    page = text(client.get(back["Location"]))
    assert "This looks like your pitch from" in page
    assert 'name="code"' not in page
    assert Proof.objects.count() == 1
    check(client, pitch, anyway="1")
    assert Pitch.objects.get(pk=pitch.pk).state == "arrived"


def test_before_proof_the_same_bytes_for_who_wrote_it_before(door, sender):
    seen = []
    for _round in range(2):
        client, pitch = Client(), new(door, sender)
        pages = [check(client, pitch), check(client, pitch, code="000000"), check(client, pitch, anyway="1")]
        seen.append([(p.status_code, text(p).replace(pitch.token, "").partition("<main")[2]) for p in pages])
        answered(DoorFactory(page=door.page), sender)
    assert plain(seen[0]) == plain(seen[1])


def plain(pages):
    import re

    return [(status, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)) for status, page in pages]


def test_neither_others_nor_other_pages_nor_what_was_taken_back_is_shown(known, door, sender):
    answered(door, SenderFactory())
    answered(DoorFactory(), sender)
    PitchFactory(withdrawn=True, door=DoorFactory(page=door.page), sender=sender, **WORDS)
    answered(DoorFactory(page=door.page), sender, handed_in_at=clock.now() - timedelta(days=366))
    answered(DoorFactory(page=door.page), sender, line="Something else", why="It has nothing to do with it.")
    page = text(check(known, new(door, sender)))
    assert "looks like" not in page
    assert "Leave it on the ledge" in page


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"waiting": True}, "which still waits for an answer"),
        ({"quarantine": True}, "which still waits for an answer"),
        ({"lapsed": True}, "which got no answer"),
    ],
)
def test_the_notice_says_what_its_sender_was_told(door, sender, made, said):
    assert earlier.outcome(PitchFactory(door=door, sender=sender, **made)) == said


def test_an_answer_in_the_house_is_not_told(door, sender):
    old = PitchFactory(declined=True, door=door, sender=sender)
    held = AnswerFactory(pitch=old, kind="no", reason="covered", held=True)
    assert earlier.outcome(old) == "which still waits for an answer"
    held.sent_at = clock.now()
    held.save()
    assert earlier.outcome(old) == "which was answered “I have covered it”"


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("yes", {}, "which was answered “Yes”"),
        ("ask", {}, "which has a question for you"),
        ("no", {"reason": "own_line", "text": "Too early."}, "which was answered “Too early.”"),
        ("no", {"reason": "no_reason"}, "which was answered “No”"),
    ],
)
def test_each_answer_has_its_words(door, sender, kind, more, said):
    old = answered(door, sender, kind)
    old.answers.update(**more)
    assert earlier.outcome(old) == said


# ── the very same ────────────────────────────────────────────────────────────
def test_the_very_same_at_the_same_door_cannot_be_left_again(known, door, sender):
    answered(door, sender, "yes")
    pitch = new(door, sender)
    page = text(check(known, pitch))
    assert "This is word for word your pitch from" in page
    assert "Leave it on the ledge" not in page
    assert Pitch.objects.filter(pk=pitch.pk).exists()
    refused = check(known, pitch, anyway="1")
    assert refused.status_code == 422
    assert "You left this very pitch before" in text(refused)
    assert "which was answered “Yes”" in text(refused)
    assert WORDS["line"] in text(refused)


def test_not_now_names_the_day(known, door, sender):
    old = answered(door, sender)
    old.answers.update(reason="not_now", until=clock.now().date() + timedelta(days=30))
    assert "The same is welcome again from" in text(check(known, new(door, sender)))
    old.answers.update(until=clock.now().date() - timedelta(days=1))
    assert "earlier" not in text(check(known, new(door, sender))).partition("<main")[2]


@pytest.mark.parametrize(
    "changed", [{"line": "New"}, {"why": "New"}, {"detail": "New"}, {"link": "https://x.example/"}]
)
def test_whatever_is_new_is_taken(door, sender, changed):
    answered(door, sender)
    assert intake.hand_in(new(door, sender, **changed), sender).state == "arrived"


def test_a_block_or_a_limit_is_said_before_the_duplicate(door, sender):
    answered(door, sender)
    PitchFactory(waiting=True, door=door, sender=sender)
    with pytest.raises(intake.Refused) as refused:
        intake.hand_in(new(door, sender), sender)
    assert refused.value.why == "one_waiting"
