"""Somebody who helped at a desk goes: their seat goes, and their name from what they said there."""

import pytest

from pitches import lifecycle, review
from pitches.models import Assistant, Page
from tests.factories import AnswerFactory, AssistantFactory, PageFactory, PitchFactory, UserFactory
from tests.test_erasing import ask, gone, let_time_pass, on_day, proven

pytestmark = pytest.mark.django_db


def test_who_helped_leaves_and_their_name_goes_from_what_they_said():
    page = PageFactory(handle="other")
    helper = proven(UserFactory(email="sam@helps.example", name="Sam Ode"))
    seat = AssistantFactory(page=page, email="Sam@helps.example", name="Sam Ode", role="assistant")
    pitch = PitchFactory(door__page=page, waiting=True, assigned_to=seat)
    said = AnswerFactory(pitch=PitchFactory(door=pitch.door, accepted=True), by=helper, said_by="Sam Ode")
    review.remark(pitch, "Ask Ann", by=helper)
    notes = [lifecycle.record("wrote", page, pitch, by=helper, note=f"{who}\nAsk Ann") for who in ("Sam Ode", "")]
    alone = lifecycle.record("wrote", (far := PitchFactory(waiting=True)).page, far, by=helper, note="Sam Ode\nHi\nAnn")
    with on_day(0):
        ask(helper)
        assert (Page.objects.public().count(), Assistant.objects.get().helps) == (2, True)
    let_time_pass()
    said.refresh_from_db()
    pitch.refresh_from_db()
    assert (gone(helper), Assistant.objects.count()) == (True, 0)
    assert (said.said_by, said.by, pitch.assigned_to) == ("somebody who helped", None, None)
    assert pitch.remarks.get().by_name == "somebody who helped"
    for one in (*notes, alone):
        one.refresh_from_db()
    assert [one.note for one in notes] == ["somebody who helped\nAsk Ann", "\nAsk Ann"]
    assert (alone.note, alone.by) == ("somebody who helped\nHi\nAnn", None)
    assert pitch.state == "waiting"
