"""The groups of questions: what each needs, what it understands, what is kept of it, and that a draft gives it back."""

from datetime import UTC, date, datetime

import pytest

from pitches import embargo, intake
from pitches.forms.groups import GROUPS, needed
from pitches.forms.pitch import PitchForm
from pitches.models import Pitch
from portal import clock
from tests.factories import DoorFactory
from tests.web.test_public import answers, hand, text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
NEWS = {"news.lifts_at": "2026-04-01T09:00", "news.teaser": "Something comes.", "news.sealed": "This is it."}
EVENT = {"event.starts": "2026-05-14T18:00", "event.place": "Lisbon"}
PRODUCT = {"product.value": "49.90", "product.currency": "EUR", "product.keep": "loan"}
GOOD = {"news": NEWS, "event": EVENT, "product": PRODUCT, "paid": {"paid.type": "none"}}


@pytest.fixture(autouse=True)
def _spring():
    with clock.standing_at(NOW):
        yield


def door(*asks, zone="Europe/London", **more):
    return DoorFactory(asks=list(asks), page__timezone=zone, **more)


def form(where, **changes):
    return PitchForm(answers(**changes), door=where)


def kept(where, group, **changes):
    filled = form(where, **changes)
    assert filled.is_valid(), filled.errors
    return filled.answers()["groups"][group]


def wrong(where, **changes):
    filled = form(where, **changes)
    return {name: filled.errors.as_data()[name][0] for name in filled.errors}


# ── what is needed ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_is_asked_for_and_empty_names_what_it_needs(group):
    found = wrong(door(group))
    needs = {"paid": ["type"]}.get(group, GROUPS[group].needs)
    assert sorted(found) == sorted(f"{group}.{name}" for name in needs)
    assert all("This field is required" not in error.messages[0] for error in found.values())


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_not_asked_for_is_not_kept(group):
    assert form(door(), **GOOD[group]).is_valid()
    assert f"{group}.{GROUPS[group].needs[0]}" not in PitchForm(door=door()).fields


def test_a_door_knows_how_much_it_asks_for():
    assert [needed([name]) for name in GROUPS] == [4, 3, 2, 3]
    assert needed(["paid", "unknown"], [{"text": "?", "required": True}, {"text": "!"}]) == 5


# ── news ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-04-01T09:00", "", "2026-04-01T08:00:00+00:00"),  # London, in summer
        ("2026-04-01 09:00", "", "2026-04-01T08:00:00+00:00"),
        ("2026-03-28T09:00", "", "2026-03-28T09:00:00+00:00"),
        ("2026-03-29T01:30", "", "2026-03-29T01:30:00+00:00"),  # a gap: it is 02:30 in London then
        ("2026-03-29T02:30", "", "2026-03-29T01:30:00+00:00"),
        ("2026-10-25T01:30", "", "2026-10-25T00:30:00+00:00"),  # twice: the first of the two
        ("2026-10-25T01:30+00:00", "", "2026-10-25T01:30:00+00:00"),  # the second
        ("2026-03-29T09:00:00+01:00", "", "2026-03-29T08:00:00+00:00"),
        ("2026-03-29T09:00:00Z", "America/New_York", "2026-03-29T09:00:00+00:00"),
        ("2026-03-29T09:00", "America/New_York", "2026-03-29T13:00:00+00:00"),
        ("2026-03-29T09:00", "UTC", "2026-03-29T09:00:00+00:00"),
    ],
)
def test_the_moment_of_an_embargo(typed, zone, moment):
    found = kept(door("news"), "news", **NEWS | {"news.lifts_at": typed, "news.zone": zone})
    assert (found["lifts_at"], found["zone"]) == (moment, zone or "Europe/London")


@pytest.mark.parametrize(
    "typed",
    ["2026-03-20T12:00", "2026-03-19T12:00", "2026-03-20T13:59+02:00", "2026-04-01", "soon", "2300-01-01T00:00"],
)
def test_an_embargo_lifts_at_a_moment_to_come(typed):
    assert list(wrong(door("news"), **NEWS | {"news.lifts_at": typed})) == ["news.lifts_at"]


def test_a_zone_that_nobody_knows_is_an_error():
    assert list(wrong(door("news"), **NEWS | {"news.zone": "Europe/../../etc"})) == ["news.zone"]


def test_what_is_sealed_is_no_part_of_the_group():
    filled = form(door("news"), **NEWS | {"news.terms": "Quotes are cleared."})
    assert filled.is_valid()
    said = filled.answers()
    assert said["groups"]["news"] == {
        "lifts_at": "2026-04-01T08:00:00+00:00",
        "zone": "Europe/London",
        "teaser": "Something comes.",
        "terms": "Quotes are cleared.",
    }
    assert said["sealed"] == embargo.Secret("This is it.", datetime(2026, 4, 1, 8, tzinfo=UTC), "Europe/London")
    assert "This is it." not in repr(said["sealed"])


# ── event ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-05-14T18:00", "2026-05-14T18:00:00"),
        ("2026-05-14", "2026-05-14"),
        ("2026-05-14T18:00+02:00", "2026-05-14T16:00:00+00:00"),
        (date(2026, 5, 14), "2026-05-14"),
        ("2026-03-20T00:00", "2026-03-20T00:00:00"),  # today
    ],
)
def test_when_an_event_starts(typed, stored):
    assert kept(door("event"), "event", **EVENT | {"event.starts": typed}) == {"starts": stored, "place": "Lisbon"}


@pytest.mark.parametrize("typed", ["2026-03-19", "2026-03-19T23:59", "14 May", "2026-02-30"])
def test_an_event_that_has_passed_or_never_comes(typed):
    assert list(wrong(door("event"), **EVENT | {"event.starts": typed})) == ["event.starts"]


@pytest.mark.parametrize(("typed", "stored"), [("yes", True), (True, True), ("no", False), (False, False), ("", None)])
def test_what_an_event_expects(typed, stored):
    found = kept(door("event"), "event", **EVENT | {"event.travel": typed, "event.coverage_expected": typed})
    assert (found.get("travel"), found.get("coverage_expected")) == (stored, stored)


# ── product ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("keep", ["keep", "yes", "true", "True", True, "1"])
def test_a_product_to_keep_is_a_gift(keep):
    where = door("product")
    assert kept(where, "product", **PRODUCT | {"product.keep": keep}) == {
        "value": 49.9,
        "currency": "EUR",
        "keep": True,
    }
    pitch, _new = intake.write(where, _said(where, **PRODUCT | {"product.keep": keep}), form_key=_key())
    assert pitch.label == "gift"


@pytest.mark.parametrize("keep", ["loan", "no", "false", False])
def test_a_loan_is_none(keep):
    assert kept(door("product"), "product", **PRODUCT | {"product.keep": keep})["keep"] is False


@pytest.mark.parametrize(
    "changes",
    [{"product.keep": "perhaps"}, {"product.value": "-1"}, {"product.currency": "ZZZ"}, {"product.value": "a"}],
)
def test_a_product_of_which_nobody_knows(changes):
    assert list(wrong(door("product"), **PRODUCT | changes)) == list(changes)


# ── the owner's own questions ────────────────────────────────────────────────
QUESTIONS = [
    {"text": "Which letter made you write?", "required": True},
    {"text": "Who else has it?", "required": False},
]


def test_own_questions_are_asked_in_the_owners_words(client):
    where = door(questions=QUESTIONS)
    found = hand(client, where)
    assert list(found.context["form"].errors) == ["own.1"]
    assert "Which letter made you write?" in text(found)
    assert "Two more questions" in text(found)
    assert hand(client, where, **{"own.1": "x" * 501, "own.2": "y"}).status_code == 422
    assert hand(client, where, **{"own.1": "The second.", "own.2": ""}).status_code == 303
    assert Pitch.objects.get().groups == {
        "own": [{"question": "Which letter made you write?", "answer": "The second."}]
    }


def test_the_wording_of_that_moment_stays():
    where = door(questions=QUESTIONS)
    pitch, _new = intake.write(where, _said(where, **{"own.1": "One.", "own.2": "Two."}), form_key=_key())
    where.questions = [{"text": "Who else has it?"}, {"text": "Something new?"}]
    pitch.door = where
    draft = PitchForm.filled(pitch)
    assert (draft["own.1"].value(), draft["own.2"].value()) == ("Two.", None)
    assert pitch.groups["own"][0]["question"] == "Which letter made you write?"


def test_no_question_and_no_answer_leave_no_trace():
    assert "own" not in form(door(questions=QUESTIONS[1:])).fields
    filled = form(door(questions=QUESTIONS[1:]))
    assert filled.is_valid()
    assert "own" not in filled.answers()["groups"]


# ── a draft gives it all back ────────────────────────────────────────────────
def _key():
    return answers()["form_key"]


def _said(where, **changes):
    filled = form(where, **changes)
    assert filled.is_valid(), filled.errors
    return filled.answers()


@pytest.mark.parametrize(
    ("lifts", "again"),
    [
        ("2026-04-01T09:00", "2026-04-01T09:00"),
        ("2026-03-29T01:30", "2026-03-29T02:30"),  # said back as it will be
        ("2026-10-25T01:30+01:00", "2026-10-25T01:30"),
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30:00+00:00"),  # only an offset can say the second
    ],
)
def test_a_draft_is_what_was_typed(lifts, again):
    where = door(*GROUPS, questions=QUESTIONS)
    offer = {"paid.type": "flat_fee", "paid.min": "900", "paid.max": "300", "paid.currency": "GBP", "category": "1083"}
    extra = offer | PRODUCT | EVENT | NEWS | {"news.lifts_at": lifts, "own.1": "The second.", "event.travel": "no"}
    pitch, _new = intake.write(where, _said(where, **extra), form_key=_key())
    draft = PitchForm.filled(Pitch.objects.select_related("door__page", "page").get(pk=pitch.pk))
    shown = {name: draft[name].value() for name in extra}
    money = {"paid.type": "flat_fee", "paid.min": 300, "paid.max": 900, "paid.currency": "GBP"}
    thing = {"product.value": 49.9, "product.currency": "EUR", "product.keep": "loan"}
    evening = {"event.starts": "2026-05-14T18:00:00", "event.place": "Lisbon", "event.travel": "no"}
    news = {"news.lifts_at": again, "news.teaser": "Something comes.", "news.sealed": "This is it."}
    rest = {"category": "Computer Software › Browser Extensions", "own.1": "The second."}
    assert shown == money | thing | evening | news | rest
    same = PitchForm(answers() | dict(shown), door=where)
    assert same.is_valid(), same.errors
    assert same.answers()["groups"] == pitch.groups


def test_an_event_with_an_offset_comes_back_at_the_clock_of_the_page():
    where = door("event", zone="Europe/Lisbon")
    pitch, _new = intake.write(
        where, _said(where, **EVENT | {"event.starts": "2026-05-14T18:00+02:00"}), form_key=_key()
    )
    assert PitchForm.filled(pitch)["event.starts"].value() == "2026-05-14T17:00:00"


# ── the page ─────────────────────────────────────────────────────────────────
def test_a_door_asks_only_for_what_it_needs(client):
    page = text(client.get(f"/@{(plain := door()).page.handle}/{plain.slug}"))
    assert [
        word for word in ("The news", "The event", "The product", "The offer", "What kind of product") if word in page
    ] == []
    full = door(*GROUPS)
    page = text(client.get(f"/@{full.page.handle}/{full.slug}"))
    assert [
        word for word in ("The news", "The event", "The product", "The offer", "What kind of product") if word in page
    ] == [
        "The news",
        "The event",
        "The product",
        "The offer",
        "What kind of product",
    ]
    assert '<option value="Europe/London" selected>' in page


def test_a_fold_with_an_answer_stands_open(client):
    response = hand(client, door("event"), **{"event.travel": "yes"})
    assert [section.unfold for section in response.context["sections"]] == [True]
