"""The rehearsal: unchanged it is what happened, changed it is what would have; it writes nothing; it is quick."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitches import doors, intake, lifecycle, rehearsal, review, rules
from pitches.models import Lane, Page, Pitch, PitchState, ReadingSession, Rule
from pitches.models.pitch import ON_THE_LEDGE
from pitches.rehearsal import Proposal, RuleChange
from pitches.stories.trying import contents
from portal import clock
from tests.factories import DoorFactory, KeyFactory, PitchFactory
from tests.rehearsals import FRIDAY, MONDAY, TUESDAY, knock, lapse, person, read, say, settle, street

pytestmark = pytest.mark.django_db
NEXT_TUESDAY, NEXT_FRIDAY = TUESDAY + timedelta(days=7), FRIDAY + timedelta(days=7)
END = MONDAY + timedelta(days=30)


@pytest.fixture
def door():
    with clock.standing_at(MONDAY - timedelta(days=1)):
        return street()


def played(page, proposal=None):
    """The rehearsal of a page at the end; what was comes out as it was."""
    with clock.standing_at(END):
        page.refresh_from_db()
        found = rehearsal.rehearse(page, proposal or Proposal())
    assert found.off == []
    return found


def fate(found, pitch):
    return found.now.pitches[pitch.pk]


def cards(found):
    return [found.now.cards[sitting.pk] for sitting in found.history.sittings]


# ── what a change does ───────────────────────────────────────────────────────
def a_busy_page(door):
    """Two known, two strangers; two cards, one of them for a newcomer. All are answered, the last one with a yes."""
    known = [knock(door, person(door, "known"), MONDAY + timedelta(minutes=n)) for n in range(2)]
    new = [knock(door, person(door), MONDAY + timedelta(minutes=10 + n)) for n in range(2)]
    assert read(door.page, TUESDAY, {known[0]: "no", new[0]: "no"}) == [known[0].pk, new[0].pk]
    assert read(door.page, FRIDAY, {known[1]: "no", new[1]: "yes"}) == [known[1].pk, new[1].pk]
    return known, new


def test_without_a_share_for_newcomers_they_are_read_last(door):
    known, new = a_busy_page(door)
    found = played(door.page, Proposal({"newcomer_share": 0.0}))
    assert cards(found) == [[one.pk for one in known], [one.pk for one in new]]
    assert [yes.days for yes in found.yeses()] == []  # the yes was given on that Friday, and still is
    earlier, later = found.moved()
    assert (earlier, later) == ([timedelta(days=3)], [timedelta(days=3)])


def test_with_all_of_it_for_newcomers_a_yes_comes_earlier(door):
    known, new = a_busy_page(door)
    found = played(door.page, Proposal({"newcomer_share": 1.0}))
    assert cards(found) == [[one.pk for one in new], [one.pk for one in known]]
    assert [(yes.pitch.pk, yes.days) for yes in found.yeses()] == [(new[1].pk, -3)]


def test_with_fewer_cards_a_yes_comes_later_or_never(door):
    _known, new = a_busy_page(door)
    read(door.page, NEXT_TUESDAY)
    found = played(door.page, Proposal({"cards": 1, "newcomer_share": 0.0}))
    assert [len(dealt) for dealt in cards(found)] == [1, 1, 1]
    assert [(yes.pitch.pk, yes.now, yes.why) for yes in found.yeses()] == [(new[1].pk, None, PitchState.LAPSED)]
    assert found.saved == 1


def test_a_door_that_was_closed_takes_nobody(door):
    known, new = a_busy_page(door)
    found = played(door.page, Proposal(doors={door.pk: {"state": "closed"}}))
    assert {fate(found, one).refused for one in known + new} == {"closed"}
    assert cards(found) == [[], []]
    assert [(yes.now, yes.why) for yes in found.yeses()] == [(None, "closed")]
    then, now = found.figures(found.then), found.figures(found.now)
    assert (then.read, then.yes, now.read, now.yes, now.refused, found.saved) == (4, 1, 0, 0, 4, 4)


@pytest.mark.parametrize("said", [{"state": "invited"}, {"tiers": ["known", "trusted"]}])
def test_a_door_by_invitation_takes_whom_the_owner_knows(door, said):
    known, new = a_busy_page(door)
    found = played(door.page, Proposal(doors={door.pk: said}))
    assert [fate(found, one).refused for one in known + new] == ["", "", "tier", "tier"]


def test_whoever_had_a_key_would_have_come_in(door):
    sender = person(door)
    with clock.standing_at(MONDAY - timedelta(hours=1)):
        KeyFactory(door=door, email=sender.mailbox)
    own, other = knock(door, sender, MONDAY), knock(door, person(door), MONDAY)
    found = played(door.page, Proposal(doors={door.pk: {"state": "invited"}}))
    assert [fate(found, one).refused for one in (own, other)] == ["", "tier"]


def test_the_places_of_a_week_go_to_who_comes_first(door):
    known, new = a_busy_page(door)
    found = played(door.page, Proposal(doors={door.pk: {"places_per_week": 1}}))
    assert [fate(found, one).refused for one in known + new] == ["", "", "", "full"]


def test_a_tighter_rule_refuses_the_second_pitch(door):
    sender, other = person(door), DoorFactory(page=door.page)
    first, second = knock(door, sender, MONDAY), knock(other, sender, MONDAY + timedelta(hours=1))
    found = played(door.page, Proposal(rules=(RuleChange({"places": 1}, standing="stranger"),)))
    assert [fate(found, one).refused for one in (first, second)] == ["", "places"]


def test_another_lane_is_another_order(door):
    known, new = a_busy_page(door)
    agency = new[1].sender.agency_id
    found = played(door.page, Proposal(rules=(RuleChange({"lane": Lane.TRUSTED}, agency=agency),)))
    assert cards(found)[0][0] == new[1].pk
    assert fate(found, known[1]).read_at == FRIDAY


def test_a_floor_holds_aside_what_is_below_it(door):
    paid = {"paid": {"type": "fixed", "max": 300, "currency": "EUR"}}
    low, high = knock(door, person(door), MONDAY, groups=paid), knock(door, person(door), MONDAY)
    read(door.page, TUESDAY, {low: "yes", high: "no"})
    said = {"floor_amount": Decimal(500), "floor_currency": "EUR"}
    found = played(door.page, Proposal(doors={door.pk: said}))
    assert fate(found, low).state == PitchState.LAPSED
    assert [(yes.pitch.pk, yes.why) for yes in found.yeses()] == [(low.pk, PitchState.LAPSED)]


def test_a_promise_that_cannot_be_kept_is_not_made(door):
    _known, new = a_busy_page(door)
    found = played(door.page, Proposal({"promise_days": 1}))
    assert [fate(found, one).refused for one in new] == ["", "promise"]


def test_dates_are_promised_anew_and_counted(door):
    a_busy_page(door)
    found = played(door.page, Proposal({"cards": 4}))
    then, now = found.figures(found.then), found.figures(found.now)
    assert (then.promised, then.kept, now.promised, now.kept) == (4, 3, 4, 4)  # strangers came after somebody known
    assert {one.promised_for for one in found.now.pitches.values()} == {TUESDAY}


def test_what_was_never_read_has_no_known_answer(door):
    late = [knock(door, person(door, "known"), MONDAY + timedelta(minutes=n)) for n in range(3)]
    read(door.page, TUESDAY, {late[0]: "no", late[1]: "no"})
    found = played(door.page, Proposal({"cards": 3}))
    assert (found.added, found.unknown) == (1, 1)


def test_what_followed_from_an_answer_follows_as_long_after(door):
    """A question, its answer after a day, and then a yes: all of it half a week later."""
    first, second = (knock(door, person(door, "known"), MONDAY + timedelta(minutes=n)) for n in range(2))
    read(door.page, TUESDAY, {first: "no", second: "ask"})
    with clock.standing_at(TUESDAY + timedelta(days=1)):
        second.refresh_from_db()
        intake.reply(second, "Nothing.")
    read(door.page, FRIDAY, {second: "yes"})
    read(door.page, NEXT_TUESDAY)
    found = played(door.page, Proposal({"cards": 1}))
    assert fate(found, second).read_at == FRIDAY
    assert [(yes.pitch.pk, yes.days) for yes in found.yeses()] == [(second.pk, 4)]


# ── with nothing changed ─────────────────────────────────────────────────────
def test_rules_figures_and_doors_that_changed_meanwhile_count_from_then_on(door):
    owner, page = door.page.owner, door.page
    first = knock(door, person(door), MONDAY)
    with clock.standing_at(MONDAY + timedelta(hours=1)):
        doors.keep_settings(page, by=owner, cards=5, newcomer_share=0.0)
        with rules.noted(page, by=owner):
            Rule.objects.create(page=page, standing="stranger", lane="known", places=1)
        doors.change(door, by=owner, floor_amount=Decimal(500), floor_currency="EUR")
    paid = {"paid": {"type": "fixed", "max": 300, "currency": "EUR"}}
    second, held = knock(door, person(door), TUESDAY), knock(door, person(door), TUESDAY, groups=paid)
    read(page, TUESDAY, {first: "no", second: "yes"})
    with clock.standing_at(FRIDAY), rules.noted(page, by=owner):
        Rule.objects.filter(page=page).delete()
    third = knock(door, person(door), FRIDAY)
    found = played(page)
    assert [fate(found, one).lane for one in (first, second, third)] == ["first_knock", "known", "first_knock"]
    assert fate(found, held).state == PitchState.HELD


def test_a_moved_pitch_is_received_twice(door):
    other = DoorFactory(page=door.page)
    pitch = knock(door, person(door), MONDAY)
    with clock.standing_at(TUESDAY):
        session = review.open_session(door.page, by=door.page.owner)
        given = say(pitch, "wrong_door", session, door=other)
        review.end_session(session)
        review.let_go(given)
        pitch.refresh_from_db()
        intake.move_door(pitch)
        pitch.refresh_from_db()
        settle(pitch)
    read(door.page, FRIDAY, {pitch: "yes"})
    closed = Proposal(doors={other.pk: {"state": "closed"}})
    assert fate(played(door.page), pitch).state == PitchState.ACCEPTED
    assert fate(played(door.page, closed), pitch).state == PitchState.WRONG_DOOR


def test_a_pitch_without_events_is_told_of(door):
    """Brought in by hand: the rehearsal says that it cannot play it, and plays the rest."""
    with clock.standing_at(MONDAY):
        PitchFactory(door=door, waiting=True)
    with clock.standing_at(END):
        found = rehearsal.rehearse(door.page, Proposal())
    assert {one.what for one in found.off} == {"state"}


DAY = timedelta(hours=21)
ACTS = ("knock", "knock", "knock", "read", "read", "nudge", "withdraw", "answer", "undo", "settings", "rule", "lapse")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7)), min_size=15, max_size=30))
def test_whatever_happened_comes_out_as_it_was(acts):
    with transaction.atomic(), clock.standing_at(MONDAY):
        door = street(cards=3, newcomer_share=0.34)
        people = [person(door, standing) for standing in ("stranger", "introduced", "known", "trusted") * 2]
        for act, number in acts:
            clock.move_to(clock.now() + DAY / (1 + number % 3))
            happen(door, people, act, number)
        for days in (90, 4):
            page = Page.objects.get(pk=door.page_id)
            assert rehearsal.rehearse(page, Proposal(), window=timedelta(days=days)).off == []
        transaction.set_rollback(True)


def happen(door, people, act, number):
    page = Page.objects.get(pk=door.page_id)
    waiting = list(Pitch.objects.filter(page=page, state__in=ON_THE_LEDGE).order_by("pk"))
    one = waiting[number % len(waiting)] if waiting else None
    alone = {
        "knock": lambda: knock(door, people[number]),
        "read": lambda: sit(page, number),
        "undo": lambda: undo(page),
        "settings": lambda: doors.keep_settings(page, cards=1 + number, newcomer_share=number / 7),
        "rule": lambda: decide(page, number),
    }
    with_one = {
        "nudge": lambda: intake.nudge(one),
        "withdraw": lambda: intake.withdraw(one),
        "answer": lambda: say(one, "no"),
        "lapse": lambda: review.lapse(one),
    }
    with suppress(intake.Refused, lifecycle.AlreadyMoved):
        (alone | (with_one if one else {})).get(act, int)()


def sit(page, number):
    session = review.open_session(page, by=page.owner)
    for place, pk in enumerate(session.cards):
        if (place + number) % 3:
            say(Pitch.objects.get(pk=pk), ("no", "yes", "ask")[(place + number) % 3], session)
    review.end_session(session)


def undo(page):
    given = review.last_answer(page)
    if given:
        review.undo(given, by=page.owner)


def decide(page, number):
    with rules.noted(page):
        said = {"places": number + 1, "lane": "trusted"}
        Rule.objects.update_or_create(page=page, standing="known", defaults=said)


# ── nothing is written ───────────────────────────────────────────────────────
def test_no_table_is_other_than_before(door):
    a_busy_page(door)
    before = contents()
    played(door.page, Proposal({"cards": 1}, (RuleChange({"places": 1}, standing="stranger"),)))
    assert contents() == before


def test_the_database_refuses_to_write(door):
    with pytest.raises(DatabaseError), rehearsal._reading_only():
        ReadingSession.objects.filter(page=door.page).delete()
        Page.objects.filter(pk=door.page_id).update(cards=7)
    assert Page.objects.filter(pk=door.page_id).update(cards=7) == 1  # and afterwards it does not


def test_the_same_question_has_the_same_answer(door):
    a_busy_page(door)
    proposal = Proposal({"cards": 1})
    one, other = played(door.page, proposal), played(door.page, proposal)
    assert one.figures(one.now) == other.figures(other.now)
    assert one.now.cards == other.now.cards
    assert one.yeses() == other.yeses()


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_questions_does_not_depend_on_how_many_came(door, number, django_assert_num_queries):
    for _one in range(number):
        knock(door, person(door), MONDAY)
    lapse(Pitch.objects.first(), MONDAY + timedelta(days=21))
    with clock.standing_at(END), django_assert_num_queries(15):
        rehearsal.rehearse(door.page, Proposal({"cards": 1}))
