"""doors.json and the form say the same: what the schema of a door takes, its form takes, and the other way round."""

import copy
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pitches import products
from pitches.forms import schema
from pitches.forms.document import Misshapen
from pitches.forms.pitch import PitchForm, from_json
from portal import clock
from tests.factories import DoorFactory, PageFactory

NOW = datetime(2026, 3, 28, 23, 59, 30, tzinfo=UTC)  # in Auckland it is tomorrow
QUESTIONS = [{"text": "Which of my letters made you write?", "required": True}, {"text": "Who else has it?"}]
GROUPS = ["paid", "news", "event", "product"]


def door(*asks, zone="Pacific/Auckland", questions=(), sensitive=(), may_ask=("write", "slot", "try")):
    page = PageFactory.build(timezone=zone, sensitive=list(sensitive))
    return DoorFactory.build(page=page, asks=list(asks), questions=list(questions), may_ask=list(may_ask))


DOORS = {
    "plain": door(zone="America/Los_Angeles"),
    "paid": door("paid", sensitive=["gambling"]),
    "news": door("news", zone="UTC"),
    "everything": door(*GROUPS, questions=QUESTIONS),
    "own": door(questions=QUESTIONS[1:]),
}
with clock.standing_at(NOW):
    SCHEMAS = {name: Draft202012Validator(schema.of(one, NOW)) for name, one in DOORS.items()}


def form_takes(name, document):
    """What the future programming interface does with a document."""
    try:
        data = from_json(copy.deepcopy(document), DOORS[name])
    except Misshapen:
        return False
    return PitchForm(data, door=DOORS[name]).is_valid()


def composed(value):
    """NFC everywhere: what no schema can say."""
    if isinstance(value, dict):
        return {composed(key): composed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [composed(inner) for inner in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


# ── good pitches ─────────────────────────────────────────────────────────────
SEEN = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"], include_characters=" \u200d\u200c")


def words(most):
    """Text as people write it, often as long as it may be, and now and then what nobody can see."""
    plain = st.text(SEEN, min_size=1, max_size=most).map(lambda text: composed(text).strip()[:most] or "x")
    return st.one_of(*[plain] * 8, st.text(min_size=1, max_size=most).map(composed))


def of(*values):
    return st.sampled_from(values)


DAYS = of("2026-03-28", "2026-03-29", "2026-03-30", "2027-02-28", "2028-02-29", "2026-12-31", "9999-12-31")
STARTS = of("2026-03-29", "2026-03-29T00:00", "2026-04-05T02:30", "2199-12-31T23:59", "2030-01-01")
LIFTS = of("2026-03-29T00:00Z", "2026-03-29T00:01:00Z", "2026-10-25T01:30Z", "2199-12-31T23:59Z")
AMOUNTS = st.integers(0, 9_999_999_999)
LINKS = of(
    "https://mosaic.example/mute",
    "http://gov.uk",
    "https://a.b-c.co.uk:443/x?y=z#ü",
    "https://127.0.0.1.example/",
    f"https://{'a' * 63}.test/",
    "https://mosaic.example/" + "a" * 477,
)
EMAILS = of("elif@mosaic.example", "a.b+c@d-e.co.uk", "o'neil@x.museum", "_@a--b.example", "A@B.EXAMPLE")
BASE = {
    "line": words(90),
    "why": words(240),
    "link": LINKS,
    "ask": of("write", "slot", "try"),
    "payer": of("client", "own", "nobody"),
    "name": words(80),
    "company": words(80),
    "email": EMAILS,
}
MORE = {
    "last_day": DAYS,
    "detail": st.just("") | words(1200),
    "language": of("en", "pt-BR", "deu"),
    "category": of("1082", "1083", "1366", "1002", "1582"),
}
PAID = {
    "min": AMOUNTS,
    "max": AMOUNTS,
    "currency": of("EUR", "GBP"),
    "usage": of("none", "full"),
    "months": st.integers(0, 120),
    "exclusivity": of("none", "category"),
    "approval_rounds": st.integers(0, 5),
    "final_say": of("owner", "brand"),
    "publish_to": DAYS,
}
PARTS = {
    "paid": st.fixed_dictionaries({"type": of("flat_fee", "none", "not_decided", "product_only")}, optional=PAID),
    "news": st.fixed_dictionaries(
        {"lifts_at": LIFTS, "teaser": words(280), "sealed": words(4000)}, optional={"terms": words(600)}
    ),
    "event": st.fixed_dictionaries(
        {"starts": STARTS, "place": words(160)}, optional={"travel": st.booleans(), "coverage_expected": st.booleans()}
    ),
    "product": st.fixed_dictionaries({"value": AMOUNTS, "currency": of("USD", "JPY"), "keep": st.booleans()}),
}


def good(name):
    """Documents that are mostly right: text of any letters may still be wrong at its ends."""
    one = DOORS[name]
    asked = {group: PARTS[group] for group in one.asks}
    if one.questions:
        asked["own"] = st.fixed_dictionaries({"1": words(500)}, optional={"2": words(500)} if one.questions[1:] else {})
    return st.fixed_dictionaries(BASE | asked, optional=MORE)


# ── and what is wrong with them ──────────────────────────────────────────────
HOSTS = st.from_regex(r"\A[a-z0-9.-]{1,20}\.(com|uk|example|local|xn--p1ai|c)\Z")
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.text(alphabet=" \t\n\r\u00a0\u200b\u2028\x00ab\ud800\u202e\U000e0041é", max_size=6),
    st.sampled_from(["", " ", "x" * 91, "x" * 501, "none", "flat_fee", "keep", "yes", "1", "01", "5000", "99999"]),
    st.dates().map(str),
    st.datetimes(datetime(1999, 1, 1), datetime(2201, 1, 1)).map(lambda moment: moment.strftime("%Y-%m-%dT%H:%MZ")),
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31)).map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M")),
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 30)).map(lambda moment: moment.isoformat() + "Z"),
    st.sampled_from(
        ["2026-02-29", "2026-03-29T24:00Z", "0000-01-01", "1900-02-29", "2026-13-01", "2026-3-1", "20260401"]
    ),
    st.integers(990, 1600).map(str),
    HOSTS.map(lambda host: f"https://{host}/"),
    st.from_regex(r"\Ahttps?:/{0,3}[a-zA-Z0-9:@._\\\[\]-]{1,20}\.(com|test)[/?#:]?[^\n]{0,5}\Z"),
    st.emails(),
    st.from_regex(r"\A[a-zA-Z0-9._%+'\"-]{1,9}@[a-zA-Z0-9._-]{1,9}\.[a-zA-Z-]{1,5}\n?\Z"),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(of("type", "min", "1", "2", "place"), st.integers(), max_size=2),
).map(composed)
NAMES = of(*BASE, *MORE, *GROUPS, "own", "form_key", "zone", "extra", "paid.type", "")
INNER = of(*PAID, "type", "lifts_at", "zone", "teaser", "sealed", "terms", "starts", "place", "travel", "value", "keep")


@st.composite
def documents(draw):
    """A door and a pitch for it, which was changed in up to three places."""
    name = draw(of(*DOORS))
    document = composed(draw(good(name)))
    for _change in range(draw(of(0, 0, 0, 1, 1, 1, 2, 3))):
        spot = document
        inner = [key for key, value in document.items() if isinstance(value, dict)]
        if inner and draw(st.booleans()):
            spot = document[draw(of(*inner))]
        key = draw(of(*spot)) if spot and draw(st.booleans()) else draw(NAMES if spot is document else INNER)
        if draw(st.integers(0, 3)):
            spot[key] = draw(ODD)
        else:
            spot.pop(key, None)
    return name, document


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
@example(("plain", []))
@example(("plain", "text"))
def test_a_document_fits_the_schema_exactly_if_the_form_takes_it(case):
    name, document = case
    with clock.standing_at(NOW):
        assert SCHEMAS[name].is_valid(document) == form_takes(name, document)


# ── one by one ───────────────────────────────────────────────────────────────
GOOD = {
    "line": "Survey: why 1,200 people mute brands",
    "why": "The question your readers ask most.\nWith numbers.",
    "link": "https://mosaic.example/mute",
    "ask": "write",
    "payer": "client",
    "name": "Elif Kaya",
    "company": "Mosaic Research",
    "email": "elif@mosaic.example",
}
EVERYTHING = GOOD | {
    "paid": {"type": "flat_fee", "min": 300, "max": 200, "currency": "EUR"},
    "news": {"lifts_at": "2026-03-29T00:00Z", "teaser": "Something comes.", "sealed": "This is it."},
    "event": {"starts": "2026-03-29T18:00", "place": "Lisbon"},
    "product": {"value": 49, "currency": "EUR", "keep": False},
    "own": {"1": "The one about mute buttons."},
}


def both(name, document):
    with clock.standing_at(NOW):
        found = SCHEMAS[name].is_valid(document), form_takes(name, document)
    assert found[0] == found[1], (document, found)
    return found[0]


@pytest.mark.parametrize("name", DOORS)
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name].schema)


def test_good_documents_are_good():
    assert both("plain", GOOD)
    assert both("everything", EVERYTHING)
    assert both("own", GOOD)


@pytest.mark.parametrize("group", [*GROUPS, "own"])
def test_what_a_door_asks_is_needed_and_what_it_does_not_ask_is_too_much(group):
    assert not both("everything", {name: value for name, value in EVERYTHING.items() if name != group})
    assert not both("plain", GOOD | {group: EVERYTHING[group]})


@pytest.mark.parametrize("name", GOOD)
def test_each_of_the_eight_is_needed(name):
    assert not both("plain", {key: value for key, value in GOOD.items() if key != name})
    assert not both("plain", GOOD | {name: ""})


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("line", "x" * 90, True),
        ("line", "🎈" * 90, True),
        ("line", "x" * 91, False),
        ("line", "two\nlines", False),
        ("line", " a space", False),
        ("line", "a line end\n", False),
        ("line", "no-break\u00a0", False),
        ("why", "two\nlines", True),
        ("why", "two\r\nlines", False),
        ("why", "reversed\u202e text", False),
        ("link", "mosaic.example", False),
        ("link", "HTTPS://mosaic.example", False),
        ("link", "https://co.uk/x", True),
        ("link", "https://printer.local/", False),
        ("link", "https://user@mosaic.example/", False),
        ("link", "https://mosaic.example:8080/", False),
        ("link", "https://" + "a." * 125 + "test/", False),
        ("link", "https://" + "a." * 124 + "test/", True),
        ("email", "elif@localhost", False),
        ("email", '"elif"@mosaic.example', False),
        ("email", "elif@mosaic.example\n", False),
        ("ask", "quote", False),
        ("last_day", "2026-03-28", False),  # the owner lives in Auckland where it is the 29th
        ("last_day", "2026-03-29", True),
        ("last_day", "2100-02-29", False),
        ("category", "1082", True),
        ("category", "1366", False),
        ("category", "Gambling", False),
        ("language", "en\n", False),
        ("form_key", "x", False),
    ],
)
def test_one_answer(name, value, fits):
    assert both("everything", EVERYTHING | {name: value}) is fits


@pytest.mark.parametrize(
    ("group", "changes", "fits"),
    [
        ("paid", {"type": "none", "min": 5}, True),
        ("paid", {"min": 10**10}, False),
        ("paid", {"min": 1.5}, False),
        ("paid", {"min": 2.0}, True),
        ("paid", {"min": "300"}, False),
        ("paid", {"min": True}, False),
        ("paid", {"months": 121}, False),
        ("news", {"lifts_at": "2026-03-28T23:59Z"}, False),
        ("news", {"lifts_at": "2026-03-29T00:00:00Z"}, True),
        ("news", {"lifts_at": "2026-03-29T01:00+01:00"}, False),
        ("news", {"lifts_at": "2026-03-29"}, False),
        ("news", {"zone": "Europe/London"}, False),
        ("event", {"starts": "2026-03-28T23:59"}, False),
        ("event", {"starts": "2026-03-29"}, True),
        ("event", {"starts": "2200-01-01"}, False),
        ("event", {"travel": "yes"}, False),
        ("product", {"keep": None}, False),
        ("own", {"2": ""}, True),
        ("own", {"3": "x"}, False),
    ],
)
def test_one_answer_of_a_group(group, changes, fits):
    assert both("everything", EVERYTHING | {group: EVERYTHING[group] | changes}) is fits


@pytest.mark.parametrize("name", ["min", "max", "currency"])
def test_an_offer_has_figures_unless_it_is_free(name):
    offer = {key: value for key, value in EVERYTHING["paid"].items() if key != name}
    assert not both("everything", EVERYTHING | {"paid": offer})
    assert both("everything", EVERYTHING | {"paid": offer | {"type": "not_decided"}})


def test_a_page_that_opens_a_sensitive_kind_says_so():
    offer = GOOD | {"paid": {"type": "none"}}
    assert both("paid", offer | {"category": "1366"})
    assert not both("paid", offer | {"category": "1002"})


@pytest.mark.parametrize("first", ["2026-03-29", "1999-12-31", "2026-10-09T08:59"])
def test_dates_are_compared_by_their_letters(first):
    later = re.compile(schema.not_before(first))
    digits = [at for at, char in enumerate(first) if char.isdigit()]
    for at in digits:
        for digit in "0123456789":
            other = f"{first[:at]}{digit}{first[at + 1 :]}"
            assert bool(later.match(other)) == (other >= first)


def test_the_expression_of_ids_takes_each_of_them_and_nothing_else():
    for opened in ([], ["gambling", "alcohol"]):
        pattern = schema._category(PitchForm(door=door(sensitive=opened)).fields["category"], NOW.date(), NOW)[
            "pattern"
        ]
        taken = {str(number) for number in range(2000) if re.search(pattern, str(number))}
        assert taken == products.accepted(opened).keys()
