"""Vouching: one step up at most, never against what the owner said, and taken back as if it had never been given."""

from datetime import UTC, datetime, timedelta

import pytest

from pitches import relationships
from pitches.book import vouching
from pitches.models import Event, Evidence, Message, Page, Relationship, Standing, Vouch
from pitches.relationships import rebuild
from portal import clock
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory, VouchFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = Standing


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def sender():
    return SenderFactory(email="elif@mosaic.example")


@pytest.fixture
def giver(sender):
    page = PageFactory(handle="sam")
    relationships.set_by_hand(page, sender, S.TRUSTED, by=page.owner)
    return page


@pytest.fixture
def page():
    return DoorFactory(page__handle="maya", slug="research").page


def say(giver, who, page):
    return vouching.give(giver, who, page, "Knows the data.", by=giver.owner)


def why(call, *args, **more):
    with pytest.raises((vouching.NotGiven, vouching.NotTaken)) as refused:
        call(*args, **more)
    return refused.value.why


def standing(page, sender, door=None):
    return relationships.standing_of(page, sender, door)


# ── to give ──────────────────────────────────────────────────────────────────
def test_to_a_colleague_by_exactly_their_handle(giver, page):
    for typed in ("maya", "@maya", " @Maya "):
        assert vouching.colleague(giver, typed) == page
    hidden, unpublished = PageFactory(hidden_at=MONDAY), PageFactory(unpublished=True)
    for typed in ("may", "maya2", "", "@", hidden.handle, unpublished.handle):
        assert why(vouching.colleague, giver, typed) == "unknown"
    assert why(vouching.colleague, giver, "sam") == "own"


@pytest.mark.parametrize(
    ("said", "may"),
    [(S.STRANGER, False), (S.INTRODUCED, False), (S.KNOWN, True), (S.TRUSTED, True), (S.BLOCKED, False)],
)
def test_only_for_whom_one_knows(page, sender, said, may):
    giver = PageFactory()
    relationships.set_by_hand(giver, sender, said, by=giver.owner)
    if may:
        assert say(giver, sender, page)
        assert say(giver, sender.agency, page)
    else:
        assert why(say, giver, sender, page) == "not_known"
        assert why(say, giver, sender.agency, page) == "not_known"


def test_whoever_was_introduced_is_not_passed_on(giver, page, sender):
    vouching.take(say(giver, sender, page), None, by=page.owner)
    assert why(say, page, sender, PageFactory()) == "not_known"


def test_one_word_for_each_pair_and_twenty_in_a_month(giver, page, sender):
    say(giver, sender, page)
    assert why(say, giver, sender, page) == "twice"
    for _number in range(18):
        VouchFactory(page=giver)
    old = VouchFactory(page=giver, at=MONDAY - timedelta(days=31))
    last = say(giver, sender, PageFactory())
    assert why(say, giver, sender, PageFactory()) == "enough"
    vouching.revoke(last)  # taking words back makes no room for others
    assert why(say, giver, sender, PageFactory()) == "enough"
    assert old.revoked_at is None


def test_only_a_public_page_speaks(giver, page, sender):
    vouch = say(giver, sender, page)
    for facts in ({"hidden_at": MONDAY}, {"published_at": None}):
        Page.objects.filter(pk=giver.pk).update(**facts)
        assert vouching.waiting(page) == []
        assert why(say, giver, sender.agency, page) == "not_public"
        Page.objects.filter(pk=giver.pk).update(hidden_at=None, published_at=MONDAY)
        assert vouching.waiting(page) == [vouch]


@pytest.mark.parametrize("said", [S.BLOCKED, S.PAUSED])
@pytest.mark.parametrize("about", ["person", "tag", "agency"])
def test_nobody_speaks_for_whom_the_owner_put_aside(giver, page, sender, said, about):
    elsewhere = AgencyFactory(domain="elsewhere.example")
    relationships.set_by_hand(giver, elsewhere, S.KNOWN, by=giver.owner)
    other = say(giver, elsewhere, page)
    say(giver, sender, page)
    tagged = SenderFactory(email="elif+1@mosaic.example", canonical=sender.canonical, agency=sender.agency)
    who = {"person": sender, "tag": tagged, "agency": sender.agency}[about]
    if about == "agency":
        say(giver, sender.agency, page)
    relationships.set_by_hand(
        page, who, said, by=page.owner, until=MONDAY + timedelta(days=9) if said == S.PAUSED else None
    )
    assert vouching.waiting(page) == [other]
    clock.move_to(MONDAY + timedelta(days=10))
    assert (len(vouching.waiting(page)) > 1) == (said == S.PAUSED)


def test_a_block_at_one_door_hides_no_word(giver, page, sender):
    vouch = say(giver, sender, page)
    relationships.set_by_hand(page, sender, S.BLOCKED, by=page.owner, door=page.doors.get())
    assert vouching.waiting(page) == [vouch]


# ── to take ──────────────────────────────────────────────────────────────────
def test_a_stranger_becomes_introduced_and_nobody_is_mailed(giver, page, sender):
    vouch, door = say(giver, sender, page), page.doors.get()
    assert vouching.waiting(page) == [vouch]
    assert standing(page, sender) == S.STRANGER
    row = vouching.take(vouch, None, by=page.owner)
    assert (row.kind, row.vouch, row.standing) == ("introduced", vouch, "")
    assert (standing(page, sender), standing(page, sender, door)) == (S.INTRODUCED, S.INTRODUCED)
    assert vouching.waiting(page) == []
    assert (Message.objects.count(), Event.objects.count()) == (0, 0)


def test_at_one_door_only(giver, page, sender):
    other, door = DoorFactory(page=page), page.doors.get(slug="research")
    vouching.take(say(giver, sender, page), door, by=page.owner)
    assert (standing(page, sender, door), standing(page, sender, other)) == (S.INTRODUCED, S.STRANGER)


def test_a_whole_agency_is_introduced(giver, page, sender):
    colleague = SenderFactory(email="kim@mosaic.example")
    vouching.take(say(giver, sender.agency, page), None, by=page.owner)
    assert (standing(page, sender), standing(page, colleague)) == (S.INTRODUCED, S.INTRODUCED)


@pytest.mark.parametrize("said", [S.INTRODUCED, S.KNOWN, S.TRUSTED, S.STRANGER, S.BLOCKED, S.PAUSED])
@pytest.mark.parametrize("whole", [True, False])
def test_never_above_and_never_against_what_the_owner_said(giver, page, sender, said, whole):
    """By the owner's hand, about the person or their whole agency: a word changes nothing at all."""
    who = sender.agency if whole else sender
    until = MONDAY + timedelta(days=9) if said == S.PAUSED else None
    relationships.set_by_hand(page, who, said, by=page.owner, until=until)
    for about in {sender, who}:
        vouch = say(giver, about, page)
        before = (standing(page, sender), Evidence.objects.count())
        assert why(vouching.take, vouch, None, by=page.owner) in ("there", "hand")
        vouch.refresh_from_db()
        assert (standing(page, sender), Evidence.objects.count(), vouch.taken_at) == (*before, None)


def test_a_word_never_lowers_anybody(giver, page, sender):
    """Their agency is known at one door: a rung of their own everywhere would come before that."""
    door = page.doors.get()
    relationships.set_by_hand(page, sender.agency, S.KNOWN, by=page.owner, door=door)
    vouch = say(giver, sender, page)
    assert why(vouching.take, vouch, None, by=page.owner) == "there"
    assert (standing(page, sender, door), Evidence.objects.filter(vouch=vouch).count()) == (S.KNOWN, 0)


def test_what_the_owner_says_later_wins(giver, page, sender):
    vouching.take(say(giver, sender, page), None, by=page.owner)
    relationships.set_by_hand(page, sender, S.STRANGER, by=page.owner)
    assert standing(page, sender) == S.STRANGER


def test_a_second_word_does_not_lift_further(giver, page, sender):
    vouching.take(say(giver, sender, page), None, by=page.owner)
    third = PageFactory()
    relationships.set_by_hand(third, sender, S.TRUSTED, by=third.owner)
    assert why(vouching.take, say(third, sender, page), None, by=page.owner) == "there"


# ── to take back ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("at_door", [True, False])
def test_taken_back_equals_never_given(giver, page, sender, whole, at_door):
    door, who = page.doors.get(), sender.agency if whole else sender
    places = (None, door, DoorFactory(page=page))
    before = [standing(page, sender, place) for place in places]
    vouch = say(giver, who, page)
    vouching.take(vouch, door if at_door else None, by=page.owner)
    assert [standing(page, sender, place) for place in places] != before
    assert vouching.revoke(vouch)
    assert [standing(page, sender, place) for place in places] == before
    assert set(rebuild()) == {0}
    assert not Relationship.objects.filter(page=page, by_hand=True).exists()
    assert not vouching.revoke(vouch)


def test_what_was_earned_meanwhile_stays(giver, page, sender):
    vouch = say(giver, sender, page)
    vouching.take(vouch, None, by=page.owner)
    pitch = PitchFactory(door=page.doors.get(), accepted=True, sender=sender)
    relationships.note_once(pitch, "accepted", by=page.owner)
    vouching.revoke(vouch)
    assert (standing(page, sender), standing(page, sender, pitch.door)) == (S.STRANGER, S.KNOWN)


def test_a_word_that_was_taken_back_cannot_be_believed(giver, page, sender):
    vouch = say(giver, sender, page)
    vouching.revoke(vouch)
    assert why(vouching.take, vouch, None, by=page.owner) == "over"
    assert vouching.waiting(page) == []


# ── not to believe it ────────────────────────────────────────────────────────
def test_a_no_is_silent(giver, page, sender):
    vouch = say(giver, sender, page)
    waiting = Vouch.objects.values("taken_at", "revoked_at").get()
    assert vouching.refuse(vouch)
    assert not vouching.refuse(vouch)
    assert Vouch.objects.values("taken_at", "revoked_at").get() == waiting
    assert why(vouching.take, vouch, None, by=page.owner) == "over"
    assert (standing(page, sender), Message.objects.count()) == (S.STRANGER, 0)


def test_no_more_of_somebody(giver, page, sender):
    vouching.refuse(say(giver, sender, page), no_more=True)
    assert say(giver, sender.agency, page)  # as if it were heard
    assert vouching.waiting(page) == []
    assert vouching.hear_again(page, giver) == 1
    assert len(vouching.waiting(page)) == 1


def test_what_they_are_called_elsewhere_is_told_to_nobody(giver, page, sender):
    vouch = say(giver, sender, page)
    PitchFactory(waiting=True, sender=sender, name="MARK-ELSEWHERE")
    assert vouching.named([vouch], page) == {vouch.pk: "elif@mosaic.example"}
    PitchFactory(waiting=True, sender=sender, name="Elif", door__page=giver)
    assert vouching.named([vouch], page) == {vouch.pk: "Elif <elif@mosaic.example>"}
