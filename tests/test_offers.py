"""Terms after a yes: one offer each way, held, undone, agreed, declined; in any order, and in two tabs at once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from pitches import due, lifecycle, offers, outcomes
from pitches.lifecycle import AlreadyMoved
from pitches.models import Agreement, Event, Evidence, Fact, Handoff, Message, Offer, OfferState, Pitch
from pitches.models.reading import HOLD
from pitches.notify import catalogue, hourly, render
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, PageFactory, PitchFactory
from tests.races import race
from tests.senders import work

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
TERMS: dict[str, Any] = {
    "deliverables": "One post",
    "amount": Decimal(1500),
    "currency": "GBP",
    "day": date(2026, 4, 3),
}
db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def accepted(**more: Any) -> Pitch:
    """A pitch whose yes has gone out, with its handoff."""
    door = DoorFactory(page=PageFactory(name="Maya Lind"))
    pitch = PitchFactory(accepted=True, door=door, **more)
    AnswerFactory(pitch=pitch)
    HandoffFactory(pitch=pitch, follow_up_on=date(2026, 3, 16))
    return pitch


def propose(pitch: Pitch, *, by_owner: bool, **more: Any) -> Offer:
    return offers.make(pitch, by_owner=by_owner, by=pitch.page.owner if by_owner else None, **TERMS | more)


def ours(pitch: Pitch, **more: Any) -> Offer:
    """The owner's offer, gone out."""
    found = propose(pitch, by_owner=True, **more)
    clock.move_to(clock.now() + HOLD)
    return found


def theirs(pitch: Pitch, **more: Any) -> Offer:
    return propose(pitch, by_owner=False, **more)


def agree(offer: Offer, *, by_owner: bool) -> Agreement:
    seen = offers.digest(offers.terms(offer.pitch, offer))
    return offers.agree(offer, by_owner=by_owner, by=offer.pitch.page.owner if by_owner else None, seen=seen)


def state(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).state


# ── one each way ─────────────────────────────────────────────────────────────
@db
def test_the_owners_offer_is_in_the_house_for_ten_minutes() -> None:
    pitch = accepted()
    offer = propose(pitch, by_owner=True)
    assert (offer.goes_out_at, offers.as_seen(pitch, by_owner=True).held) == (MONDAY + HOLD, True)
    assert offers.as_seen(pitch, by_owner=False) == offers.Talks()
    clock.move_to(MONDAY + HOLD)
    assert offers.as_seen(pitch, by_owner=False).to_answer == offer


@db
def test_the_senders_offer_is_there_at_once() -> None:
    pitch = accepted()
    assert offers.as_seen(pitch, by_owner=True).to_answer is None
    offer = theirs(pitch)
    assert offers.as_seen(pitch, by_owner=True).to_answer == offer
    assert list(offers.waiting_for(pitch.page)) == [offer]


@db
@pytest.mark.parametrize("by_owner", [True, False])
def test_each_side_proposes_once(by_owner: bool) -> None:
    pitch = accepted()
    first = propose(pitch, by_owner=by_owner)
    assert propose(pitch, by_owner=by_owner) == first  # the same press came twice
    with pytest.raises(AlreadyMoved, match="once"):
        propose(pitch, by_owner=by_owner, deliverables="Two posts")
    assert Event.objects.filter(what=Fact.OFFERED).count() == 1


@db
def test_before_a_yes_goes_out_there_is_nothing_to_propose() -> None:
    pitch = PitchFactory(accepted=True)
    AnswerFactory(pitch=pitch, held=True)
    waiting = PitchFactory(waiting=True)
    for one in (pitch, waiting):
        for by_owner in (True, False):
            with pytest.raises(AlreadyMoved, match="no yes"):
                propose(one, by_owner=by_owner)


@db
def test_an_offer_in_the_place_of_another_answers_it() -> None:
    pitch = accepted()
    mine = ours(pitch)
    with pytest.raises(AlreadyMoved, match="come meanwhile"):
        theirs(pitch)  # from a page that did not show it
    counter = theirs(pitch, deliverables="Two posts", answering=mine.pk)
    assert (state(mine), state(counter)) == ("countered", "open")
    with pytest.raises(AlreadyMoved, match="once"):
        propose(pitch, by_owner=True, deliverables="Three", answering=counter.pk)


@db
def test_what_the_owner_has_in_the_house_was_not_said_when_the_sender_comes_first() -> None:
    pitch = accepted()
    held = propose(pitch, by_owner=True)
    first = theirs(pitch, deliverables="Two posts")
    assert (state(held), state(first)) == ("undone", "open")
    again = propose(pitch, by_owner=True, answering=first.pk)
    assert (state(first), again.state) == ("countered", "open")


# ── undo ─────────────────────────────────────────────────────────────────────
@db
def test_undone_nothing_goes_out_and_it_can_be_made_again() -> None:
    pitch = accepted()
    offer = propose(pitch, by_owner=True)
    offers.undo(offer)
    offers.undo(offer)
    clock.move_to(MONDAY + HOLD + A_MINUTE)
    work()
    assert offers.as_seen(pitch, by_owner=False) == offers.Talks()
    assert dict(Message.objects.values_list("kind", "state")) == {"offer": "obsolete"}
    assert propose(pitch, by_owner=True).state == OfferState.OPEN


@db
def test_gone_out_is_gone_out() -> None:
    offer = ours(accepted())
    with pytest.raises(AlreadyMoved, match="gone out"):
        offers.undo(offer)
    assert state(offer) == "open"


@db
def test_until_a_counter_offer_goes_out_the_sender_sees_only_their_own() -> None:
    pitch = accepted()
    first = theirs(pitch)
    before = offers.as_seen(pitch, by_owner=False)
    counter = propose(pitch, by_owner=True, deliverables="Two posts", answering=first.pk)
    assert offers.as_seen(pitch, by_owner=False) == before
    assert before.waits
    assert before.waits.state == offers.as_seen(pitch, by_owner=False).offers[0].state == "open"
    offers.undo(counter)
    assert (state(first), state(counter)) == ("open", "undone")
    assert agree(first, by_owner=True).offer == first


# ── agreeing and declining ───────────────────────────────────────────────────
@db
def test_agreeing_freezes_the_words_and_sets_the_day() -> None:
    pitch = accepted(label="none", name="Elif Kaya", company="Mosaic", email="elif@mosaic.example")
    offer = ours(pitch, note="We name you")
    found = agree(offer, by_owner=False)
    assert found.text.split("\n") == [
        "Terms between Maya Lind and Elif Kaya, Mosaic (elif@mosaic.example).",
        f"They are about “{pitch.line}”, reference {pitch.code}.",
        "Delivered: “One post”",
        "All of it is there by Friday 3 April 2026, Lisbon time.",
        "Paid to Maya Lind: 1,500.00 GBP.",
        "Label: “Advert”, because money is involved.",
        "In the UK: Ad. In the US: say who paid.",
        "Also: “We name you”",
        "Proposed by Maya Lind on Monday 2 March 2026, 09:00 Lisbon time (UTC+00:00).",
        "Agreed by Elif Kaya, Mosaic (elif@mosaic.example) on Monday 2 March 2026, 09:10 Lisbon time (UTC+00:00).",
    ]
    assert found.digest == offers.digest(found.text)
    handoff = Handoff.objects.get()
    assert (handoff.due_on, handoff.follow_up_on) == (date(2026, 4, 3), date(2026, 4, 3))
    Pitch.objects.update(line="Other words", name="Somebody else")
    assert Agreement.objects.get().text == found.text
    for by_owner in (True, False):
        assert offers.as_seen(pitch, by_owner=by_owner).agreement == found


@db
def test_without_money_and_day_the_terms_say_so() -> None:
    pitch = accepted()
    offer = theirs(pitch, amount=None, currency="", day=None)
    text = agree(offer, by_owner=True).text
    assert "No day is named.\nNo money is paid.\nLabel: none, because nothing is paid or given.\nProposed by" in text
    assert (Handoff.objects.get().due_on, Handoff.objects.get().follow_up_on) == (None, date(2026, 3, 16))


@db
def test_both_read_the_terms_in_the_language_of_the_pitch() -> None:
    from django.utils import translation

    pitch = accepted(language="xx-unknown")
    offer = theirs(pitch)
    with translation.override("de"):
        assert offers.terms(pitch, offer) == offers.terms(Pitch.objects.get(), offer)
        german = offers.terms(pitch, offer)
    assert german == offers.terms(pitch, offer)


@db
def test_who_agrees_has_read_the_very_words() -> None:
    pitch = accepted()
    offer = ours(pitch)
    with pytest.raises(AlreadyMoved, match="not those that you read"):
        offers.agree(offer, by_owner=False, by=None, seen="0" * 64)
    assert (state(offer), Agreement.objects.count()) == ("open", 0)


@db
def test_nobody_agrees_on_their_own_words() -> None:
    pitch = accepted()
    offer = theirs(pitch)
    with pytest.raises(AlreadyMoved):
        agree(offer, by_owner=False)
    with pytest.raises(AlreadyMoved):
        offers.decline(offer, by_owner=False, by=None)
    assert state(offer) == "open"


@db
def test_the_own_offer_is_no_way_to_answer_the_other() -> None:
    pitch = accepted()
    mine = ours(pitch)
    counter = theirs(pitch, deliverables="Two posts", answering=mine.pk)
    with pytest.raises(AlreadyMoved):
        offers.decline(mine, by_owner=True, by=pitch.page.owner)
    assert (state(mine), state(counter)) == ("countered", "open")


@db
def test_nobody_answers_what_is_still_in_the_house() -> None:
    offer = propose(accepted(), by_owner=True)
    for step in (lambda: agree(offer, by_owner=False), lambda: offers.decline(offer, by_owner=False, by=None)):
        with pytest.raises(AlreadyMoved, match="not there any more"):
            step()
    assert state(offer) == "open"


@db
def test_after_a_no_the_other_may_still_propose() -> None:
    pitch = accepted()
    first = theirs(pitch)
    offers.decline(first, by_owner=True, by=pitch.page.owner)
    offers.decline(first, by_owner=True, by=pitch.page.owner)
    with pytest.raises(AlreadyMoved, match="declined already"):
        agree(first, by_owner=True)
    second = ours(pitch, deliverables="Two posts")
    offers.decline(second, by_owner=False, by=None)
    assert offers.as_seen(pitch, by_owner=True).over
    assert list(Event.objects.filter(what=Fact.DISAGREED).values_list("note", flat=True)) == [
        str(first.pk),
        str(second.pk),
    ]


@db
def test_after_an_agreement_nothing_moves() -> None:
    pitch = accepted()
    offer = ours(pitch)
    found = agree(offer, by_owner=False)
    assert agree(offer, by_owner=False) == found
    with pytest.raises(AlreadyMoved, match="agreed on already"):
        theirs(pitch)
    with pytest.raises(AlreadyMoved, match="agreed on already"):
        offers.decline(offer, by_owner=False, by=None)


@db
def test_what_was_done_is_to_be_followed_up_again() -> None:
    pitch = accepted()
    Handoff.objects.update(done_at=MONDAY)
    agree(ours(pitch), by_owner=False)
    assert Handoff.objects.get().done_at is None


# ── who is told ──────────────────────────────────────────────────────────────
@db
def test_mails_go_to_the_sender_only_and_when_it_is_out() -> None:
    pitch = accepted()
    offer = propose(pitch, by_owner=True)
    work()
    assert list(Message.objects.values_list("kind", "to", "state", "next_at")) == [
        ("offer", pitch.email, "pending", MONDAY + HOLD)
    ]
    clock.move_to(MONDAY + HOLD)
    work()
    counter = theirs(pitch, deliverables="Two", answering=offer.pk)
    agree(counter, by_owner=True)
    work()
    assert list(Message.objects.order_by("pk").values_list("kind", "to", "state")) == [
        ("offer", pitch.email, "done"),
        ("agreed", pitch.email, "done"),
    ]


@db
def test_only_what_the_owner_declines_is_mailed() -> None:
    pitch = accepted()
    offers.decline(ours(pitch), by_owner=False, by=None)
    offers.decline(theirs(pitch, deliverables="Two"), by_owner=True, by=pitch.page.owner)
    work()
    kinds = list(Message.objects.order_by("pk").values_list("kind", "state"))
    assert kinds == [("offer", "obsolete"), ("declined_offer", "done")]


@db
def test_the_mail_of_the_hour_comes_for_terms_alone_and_counts_them() -> None:
    pitch = accepted()
    page = pitch.page
    for count in (0, 1):
        hourly.digest(lifecycle.record(Fact.HOUR_BEGAN, page))
        assert Message.objects.filter(kind="digest").count() == count
        offer = theirs(pitch)
    message = Message.objects.get(kind="digest")
    assert render.build(message).subject == "1 proposal of terms waits for your answer"
    agree(offer, by_owner=True)
    assert catalogue.no_longer_needed(message) == "obsolete"


# ── in any order ─────────────────────────────────────────────────────────────
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["make", "blind", "undo", "agree", "decline", "wait", "minutes"]),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=14,
)


def _step(pitch: Pitch, verb: str, by_owner: bool, which: int) -> None:
    """One press of one side, on what it sees or on any offer at all."""
    talks, every = offers.as_seen(pitch, by_owner=by_owner), list(Offer.objects.order_by("pk"))
    at_hand = every[which % len(every)] if every else None
    if verb == "wait":
        clock.move_to(clock.now() + HOLD)
    elif verb == "minutes":
        clock.move_to(clock.now() + 4 * A_MINUTE)
    elif verb in ("make", "blind"):
        seen = talks.to_answer.pk if talks.to_answer and verb == "make" else None
        propose(pitch, by_owner=by_owner, deliverables=f"{which} posts", answering=seen)
    elif at_hand and verb == "undo" and at_hand.by_owner:
        offers.undo(at_hand)
    elif at_hand and verb == "agree":
        agree(at_hand, by_owner=by_owner)
    elif at_hand and verb == "decline":
        offers.decline(at_hand, by_owner=by_owner, by=None)


def _holds(pitch: Pitch, before: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """What is always true; returns what may not change any more once both agreed."""
    rows = list(Offer.objects.order_by("pk"))
    said = [row for row in rows if row.state != OfferState.UNDONE]
    assert len({row.by_owner for row in said}) == len(said)
    assert sum(row.state == OfferState.OPEN for row in rows) <= 1
    agreement = Agreement.objects.first()
    agreed = [row for row in rows if row.state == OfferState.AGREED]
    assert agreed == ([agreement.offer] if agreement else [])
    seen = offers.as_seen(pitch, by_owner=False)
    assert all(not one.by_owner or one.goes_out_at <= clock.now() for one in seen.offers)
    assert all(one.state != OfferState.COUNTERED or len(seen.offers) == 2 for one in seen.offers)
    if agreement is None:
        return None
    assert agreement.text.startswith(offers.terms(pitch, agreement.offer))
    assert agreement.offer.goes_out_at <= agreement.at
    now = (agreement.text, [(row.pk, row.state) for row in rows])
    assert before in (None, now)
    return now


@db
@settings(deadline=None, max_examples=30)
@given(STEPS)
def test_any_order_of_steps_keeps_the_promises(steps: list[tuple[str, bool, int]]) -> None:
    with clock.standing_at(MONDAY), transaction.atomic():
        pitch, frozen = accepted(), None
        for verb, by_owner, which in steps:
            with suppress(AlreadyMoved):
                _step(pitch, verb, by_owner, which)
            frozen = _holds(pitch, frozen)
        transaction.set_rollback(True)


# ── two tabs ─────────────────────────────────────────────────────────────────
def raced(*steps: Any) -> list[Any]:
    """Each step in its own connection, at the same moment of the same clock."""
    moment = clock.now()

    def run(number: int) -> Any:
        with clock.standing_at(moment):
            return steps[number]()

    return race(run, threads=len(steps))


@pytest.mark.django_db(transaction=True)
def test_of_agreeing_declining_and_countering_one_wins() -> None:
    pitch = accepted()
    offer = ours(pitch)
    found = raced(
        lambda: agree(Offer.objects.get(pk=offer.pk), by_owner=False),
        lambda: offers.decline(Offer.objects.get(pk=offer.pk), by_owner=False, by=None),
        lambda: theirs(Pitch.objects.get(pk=pitch.pk), deliverables="Two", answering=offer.pk),
    )
    assert found.count(AlreadyMoved) == 2
    rows = dict(Offer.objects.values_list("pk", "state"))
    assert (rows[offer.pk], len(rows)) in [("agreed", 1), ("declined", 1), ("countered", 2)]
    assert Agreement.objects.count() == (rows[offer.pk] == "agreed")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_propose_once_and_both_sides_at_once_leave_one_open() -> None:
    pitch = accepted()
    found = raced(
        lambda: propose(Pitch.objects.get(pk=pitch.pk), by_owner=False, deliverables="A"),
        lambda: propose(Pitch.objects.get(pk=pitch.pk), by_owner=False, deliverables="B"),
        lambda: propose(Pitch.objects.get(pk=pitch.pk), by_owner=True),
    )
    assert AlreadyMoved in found
    assert Offer.objects.filter(state="open").count() == 1
    assert Offer.objects.filter(by_owner=False).count() == 1


# ── outcomes ─────────────────────────────────────────────────────────────────
def handoff(**more: Any) -> Handoff:
    return Handoff.objects.select_related("pitch__page").get(pitch=accepted(**more))


def evidence() -> list[str]:
    return sorted(Evidence.objects.values_list("kind", flat=True))


@db
def test_an_outcome_counts_after_ten_minutes_and_once() -> None:
    found = handoff()
    outcomes.note(found, "delivered", by=found.pitch.page.owner)
    outcomes.note(found, "delivered", by=found.pitch.page.owner)
    with pytest.raises(AlreadyMoved, match="Delivered as agreed"):
        outcomes.note(found, "late", by=found.pitch.page.owner)
    clock.move_to(MONDAY + HOLD - A_MINUTE)
    due.tick()
    assert evidence() == []
    clock.move_to(MONDAY + HOLD)
    due.tick()
    due.tick()
    assert evidence() == ["delivered"]
    assert Evidence.objects.get().by == found.pitch.page.owner
    with pytest.raises(AlreadyMoved, match="nothing to undo"):
        outcomes.undo(found, by=None)


@db
def test_an_outcome_that_was_undone_leaves_no_evidence() -> None:
    found = handoff()
    outcomes.note(found, "late", by=None)
    outcomes.undo(found, by=None)
    with pytest.raises(AlreadyMoved, match="nothing to undo"):
        outcomes.undo(found, by=None)
    clock.move_to(MONDAY + HOLD)
    due.tick()
    found.refresh_from_db()
    assert (evidence(), found.outcome, found.done_at, found.counts_at) == ([], "", None, None)
    outcomes.note(found, "delivered", by=None)
    clock.move_to(clock.now() + HOLD)
    due.tick()
    assert evidence() == ["delivered"]


@db
def test_only_an_embargo_can_be_broken_and_a_delivery_keeps_it() -> None:
    plain, news = handoff(), handoff(groups={"news": {"teaser": "Soon"}})
    with pytest.raises(ValueError, match="embargo_broken"):
        outcomes.note(plain, "embargo_broken", by=None)
    outcomes.note(news, "delivered", by=None)
    clock.move_to(MONDAY + HOLD)
    due.tick()
    assert evidence() == ["delivered", "embargo_kept"]


@db
def test_not_yet_asks_again_in_a_week_and_can_be_undone() -> None:
    found = handoff()
    outcomes.not_yet(found, by=None)
    outcomes.not_yet(found, by=None)
    found.refresh_from_db()
    assert (found.follow_up_on, Event.objects.filter(what=Fact.OUTCOME).count()) == (date(2026, 3, 9), 1)
    outcomes.undo(found, by=None)
    found.refresh_from_db()
    assert found.follow_up_on == date(2026, 3, 16)
    Handoff.objects.update(done_at=MONDAY)
    with pytest.raises(AlreadyMoved, match="done already"):
        outcomes.not_yet(found, by=None)


@db
def test_undo_of_not_yet_leaves_a_day_that_was_agreed_meanwhile() -> None:
    found = handoff()
    offer = ours(found.pitch, day=date(2026, 4, 1))
    outcomes.not_yet(found, by=None)
    agree(offer, by_owner=False)
    with pytest.raises(AlreadyMoved, match="another day"):
        outcomes.undo(found, by=None)
    found.refresh_from_db()
    assert found.follow_up_on == date(2026, 4, 1)


@db
def test_counting_holds_the_pitch_before_the_handoff_as_agreeing_does() -> None:
    found = handoff()
    outcomes.note(found, "delivered", by=None)
    clock.move_to(MONDAY + HOLD)
    with CaptureQueriesContext(connection) as asked:
        assert outcomes.count(found)
    held = [one["sql"] for one in asked if "FOR NO KEY UPDATE" in one["sql"] or one["sql"].startswith("UPDATE")]
    assert "pitches_pitch" in held[0]
    assert held[1].startswith('UPDATE "pitches_handoff"')


@db
def test_nothing_comes_of_a_yes_that_is_still_in_the_house() -> None:
    pitch = PitchFactory(accepted=True)
    AnswerFactory(pitch=pitch, held=True)
    with pytest.raises(AlreadyMoved, match="no yes"):
        outcomes.note(HandoffFactory(pitch=pitch), "delivered", by=None)


@db
def test_undo_takes_back_what_was_said_last() -> None:
    found = handoff()
    page = found.pitch.page
    assert outcomes.last(page) is None
    outcomes.not_yet(found, by=None)
    last = outcomes.last(page)
    assert last
    assert (last.handoff, last.what) == (found, "not_yet")
    outcomes.undo(found, by=None)
    assert outcomes.last(page) is None
    outcomes.note(found, "late", by=None)
    clock.move_to(MONDAY + HOLD)
    assert outcomes.last(page) is None
