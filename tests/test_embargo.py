"""A sealed part is read by nobody before the owner accepts its terms or the moment comes. A no leaves no trace."""

import base64
import logging
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches import embargo, intake, lifecycle, review
from pitches.models import AnswerKind, Embargo, Event, Lane, Pitch, PitchState
from pitches.stories import stage
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory
from tests.races import tables
from tests.test_urls import URLS
from tests.web.test_public import answers, hand, text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
MARK = "Zebra quartz 7719"
NEWS = {
    "news.lifts_at": "2026-03-29T01:30",  # the gap in Lisbon: 02:30
    "news.teaser": "A study of muting.",
    "news.sealed": f"{MARK}: the figures.",
    "news.terms": "Quotes are cleared with us.",
}


@pytest.fixture(autouse=True)
def _friday():
    with clock.standing_at(NOW):
        yield


class Stage:
    """A page with a door for news, its owner's browser and a sender's."""

    def __init__(self):
        self.page = PageFactory(handle="maya")
        self.door = DoorFactory(page=self.page, slug="news", asks=["news"])
        self.owner, self.sender = Client(), Client()
        self.owner.force_login(self.page.owner)
        self.sender.get(reverse("public:door", args=[self.page.handle, self.door.slug]))  # its cookie is its mark

    @property
    def pitch(self):
        return Pitch.objects.select_related("door__page", "page", "sender").get()

    def write(self, **changes):
        response = hand(self.sender, self.door, **NEWS | changes)
        assert response.status_code == 303, response.context["form"].errors
        return response["Location"]

    def hand_in(self, **changes):
        check = self.write(**changes)
        stage.settle()
        response = self.sender.post(check, {"code": stage.newest_code("elif@mosaic.example")})
        assert response.status_code == 303
        stage.settle()
        return self.pitch

    def desk(self, **data):
        return self.owner.get(reverse("desk:pitch", args=[self.pitch.code]))

    def unseal(self, back="", **data):
        seal = embargo.digest(embargo.terms(self.pitch, Embargo.objects.get()))
        where = reverse("desk:unseal", args=[self.pitch.code])
        return self.owner.post(where, {"seen": seal, "back": back} | data)

    def answer(self, kind, **more):
        given = review.answer(self.pitch, kind, by=self.page.owner, **more)
        stage.settle()
        return given

    def pages(self):
        """Every page that there is, for everybody, with what stands there: (name, role), content."""
        values = {"handle": "maya", "slug": "news", "code": self.pitch.code, "token": self.pitch.token}
        roles = {"owner": self.owner, "sender": self.sender, "nobody": Client()}
        for name, arguments in URLS.items():
            if set(arguments) <= values.keys():
                path = reverse(name, kwargs={key: values[key] for key in arguments})
                for role, client in roles.items():
                    yield (name, role), client.get(path).content.decode(errors="replace")
        peek = self.owner.get(reverse("desk:inbox"), {"at": self.pitch.code}, headers={"HX-Request": "true"})
        yield ("peek", "owner"), peek.content.decode()


@pytest.fixture
def world():
    return Stage()


def stored():
    """Everything in every table, and what dumpdata makes of it, without what is only encrypted."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())
    out = StringIO()
    call_command("dumpdata", stdout=out)
    yield out.getvalue()


def mailed():
    return "\n".join(str(message.message()) + message.body for message in mail.outbox)


IN_ANY_WRITING = [MARK, MARK.encode().hex(), base64.b64encode(MARK.encode()).decode()[:20]]


def hits(where):
    return sum(word in where for word in IN_ANY_WRITING)


# ── before and after ─────────────────────────────────────────────────────────
def test_before_acceptance_the_sealed_words_are_nowhere(world, caplog):
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(connection) as asked:
        pitch = world.hand_in()
        world.owner.post(reverse("desk:start"))
        pages = dict(world.pages())
    assert {name: count for name, page in pages.items() if (count := hits(page))} == {}
    assert ("desk:session", "owner") in pages
    assert "A study of muting." in pages["desk:session", "owner"]
    assert "The rest is sealed." in pages["desk:pitch", "owner"]
    assert [query["sql"] for query in asked if hits(query["sql"])] == []
    row = Embargo.objects.get()
    found = [*stored(), mailed(), caplog.text, repr(row), str(row), repr(pitch), str(pitch), str(vars(pitch))]
    assert [one[:200] for one in found if hits(one)] == []
    assert len(mail.outbox) >= 2
    assert embargo.reveal(pitch, row) == ""
    assert embargo.own_words(pitch) == f"{MARK}: the figures."  # it is there, under its seal


def test_after_acceptance_they_stand_at_the_desk_and_nowhere_else(world):
    pitch = world.hand_in()
    world.owner.post(reverse("desk:start"))
    assert world.unseal(back="session")["Location"] == reverse("desk:session")
    pages = dict(world.pages())
    assert {name for name, page in pages.items() if MARK in page} == {
        ("desk:pitch", "owner"),
        ("desk:session", "owner"),
        ("desk:inbox", "owner"),
        ("peek", "owner"),
    }
    assert (
        "Keep this to yourself until Sunday 29 March 2026, 02:30 Lisbon time (UTC+01:00)."
        in pages["desk:pitch", "owner"]
    )
    stage.settle()
    assert [one[:200] for one in [*stored(), mailed()] if hits(one)] == []
    assert pitch.code in pages["desk:session", "owner"]  # the same card, which still waits


def test_the_check_page_counts_the_characters_and_says_the_moment_back(world):
    page = text(world.sender.get(world.write()))
    assert hits(page) == 0
    until = "Sunday 29 March 2026, 02:30 Lisbon time (UTC+01:00)"
    count = len(NEWS["news.sealed"])
    assert f"{count} characters more, sealed until Maya accepts your terms, or until {until}." in page
    assert "Accept the terms" not in page


def test_only_the_link_of_the_draft_gives_the_words_back(world):
    world.write()
    draft = reverse("agency:draft", args=[world.pitch.token])
    assert MARK in world.sender.get(draft).content.decode()
    assert world.sender.get(draft)["Cache-Control"] == "no-store"
    key = str(world.pitch.form_key)
    world.write(form_key=key, **{"news.sealed": "Other words."})
    assert (embargo.own_words(world.pitch), Embargo.objects.count()) == ("Other words.", 1)
    world.door.asks = []
    world.door.save()
    hand(world.sender, world.door, form_key=key)
    assert Embargo.objects.count() == 0


# ── the owner's word ─────────────────────────────────────────────────────────
def test_the_terms_are_frozen_as_they_were_shown(world):
    world.hand_in(**{"news.zone": "America/New_York"})
    shown = world.desk().context["pitch"].seal()
    page = text(world.desk())
    assert shown.terms == (
        "What Mosaic Research has sealed is kept to yourself until "
        "Sunday 29 March 2026, 01:30 New York time (UTC-04:00).\n"
        "For you that is Sunday 29 March 2026, 06:30 Lisbon time (UTC+01:00).\n"
        "They also ask: “Quotes are cleared with us.”"
    )
    assert all(line in page for line in shown.terms.split("\n"))
    assert world.unseal()["Location"] == reverse("desk:pitch", args=[world.pitch.code])
    row = Embargo.objects.get()
    assert (row.accepted_text, row.accepted_digest) == (shown.terms, embargo.digest(shown.terms))
    assert (row.accepted_at, row.accepted_by) == (NOW, world.page.owner)
    assert Event.objects.filter(what="terms_agreed", by=world.page.owner, note="").count() == 1
    assert "Accepted the terms of the embargo" in text(world.desk())


def test_pressing_twice_is_one_acceptance(world):
    world.hand_in()
    world.unseal()
    with clock.standing_at(NOW + timedelta(hours=1)):
        world.unseal()
    assert (Embargo.objects.get().accepted_at, Event.objects.filter(what="terms_agreed").count()) == (NOW, 1)


@pytest.mark.parametrize("seen", ["", "other"])
def test_only_terms_that_were_read_are_accepted(world, seen):
    world.hand_in()
    world.unseal(seen=seen)
    assert Embargo.objects.get().accepted_at is None
    assert "They stand in the letter as they are now." in text(world.desk())


def test_another_owner_has_nothing_to_accept(world):
    world.hand_in()
    stranger = Client()
    stranger.force_login(PageFactory().owner)
    path = reverse("desk:unseal", args=[world.pitch.code])
    assert (stranger.post(path).status_code, Client().post(path).status_code) == (404, 302)
    assert world.owner.get(path).status_code == 405
    assert Embargo.objects.get().accepted_at is None


def test_from_the_inbox_one_comes_back_to_the_letter(world):
    world.hand_in()
    assert world.unseal(back="inbox")["Location"] == f"{reverse('desk:inbox')}?at={world.pitch.code}"


def test_it_opens_by_itself_when_the_moment_comes(world):
    world.hand_in()
    lifts = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert Embargo.objects.get().lifts_at == lifts
    with clock.standing_at(lifts - timedelta(seconds=1)):
        assert hits(text(world.desk())) == 0
    with clock.standing_at(lifts):
        page = text(world.desk())
    assert MARK in page
    assert "The embargo lifted on Sunday 29 March 2026, 02:30 Lisbon time (UTC+01:00)." in page
    assert Embargo.objects.get().accepted_at is None


# ── what the sender learns ───────────────────────────────────────────────────
def shown(response):
    """The page without the token of its forms."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text(response))


def test_acceptance_is_no_read_receipt(world):
    world.hand_in()
    status = reverse("agency:status", args=[world.pitch.token])
    before = shown(world.sender.get(status))
    world.unseal()
    assert shown(world.sender.get(status)) == before
    given = world.answer(AnswerKind.ASK, text="When may I quote it?")
    assert "has accepted the terms" not in text(world.sender.get(status))
    with clock.standing_at(given.goes_out_at):
        stage.settle()
        assert "Maya has accepted the terms of your embargo." in text(world.sender.get(status))


def test_an_answer_from_before_says_nothing_of_an_acceptance_after_it(world):
    world.hand_in()
    given = world.answer(AnswerKind.ASK, text="When may I quote it?")
    status = reverse("agency:status", args=[world.pitch.token])
    with clock.standing_at(given.goes_out_at + timedelta(minutes=1)):
        stage.settle()
        world.unseal()
        assert Embargo.objects.get().accepted_at is not None
        assert "has accepted the terms" not in text(world.sender.get(status))


# ── the end ──────────────────────────────────────────────────────────────────
def is_gone():
    return Embargo.objects.get().sealed is None


def test_a_no_leaves_no_trace_once_it_went_out(world):
    world.hand_in()
    given = world.answer(AnswerKind.NO, reason="covered")
    embargo.forget(Event(pitch=world.pitch, what="answer_sent"))  # of a question before it, told late
    assert not is_gone()
    with clock.standing_at(given.goes_out_at):
        stage.settle()
        assert is_gone()
        page = text(world.desk())
    assert "Nobody opened it, and it is gone." in page
    assert embargo.own_words(world.pitch) == ""
    world.owner.post(reverse("desk:unseal", args=[world.pitch.code]), {"seen": "x"})
    assert Embargo.objects.get().accepted_at is None


def test_a_no_that_was_taken_back_keeps_it(world):
    world.hand_in()
    given = world.answer(AnswerKind.NO, reason="covered")
    review.undo(given, by=world.page.owner)
    with clock.standing_at(NOW + timedelta(days=1)):
        stage.settle()
        assert not is_gone()


def test_another_answer_keeps_it(world):
    world.hand_in()
    given = world.answer(AnswerKind.YES)
    with clock.standing_at(given.goes_out_at):
        stage.settle()
        assert not is_gone()
        world.unseal()
        assert MARK in text(world.desk())


def test_what_was_accepted_stays_after_a_no(world):
    world.hand_in()
    world.unseal()
    given = world.answer(AnswerKind.NO, reason="covered")
    with clock.standing_at(given.goes_out_at):
        stage.settle()
        assert not is_gone()


@pytest.mark.parametrize("accepted", [False, True])
def test_what_lapses_without_acceptance_is_forgotten(world, accepted):
    world.hand_in()
    if accepted:
        world.unseal()
    lifecycle.move(world.pitch, PitchState.LAPSED)
    stage.settle()
    assert is_gone() is not accepted
    assert not embargo.accept(world.pitch, by=world.page.owner)
    with clock.standing_at(NOW + timedelta(days=9)):
        assert (MARK in text(world.desk())) is accepted


@pytest.mark.parametrize("accepted", [False, True])
def test_what_is_taken_back_unread_stays_unread_and_goes_after_a_day(world, accepted):
    world.hand_in()
    if accepted:
        world.unseal()
    intake.withdraw(world.pitch)
    assert not embargo.accept(world.pitch, by=world.page.owner)
    with clock.standing_at(NOW + timedelta(hours=23)):
        embargo.forget_ended()
        assert not is_gone()  # taking back can still be undone
        intake.put_back(world.pitch)
        assert embargo.own_words(world.pitch).startswith(MARK)
        intake.withdraw(world.pitch)
    with clock.standing_at(NOW + timedelta(days=2)):  # it would have lifted
        assert (MARK in text(world.desk())) is accepted
        assert (MARK in embargo.reveal(world.pitch, Embargo.objects.get())) is accepted
        embargo.forget_ended()
    assert is_gone() is not accepted


def test_an_end_in_quarantine_is_not_seen_by_the_seal(world):
    pitch = world.hand_in()
    address = reverse("agency:status", args=[pitch.token])
    Pitch.objects.update(state=PitchState.QUARANTINE, lane=Lane.QUARANTINE)
    before = shown(world.sender.get(address))
    review.lapse(world.pitch)
    stage.settle()
    embargo.forget_ended()
    assert world.pitch.state == PitchState.LAPSED
    assert shown(world.sender.get(address)) == before
    with clock.standing_at(world.pitch.told_until):
        embargo.forget_ended()
    assert is_gone()


def test_a_pitch_that_ends_otherwise_asks_no_table_of_embargoes(world, django_assert_num_queries):
    plain = DoorFactory(page=world.page)
    pitch, _new = intake.write(plain, _answers_of(plain), form_key=answers()["form_key"])
    with django_assert_num_queries(0):
        embargo.forget(Event(pitch=pitch, what=PitchState.LAPSED))
        assert embargo.of(pitch) is None


def _answers_of(door):
    from pitches.forms.pitch import PitchForm

    form = PitchForm(answers(), door=door)
    assert form.is_valid()
    return form.answers()


# ── under the seal ───────────────────────────────────────────────────────────
def test_a_lock_opens_for_its_purpose_and_its_key_only(settings):
    locked = tokens.lock("one", MARK)
    assert tokens.unlock("one", memoryview(locked)) == MARK
    assert MARK.encode() not in locked
    with pytest.raises(InvalidToken):
        tokens.unlock("other", locked)
    settings.SECRET_KEY = "another, for it may be changed"
    assert tokens.unlock("one", locked) == MARK
    settings.LINK_KEY = "another"
    with pytest.raises(InvalidToken):
        tokens.unlock("one", locked)


def test_a_row_that_was_copied_to_another_pitch_does_not_open(world):
    first = world.hand_in()
    sealed = Embargo.objects.get().sealed
    other = hand(world.sender, DoorFactory(page=world.page, asks=["news"]), **NEWS)
    assert other.status_code == 303
    copy = Embargo.objects.exclude(pitch=first).get()
    Embargo.objects.filter(pk=copy.pk).update(sealed=sealed)
    assert embargo.own_words(copy.pitch) == ""


# ── what it costs ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_rows_of_the_inbox_ask_nothing_about_seals(world, count):
    for number in range(count):
        door = DoorFactory(page=world.page, asks=["news"])
        pitch, _new = intake.write(door, _news_for(door), form_key=answers()["form_key"])
        sender = intake.sender_of(f"a{number}@mosaic.example", name="Elif", company="Mosaic")
        Pitch.objects.filter(pk=pitch.pk).update(email=sender.email)
        intake.hand_in(pitch, sender)
    stage.settle()
    world.owner.get(reverse("desk:inbox"))
    with CaptureQueriesContext(connection) as asked:
        world.owner.get(reverse("desk:inbox"))
    assert len([query for query in asked if "pitches_embargo" in query["sql"]]) == 1  # of the letter beside the list


def _news_for(door):
    from pitches.forms.pitch import PitchForm

    form = PitchForm(answers(**NEWS), door=door)
    assert form.is_valid()
    return form.answers()
