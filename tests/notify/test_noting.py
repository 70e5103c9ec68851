"""A note to a sender after a yes: from the page of the pitch at the desk, by mail and on the page of its sender."""

import pytest
from django.urls import reverse

from pitches import intake, lifecycle, review
from pitches.helping import NotAllowed
from pitches.models import Event, Fact, Message
from pitches.notify import render
from portal import clock
from tests.factories import AnswerFactory, AssistantFactory, HandoffFactory, PitchFactory, UserFactory
from tests.notify import samples
from tests.senders import work

pytestmark = pytest.mark.django_db
WORDS = "Could you send the <raw> data?\n\nFriday is early enough."


@pytest.fixture
def pitch():
    """A pitch whose sender was told yes."""
    found = PitchFactory(accepted=True, standing="known")
    AnswerFactory(pitch=found)
    HandoffFactory(pitch=found)
    return found


def write(client, pitch, text=WORDS):
    client.force_login(pitch.page.owner)
    return client.post(reverse("desk:write", args=[pitch.code]), {"text": text})


def test_a_note_goes_out_at_once_in_the_owners_name(client, pitch, mailoutbox):
    assert write(client, pitch).status_code == 303
    work()
    (mail,) = mailoutbox
    assert mail.subject.startswith("A note from Maya on: ")
    assert mail.from_email.startswith("Maya Lind via Halfdoor <")
    assert (mail.to, "“Friday is early enough.”" in mail.body) == ([pitch.email], True)
    assert f"{reverse('agency:status', args=[pitch.token])}#note" in mail.body


def test_both_sides_read_it_where_they_read_the_rest(client, pitch):
    write(client, pitch)
    theirs = client.get(reverse("agency:status", args=[pitch.token])).content.decode()
    ours = client.get(reverse("desk:pitch", args=[pitch.code])).content.decode()
    assert "Maya wrote to you" in theirs
    assert "Wrote to them" in ours
    for page in (theirs, ours):
        assert "Could you send the &lt;raw&gt; data?" in page


def test_pressed_twice_it_is_one_note(client, pitch):
    for _twice in range(2):
        write(client, pitch)
    work()
    assert Message.objects.filter(kind="note").count() == 1


def test_there_are_three_and_then_a_sentence_keeps_the_words(client, pitch):
    for number in range(review.MOST_WRITTEN):
        write(client, pitch, f"Note {number}")
    answer = write(client, pitch, "One too many")
    assert answer.status_code == 422
    assert "so this one was not sent." in answer.content.decode()
    assert Event.objects.filter(what=Fact.WROTE).count() == review.MOST_WRITTEN
    assert "One too many" in answer.content.decode()
    assert "Your notes to this pitch are used." in client.get(answer.request["PATH_INFO"][:-6]).content.decode()


@pytest.mark.parametrize("text", ["", "x" * (review.LONGEST_WRITTEN + 1)])
def test_a_note_that_says_nothing_or_too_much_is_not_sent(client, pitch, text):
    assert write(client, pitch, text).status_code == 422
    assert not Event.objects.filter(what=Fact.WROTE).exists()


@pytest.mark.parametrize("state", ["waiting", "declined", "asked", "quarantined"])
def test_only_who_was_told_yes_is_written_to(client, state):
    other = PitchFactory(**({"waiting": True, "lane": "quarantine"} if state == "quarantined" else {state: True}))
    assert write(client, other).status_code == 422
    assert not Event.objects.filter(what=Fact.WROTE).exists()


def test_a_yes_that_is_still_in_the_house_takes_no_note(client):
    pitch = PitchFactory(accepted=True)
    AnswerFactory(pitch=pitch, held=True)
    assert write(client, pitch).status_code == 422


def test_who_answers_for_the_owner_writes_with_their_name_and_who_sorts_writes_nothing(pitch):
    users = {}
    for role in ("assistant", "screener"):
        helper = AssistantFactory(page=pitch.page, role=role, name="Sam Ode")
        users[role] = UserFactory(email=helper.email)
        users[role].emailaddress_set.create(email=helper.email, verified=True, primary=True)
    with pytest.raises(NotAllowed):
        review.write(pitch, WORDS, by=users["screener"])
    review.write(pitch, WORDS, by=users["assistant"])
    work()
    mail = render.build(Message.objects.get(kind="note"))
    assert mail.from_email.startswith("Sam Ode for Maya Lind via Halfdoor <")
    assert "Sam Ode wrote it for Maya." in mail.body


def test_a_sender_whose_notes_are_used_is_not_asked_for_one():
    mail = render.build(samples.note_of_a_helper())
    assert "#note" not in mail.body
    assert "See your pitch" in mail.body
    assert "Answer with a note" in render.build(samples.note()).body


def test_notes_left_are_those_of_a_pitch_that_takes_some(pitch):
    assert intake.notes_left(pitch) == intake.NOTES
    lifecycle.record(Fact.NOTED, pitch.page, pitch, note="A note")
    assert intake.notes_left(pitch) == intake.NOTES - 1
    assert intake.notes_left(PitchFactory(asked=True, lapses_at=clock.now())) == 0
