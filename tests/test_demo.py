"""The demo: believable, complete, silent, and the same after a second run."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import TestCase

from pitches import opening, relationships, review, tasks
from pitches.demo import opening as demo_opening
from pitches.demo import past
from pitches.forms import PitchForm
from pitches.models import Answer, Event, Handoff, Message, Page, Pitch, Remark, Sender, View
from portal import clock
from portal.models import DrawerMail

WEDNESDAY = datetime(2026, 11, 18, 15, 20, tzinfo=UTC)


def rows() -> dict[str, list[object]]:
    """Every row of our own tables."""
    models = [*apps.get_app_config("pitches").get_models(), *apps.get_app_config("portal").get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.long
class TestTheDemo(TestCase):
    """Put up once, on a Wednesday."""

    @classmethod
    def setUpTestData(cls):
        with clock.standing_at(WEDNESDAY):
            call_command("demo", stdout=(said := StringIO()))
        cls.said = said.getvalue()

    def setUp(self):
        self.enterContext(clock.standing_at(WEDNESDAY))
        self.page = Page.objects.get(handle="maya")

    def test_it_says_what_it_put_up(self):
        assert "/@maya is up: 6 doors, 30 pitches on the ledge." in self.said

    def test_the_ledge_has_thirty_pitches_in_their_lanes(self):
        lanes = self.page.pitches.waiting().values_list("lane", flat=True)
        assert Counter(lanes) == {"trusted": 3, "known": 8, "first_knock": 19}

    def test_every_state_can_be_seen(self):
        assert Counter(self.page.pitches.values_list("state", flat=True)) == {
            "waiting": 30,
            "held": 1,
            "quarantine": 1,
            "later": 2,
            "asked": 1,
            "accepted": 10,
            "declined": 31,
            "lapsed": 2,
        }

    def test_the_scam_is_caught_for_what_it_is(self):
        assert self.page.pitches.get(state="quarantine").flags == ["archive", "password", "upfront_fee", "urgency"]

    def test_the_doors_show_every_state(self):
        assert {door.slug: (opening.of(door, WEDNESDAY).look, door.paint) for door in self.page.doors.all()} == {
            "research": ("open", "green"),
            "martech": ("until", "blue"),
            "sponsorships": ("open", "gold"),
            "podcast": ("key", "plum"),
            "ai-writing": ("shut", "red"),
            "events": ("shut", "teal"),
        }
        assert self.page.local_date(self.page.doors.get(slug="ai-writing").opens_at) == date(2027, 1, 1)

    def test_there_are_people_of_every_standing(self):
        for who, door, standing in (
            ("priya", "research", "trusted"),
            ("ines", "research", "known"),
            ("ines", "martech", "stranger"),
            ("ruth", "martech", "introduced"),
            ("elif", "research", "stranger"),
            ("otto", "research", "paused"),
            ("dirk", "research", "blocked"),
        ):
            sender = Sender.objects.get(email=demo_opening.read("cast")["people"][who]["email"])
            door = self.page.doors.get(slug=door)
            assert relationships.standing_of(self.page, sender, door) == standing, who

    def test_no_mail_leaves_and_none_waits(self):
        assert not Message.objects.exclude(state="obsolete", sealed=None).exists()
        assert not DrawerMail.objects.exists()
        assert mail.outbox == []

    def test_nothing_is_left_to_do(self):
        before = rows()
        assert not Event.objects.filter(reacted_at=None).exists()
        assert tasks.tick() + tasks.sweep() == 0
        assert rows() == before

    def test_the_doctor_finds_nothing(self):
        call_command("doctor", stdout=StringIO())

    def test_every_promise_lies_ahead(self):
        assert self.page.next_hour_at > WEDNESDAY
        assert not self.page.pitches.waiting().filter(promised_for__lte=WEDNESDAY).exists()
        assert not self.page.pitches.unfinished().filter(lapses_at__lte=WEDNESDAY).exists()

    def test_one_follow_up_is_due_and_one_is_to_come(self):
        today = self.page.local_date(WEDNESDAY)
        dates = Handoff.objects.filter(done_at=None).values_list("follow_up_on", flat=True)
        assert [day <= today for day in dates] == [True, False]

    def test_a_second_run_changes_no_row(self):
        before, said = rows(), StringIO()
        call_command("demo", stdout=said)
        assert rows() == before
        assert said.getvalue() == "There is a page @maya already. Nothing was changed.\n"

    def test_what_hangs_on_the_owner_goes_with_the_owner(self):
        self.page.owner.delete()
        left = {name for name, found in rows().items() if found}
        assert left == {"Agency", "Handle", "Sender", "User"}  # the short address rests, and who helped is somebody

    def test_the_desk_is_in_use(self):
        helper = self.page.assistants.get()
        assert (helper.name, helper.role, helper.helps) == ("Jo Lindgren", "assistant", True)
        assert Counter(self.page.replies.values_list("kind", flat=True)) == {"yes": 2, "ask": 2, "no": 2}
        assert View.objects.get(user=self.page.owner).query == "offer=paid"
        kept = self.page.pitches.waiting().filter(assigned_to=helper)
        assert (kept.count(), Remark.objects.get().by_name) == (2, "Jo Lindgren")
        assert self.page.pitches.waiting().exclude(tags=[]).count() == 4

    def test_one_press_over_three_can_still_be_undone(self):
        held = Answer.objects.held().filter(pitch__page=self.page)
        assert [one.goes_out_at for one in held] == [WEDNESDAY + review.HOLD] * 3
        assert held.values("batch").distinct().count() == 1

    def test_one_waits_for_its_door(self):
        pitch = self.page.pitches.get(back_when_open=True)
        assert (pitch.door.slug, pitch.state, pitch.back_at > WEDNESDAY) == ("ai-writing", "later", True)

    def test_who_helped_is_named_with_the_answer(self):
        assert list(Answer.objects.exclude(said_by="").values_list("said_by", flat=True)) == ["Jo Lindgren"]

    def test_every_figure_is_drawn(self):
        self.client.force_login(self.page.owner)
        drawn = self.client.get("/desk/numbers").context["figures"]
        assert [bool(one.rows or one.plot) for one in drawn] == [True] * 5

    def test_every_pitch_passes_the_form(self):
        for pitch in Pitch.objects.select_related("door__page"):
            form = PitchForm(PitchForm.filled(pitch).initial, door=pitch.door)
            assert form.is_valid(), (pitch.line, form.errors)

    def test_the_words_of_the_page_keep_their_limits(self):
        self.page.full_clean()
        for door in self.page.doors.all():
            door.full_clean()


def test_nothing_is_answered_in_the_future_at_any_hour_of_the_week():
    cast = demo_opening.read("cast")
    page = Page(handle="maya", timezone="Europe/London", reading=cast["page"]["reading"])
    for hours in range(7 * 24):
        told = past.of_the_files(page, {}, cast["people"], WEDNESDAY + timedelta(hours=hours))
        assert len(told.happened) > 74


@pytest.mark.django_db
def test_production_is_asked_twice(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="demo --yes"):
        call_command("demo")
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("today", "ahead", "first"),
    [
        (date(2026, 11, 30), 2, date(2027, 1, 1)),
        (date(2026, 10, 1), 2, date(2026, 12, 1)),
        (date(2026, 1, 31), 2, date(2026, 3, 1)),
    ],
)
def test_the_first_of_a_month_ahead(today, ahead, first):
    assert demo_opening.first_of_month(today, ahead) == first
