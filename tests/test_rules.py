"""Rules: which one counts, what they may say, and that each change is told once, whoever else changes something."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from pitches import doors, intake, relationships, rules, tasks
from pitches.intake.allowance import allowance
from pitches.models import Event, Fact, Lane, Opens, Page, Pitch, Rule, Standing
from pitches.models.relationship import LADDER
from portal import clock
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, RuleFactory, SenderFactory

USUAL = rules.USUAL
MINE = {"door_id": 1, "agency_id": 1}  # the door and the agency that every question below is about


# ── which one counts ─────────────────────────────────────────────────────────
def rule(**fields):
    """A rule without a row."""
    usual = {"standing": "", "door_id": None, "agency_id": None, "lane": "", "opens": "", "places": None}
    return SimpleNamespace(**usual | fields)


who = st.fixed_dictionaries(
    {
        "standing": st.sampled_from(["", *LADDER]),
        "door_id": st.sampled_from([None, 1, 2]),
        "agency_id": st.sampled_from([None, 1, 2]),
    }
)
said = st.fixed_dictionaries(
    {
        "lane": st.sampled_from(["", *USUAL[Standing.TRUSTED].lane.__class__.values[:3]]),
        "opens": st.sampled_from(["", *Opens.values]),
        "places": st.sampled_from([None, 1, 2, 9]),
    }
)
decided = st.lists(
    st.builds(lambda whom, what: rule(**whom, **what), who, said),
    max_size=8,
    unique_by=lambda one: (one.standing, one.door_id, one.agency_id),
)


@given(decided, st.sampled_from(LADDER), st.permutations(range(8)))
def test_of_several_rules_the_nearest_that_says_something_counts_for_each_column_alone(rows, standing, order):
    found = rules.nearest([rows[place] for place in order if place < len(rows)], standing, 1, 1)
    for column in rules.COLUMNS:
        expected = getattr(USUAL[standing], column)
        near = [(1, 1), (None, 1), (1, None), (None, None)]  # (door, agency), the nearest first
        for place in near:
            for whom in (standing, ""):
                mine = [one for one in rows if (one.door_id, one.agency_id, one.standing) == (*place, whom)]
                values = [getattr(one, column) for one in mine if getattr(one, column) not in ("", None)]
                if values:
                    expected = values[0]
                    break
            else:
                continue
            break
        assert getattr(found, column) == expected


@given(decided, st.sampled_from(LADDER))
def test_rules_for_others_change_nothing(rows, standing):
    others = [one for one in rows if one.door_id == 2 or one.agency_id == 2 or one.standing not in ("", standing)]
    assert rules.nearest(others, standing, 1, 1) == USUAL[standing]


@pytest.mark.parametrize(("column", "value"), [("lane", Lane.FIRST_KNOCK), ("opens", Opens.NONE), ("places", 1)])
def test_each_column_stands_alone(column, value):
    found = rules.nearest([rule(standing="trusted", **{column: value})], Standing.TRUSTED, 1, 1)
    others = [name for name in rules.COLUMNS if name != column]
    assert getattr(found, column) == value
    assert [getattr(found, name) for name in others] == [getattr(USUAL["trusted"], name) for name in others]
    assert found.by == ("standing" if column == "lane" else "")


def test_it_is_said_whose_rule_gave_the_lane():
    rows = [rule(standing="known", lane="known"), rule(door_id=1, lane="known"), rule(agency_id=1, lane="known")]
    assert [rules.nearest(rows[:count], Standing.KNOWN, 1, 1).by for count in range(4)] == [
        *("", "standing", "door", "agency")
    ]


def test_two_exceptions_that_meet_and_disagree_are_named_with_the_nearer_one():
    door, agency, other = rule(door_id=1, lane="known", places=2), rule(agency_id=1, lane="trusted"), rule(door_id=2)
    both = rule(door_id=1, agency_id=1, lane="trusted", places=2)
    found = rules.overlaps([door, agency, other, both])
    assert [(one.nearer, one.farther, one.columns) for one in found] == [
        (both, door, ("lane",)),
        (agency, door, ("lane",)),
    ]
    apart = [rule(door_id=1, standing="known", lane="known"), rule(agency_id=1, standing="trusted", lane="trusted")]
    assert rules.overlaps(apart) == []


# ── what they may not do ─────────────────────────────────────────────────────
@pytest.fixture
def page(db):
    return PageFactory()


@pytest.mark.parametrize(
    "fields", [{"opens": "none"}, {"opens": "none", "standing": "known"}, {"opens": "open", "standing": "stranger"}]
)
def test_a_rule_never_closes_a_door_to_all_of_a_standing(page, fields):
    door = DoorFactory(page=page)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleFactory(page=page, door=door if fields.get("standing") != "stranger" else None, lane="", **fields)


@pytest.mark.parametrize("standing", ["blocked", "paused"])
def test_whoever_is_blocked_or_on_pause_never_comes_in_by_a_rule(page, standing):
    sender, door = SenderFactory(), DoorFactory(page=page)
    until = clock.now() + timedelta(days=9) if standing == "paused" else None
    relationships.set_by_hand(page, sender, Standing(standing), by=page.owner, until=until)
    RuleFactory(page=page, door=door, agency=sender.agency, lane="trusted", opens="invited", places=60)
    with pytest.raises(intake.Refused) as refused:
        intake.hand_in(PitchFactory(door=door, email=sender.email), sender)
    assert refused.value.why == standing
    assert intake.open_to(sender, page, [door]) == []
    assert allowance(door, sender, Standing(standing)) is None


# ── what they do ─────────────────────────────────────────────────────────────
def hand_in(door, sender):
    found = intake.hand_in(PitchFactory(door=door, email=sender.email), sender)
    tasks.sweep()
    found.refresh_from_db()
    return found


def test_a_pitch_keeps_the_lane_that_it_was_given(page):
    door, sender = DoorFactory(page=page), SenderFactory()
    kept = RuleFactory(page=page, agency=sender.agency, lane="trusted")
    pitch = hand_in(door, sender)
    assert (pitch.lane, pitch.given_lane, pitch.ruled) == ("trusted", "trusted", "agency")
    rules.drop(kept, by=page.owner)
    Pitch.objects.filter(pk=pitch.pk).update(version=2)
    tasks.sweep()
    pitch.refresh_from_db()
    assert (pitch.lane, pitch.ruled) == ("trusted", "agency")
    assert rules.terms(page, Standing.STRANGER, door, sender).lane == Lane.FIRST_KNOCK


def test_places_of_the_month_follow_the_rule(page):
    sender = SenderFactory()
    RuleFactory(page=page, agency=sender.agency, lane="", places=1)
    hand_in(DoorFactory(page=page), sender)
    with pytest.raises(intake.Refused) as refused:
        hand_in(DoorFactory(page=page), sender)
    assert (refused.value.why, refused.value.number) == ("places", 1)


def test_a_door_by_invitation_opens_by_a_rule_and_shuts_by_one(page):
    known, agency = SenderFactory(), AgencyFactory()
    door, colleague = DoorFactory(page=page, invited=True), SenderFactory(agency=agency)
    for one in (known, colleague):
        relationships.set_by_hand(page, one, Standing.KNOWN, by=page.owner)
    RuleFactory(page=page, standing="known", lane="", opens="open")
    RuleFactory(page=page, agency=agency, lane="", opens="invited")
    assert intake.open_to(known, page, [door]) == []
    assert intake.open_to(colleague, page, [door]) == [door]
    Rule.objects.filter(page=page, agency=agency).update(opens="none")
    assert intake.open_to(colleague, page, [door, DoorFactory(page=page)]) == []


def test_the_places_of_a_week_are_taken_by_standing_whatever_the_lane(page):
    door, first = DoorFactory(page=page, places_per_week=1), SenderFactory()
    RuleFactory(page=page, door=door, lane="trusted")
    hand_in(door, first)
    door.refresh_from_db()
    assert door.full_until
    with pytest.raises(intake.Refused) as refused:
        hand_in(door, SenderFactory())
    assert refused.value.why == "full"


# ── keeping them ─────────────────────────────────────────────────────────────
def cells(page, **changed):
    return rules.cells_of(rules.of(page)) | changed


def keep(page, seen=None, *, newcomer_share=0.25, promise_days=21, tell_me_now=False, **changed):
    settings = {"newcomer_share": newcomer_share, "promise_days": promise_days, "tell_me_now": tell_me_now}
    return doors.keep_rules(
        page, by=page.owner, seen=seen, cells=changed.pop("table", None) or cells(page, **changed), **settings
    )


def told():
    notes = Event.objects.filter(what=Fact.RULES_KEPT).order_by("pk").values_list("note", flat=True)
    return [json.loads(note) for note in notes]


def test_a_change_is_one_event_with_all_rules_before_and_after(page):
    exception = RuleFactory(page=page, door=DoorFactory(page=page), places=2)
    version = page.version
    keep(page, lane_introduced="first_knock", newcomer_share=0.5, tell_me_now=True)
    (note,) = told()
    other = {"standing": "", "door": exception.door_id, "agency": None, "lane": "known", "opens": "", "places": 2}
    new = {"standing": "introduced", "door": None, "agency": None, "lane": "first_knock", "opens": "", "places": None}
    assert (note["was"], note["now"]) == ([other], [other, new])
    assert note["page"]["was"] == {"cards": 30, "newcomer_share": 0.25, "promise_days": 21, "tell_me_now": False}
    assert note["page"]["now"] == {"cards": 30, "newcomer_share": 0.5, "promise_days": 21, "tell_me_now": True}
    page.refresh_from_db()
    assert page.version == note["version"] > version
    assert Event.objects.filter(what=Fact.RULES_KEPT).get().by == page.owner


def test_what_stays_as_it_was_is_no_event(page):
    version = Page.objects.get(pk=page.pk).version
    keep(page)
    assert (told(), Page.objects.get(pk=page.pk).version, Rule.objects.count()) == ([], version, 0)


def test_the_hours_page_tells_of_the_share_in_the_same_way(page):
    doors.keep_settings(page, by=page.owner, newcomer_share=0.1)
    doors.keep_settings(page, by=page.owner, lapse_days=30)
    (note,) = told()
    assert (note["page"]["now"]["newcomer_share"], note["was"], note["now"]) == (0.1, [], [])


def test_what_is_usual_again_is_no_rule(page):
    keep(page, lane_known="first_knock", places_known=2)
    assert Rule.objects.get(page=page, standing="known").places == 2
    keep(page, lane_known="known", places_known=6)
    assert Rule.objects.count() == 0


def test_two_tabs_that_change_different_cells_both_hold(page):
    seen = page.version
    table = cells(page)
    keep(page, seen, lane_known="first_knock", newcomer_share=0.5)
    keep(page, seen, table=table | {"places_trusted": 20}, promise_days=14)
    page.refresh_from_db()
    assert (cells(page)["lane_known"], cells(page)["places_trusted"]) == ("first_knock", 20)
    assert (page.newcomer_share, page.promise_days) == (0.5, 14)


def test_two_tabs_that_change_the_same_cell_are_told_and_nothing_is_lost(page):
    seen, table = page.version, cells(page)
    keep(page, seen, lane_known="first_knock", places_known=2)
    with pytest.raises(doors.PageChanged) as other:
        keep(page, seen, table=table | {"lane_known": "trusted"}, promise_days=14)
    assert (other.value.fields, other.value.theirs) == ({"lane_known": "first_knock"}, {"places_known": 2})
    page.refresh_from_db()
    assert (page.promise_days, cells(page)["lane_known"]) == (21, "first_knock")


def test_a_disagreement_about_a_setting_keeps_no_rule_either(page):
    seen, table = page.version, cells(page)
    keep(page, seen, newcomer_share=0.5, lane_known="first_knock")
    with pytest.raises(doors.PageChanged) as other:
        keep(page, seen, table=table | {"places_known": 2}, newcomer_share=0.75)
    assert (other.value.fields, other.value.theirs) == ({"newcomer_share": 0.5}, {"lane_known": "first_knock"})
    assert cells(page)["places_known"] == 6


def test_an_exception_that_was_dropped_comes_back_once(page):
    exception = RuleFactory(page=page, door=DoorFactory(page=page), standing="known", lane="trusted", places=4)
    was = rules.plain(exception)
    event = rules.drop(exception, by=page.owner)
    assert rules.put_back(event, by=page.owner)
    assert [rules.plain(one) for one in rules.of(page)] == [was]
    assert not rules.put_back(event, by=page.owner)
    assert len(told()) == 2


def test_a_door_that_is_closed_to_a_standing_is_public_and_no_rule(page):
    door = DoorFactory(page=page)
    made = {"by": page.owner, "door": door, "agency": None, "opens": "none", "lane": "", "places": None}
    doors.except_from_rules(page, standing="stranger", **made)
    door.refresh_from_db()
    assert (door.tiers, Rule.objects.count()) == (["introduced", "known", "trusted"], 0)
    doors.open_to_standing(door, Standing.STRANGER, by=page.owner)
    door.refresh_from_db()
    assert door.tiers == [rung.value for rung in LADDER]
    doors.change(door, by=page.owner, tiers=["known"])
    with pytest.raises(doors.Nobody):
        doors.except_from_rules(page, standing="known", **made)


def test_one_exception_for_the_same_people_is_enough(page):
    made = {"by": page.owner, "door": DoorFactory(page=page), "agency": None, "standing": ""}
    doors.except_from_rules(page, lane="known", places=None, **made)
    with pytest.raises(rules.Taken):
        doors.except_from_rules(page, lane="trusted", places=None, **made)
    assert (Rule.objects.get().lane, len(told())) == ("known", 1)
