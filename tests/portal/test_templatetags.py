"""What people see of moments, icons, initials and form fields."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from pitches.templatetags import doors
from portal import clock, icons
from portal.templatetags import portal

NOW = datetime(2026, 5, 12, 15, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_at(NOW):
        yield


def rendered(source: str, **context: object) -> str:
    """This template, rendered."""
    return Template(source).render(Context(context))


def in_zone(name: str):
    """As a reader in this zone."""
    return timezone.override(portal.zone_of(name))


# ── moments ──────────────────────────────────────────────────────────────────
def test_a_moment_is_said_in_the_given_zone():
    assert portal.when(NOW, "Europe/Lisbon") == "Tuesday 12 May, 16:42"
    assert portal.when(NOW, "Asia/Tokyo") == "Wednesday 13 May, 00:42"


def test_a_moment_without_a_zone_is_said_in_the_readers():
    with in_zone("America/New_York"):
        assert portal.when(NOW) == "Tuesday 12 May, 11:42"


def test_a_zone_that_nobody_knows_falls_back_to_the_readers():
    assert portal.when(NOW, "Mars/Olympus") == "Tuesday 12 May, 15:42"
    assert portal.when(NOW, "../../etc/passwd") == "Tuesday 12 May, 15:42"


def test_a_far_day_says_its_year():
    assert portal.day(date(2026, 6, 2)) == "Tuesday 2 June"
    assert portal.day(date(2027, 6, 2)) == "Wednesday 2 June 2027"


def test_a_day_of_a_moment_is_the_day_in_that_zone():
    assert portal.day(datetime(2026, 6, 2, 23, 30, tzinfo=UTC), "Europe/Paris") == "Wednesday 3 June"


@pytest.mark.parametrize("say", [portal.when, portal.day, portal.at, portal.ago, portal.since])
def test_no_moment_is_no_words(say):
    assert say(None) == ""


@pytest.mark.parametrize(
    ("passed", "short", "long"),
    [
        (timedelta(seconds=20), "now", "just now"),
        (timedelta(minutes=5), "5 min", "5\xa0minutes ago"),
        (timedelta(hours=3), "3 h", "3\xa0hours ago"),
        (timedelta(days=2, hours=5), "2 d", "2\xa0days ago"),
    ],
)
def test_how_long_ago(passed, short, long):
    assert (portal.ago(NOW - passed), portal.since(NOW - passed)) == (short, long)


def test_the_city_of_a_zone():
    assert portal.zone_city("Europe/Lisbon") == "Lisbon"
    assert portal.zone_city("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_both_zones_are_said_when_they_differ():
    moment = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    with in_zone("Europe/Paris"):
        said = rendered("{% both_zones moment zone %}", moment=moment, zone="Europe/London")
    assert said == "Tuesday 3 March, 16:00 London time, which is 17:00 for you"


def test_another_day_for_the_reader_is_said_with_its_name():
    moment = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    with in_zone("Asia/Tokyo"):
        said = portal.both_zones(moment, "Europe/London")
    assert said == "Tuesday 3 March, 16:00 London time, which is Wednesday 4 March, 01:00 for you"


@pytest.mark.parametrize("reader", ["UTC", "Europe/Lisbon"])
def test_the_same_time_is_said_once_and_an_unknown_reader_is_told_no_time(reader):
    with in_zone(reader):
        assert portal.both_zones(NOW, "Europe/London") == "Tuesday 12 May, 16:42 London time"


def test_durations_are_at_least_one():
    assert [portal.minutes(x) for x in (None, 20, 90, 600)] == ["1 minute", "1 minute", "2 minutes", "10 minutes"]
    assert [portal.seconds(x) for x in (0, 1, 14)] == ["1 second", "1 second", "14 seconds"]


# ── drawings ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["logo", *icons.MARKS, *icons.THINGS])
def test_every_icon_is_silent_and_carries_no_style(name):
    drawn = rendered("{% icon name %}", name=name)
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("state", ["open", "until", "shut", "key", "wide", "invited", "closed"])
def test_every_door_is_painted_by_class(state):
    drawn = rendered('{% load doors %}{% door state "blue" %}', state=state)
    assert f'class="door {doors.DRAWN[state]} p-blue"' in drawn
    assert "style=" not in drawn


def test_an_unknown_door_is_drawn_shut_and_green():
    assert doors.drawing("ajar", '"><script>') == {"state": "shut", "paint": "green"}


def test_a_stamp_carries_its_postmark_escaped():
    assert "12.5.&lt;b&gt;" in rendered('{% load doors %}{% stamp "red" mark %}', mark="12.5.<b>")


@pytest.mark.parametrize(
    ("name", "initials"), [("Maya Lind", "ML"), ("Ana María da Costa", "AC"), ("Cher", "C"), ("", ""), ("  -  ", "")]
)
def test_a_portrait_without_a_picture_shows_initials(name, initials):
    assert f'aria-hidden="true">{initials}</span>' in rendered("{% portrait name paint %}", name=name, paint="teal")


# ── addresses ────────────────────────────────────────────────────────────────
def test_one_query_parameter_changes_and_the_others_stay():
    request = RequestFactory().get("/?lane=known&page=1")
    assert rendered("{% query page=2 %}", request=request) == "?lane=known&amp;page=2"
    assert rendered("{% query page=None lane=None %}", request=request) == "?"


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"x', ""), ("", "")])
def test_only_known_themes_are_taken(cookie, theme):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert rendered("{% theme %}", request=request) == theme


# ── fields ───────────────────────────────────────────────────────────────────
class Form(forms.Form):
    """One field of each kind."""

    line = forms.CharField(help_text="Plain", widget=forms.TextInput(attrs={"data-count": 90, "placeholder": "x"}))
    ask = forms.ChoiceField(choices=[("w", "Write"), ("r", "Reply")], widget=forms.RadioSelect)
    tell = forms.BooleanField(required=False)


def test_a_control_is_told_where_hint_error_and_count_stand():
    control = rendered("{% control form.line %}", form=Form({}))
    assert 'aria-describedby="id_line_helptext id_line_error id_line_count"' in control
    assert 'aria-invalid="true"' in control
    assert "placeholder" not in control


def test_every_id_a_control_names_is_on_the_page():
    page = rendered('{% include "components/field.html" with field=form.line %}', form=Form({}))
    assert all(f'id="id_line_{part}"' in page for part in ("helptext", "error", "count"))


def test_choices_stand_in_a_fieldset_and_errors_lead_to_the_first():
    form = Form({})
    page = rendered('{% include "components/error_summary.html" %}{% include "components/fields.html" %}', form=form)
    assert 'href="#id_ask_0"' in page
    assert '<fieldset class="field bad" id="id_ask" aria-describedby="id_ask_error">' in page
    assert '<input type="radio" name="ask" value="w"' in page


def test_an_optional_field_says_so_unless_told_not_to():
    page = '{% include "components/field.html" with field=form.note sure=sure %}'

    class Note(forms.Form):
        note = forms.CharField(required=False)

    assert "(optional)" in rendered(page, form=Note(), sure=False)
    assert "(optional)" not in rendered(page, form=Note(), sure=True)


def test_an_answer_is_shown_escaped():
    assert "<b>" not in rendered('{% include "components/fields.html" %}', form=Form({"line": '"><b>'}))


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("mail.northbeam.example", ["mail.", "northbeam.", "example"]),
        ("https://a.example/x?y=1&z", ["https://", "a.", "example/", "x?", "y=1&", "z"]),
        ("plain", ["plain"]),
        ("", []),
        ("ends/", ["ends/"]),
    ],
)
def test_an_address_breaks_only_where_it_has_a_joint(address, parts):
    assert portal.in_parts(address) == parts
