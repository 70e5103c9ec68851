"""Thirty pitches in one session: by keys, by thumb, and without JavaScript."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from pitches.forms.pitch import LINE_LIMIT, WHY_LIMIT
from pitches.models import Answer, Pitch
from tests.factories import DoorFactory, PageFactory, PitchFactory

# Six yes, three questions, three for later, eighteen no: an ordinary half hour.
MIX = ["y"] * 6 + ["q1", "q2", "q3"] + ["l1", "l2", "l3"] + [f"n{1 + number % 7}" for number in range(18)]
SAID = {"y": "Yes", "q": "Question", "l": "Later", "n": "No"}
KINDS = {"yes": 6, "ask": 3, "later": 3, "no": 18}
# All of the letter stands above the answers, and nothing is further down than the window reaches.
READABLE = """() => document.querySelector('.letter-card').getBoundingClientRect().bottom
        <= document.querySelector('.decide').getBoundingClientRect().top
    && document.documentElement.scrollHeight <= document.documentElement.clientHeight"""
# What a screen reader would say, one entry for each time the live region changes; and every press of a pointer.
LISTEN = """
    addEventListener('pointerdown', () => sessionStorage.setItem('pointed', 'yes'), true);
    window.spoken = [];
    new MutationObserver((changes) => {
        const live = document.getElementById('live');
        const said = changes.some((change) => live?.contains(change.target)) && live.textContent.trim();
        said && spoken.push(said);
    }).observe(document, {childList: true, characterData: true, subtree: true});"""
SHORT = "Two A/B tests, both versions public."
WORDS = "Two A/B tests, 410,000 visits, both versions public. You asked for negative results in March; this is one."
# As long as the form lets a letter be: 90 and 240 characters.
LINE = "How eleven newsletters in four countries lost a third of all readers and won them all back"
LONG = (
    "We asked 1,204 people why they mute a brand, in four countries, with the raw table and the form for you to use. "
    "Nine in ten name the rate of posts, not the topic. No one has put it to the test at this size, and it is a year "
    "of our own work."
)
OFFER = {"type": "flat_fee", "min": 2400, "max": 3000, "currency": "GBP", "usage": "organic", "months": 3}
PAID = {"paid": OFFER | {"exclusivity": "category", "approval_rounds": 1, "final_say": "owner"}}
LETTERS = [
    ("Why people mute", SHORT),
    ("The consent banner that lost 31% of sign-ups, and the fix", WORDS),
    (LINE, LONG),
]


@pytest.fixture
def ledge(request: Any) -> Any:
    page = PageFactory(handle="maya", name="Maya Lind", cards=30)
    door = DoorFactory(page=page, slug="original-research", name="Original research")
    for number in range(getattr(request, "param", 30)):
        line, why = LETTERS[number % len(LETTERS)]
        paid = {"groups": PAID, "label": "ad"} if number % 5 == 0 else {}
        PitchFactory(waiting=True, door=door, line=line, why=why, last_day=date(2031, 5, 20), **paid)
    return page


def sign_in(page: Any) -> dict[str, str]:
    client = Client()
    client.force_login(page.owner, backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def focused(person: Any) -> str:
    return person.page.evaluate("document.activeElement.tagName")


def kinds() -> dict[str, int]:
    found = Answer.objects.held().values_list("kind", flat=True)
    return {kind: list(found).count(kind) for kind in KINDS}


def test_thirty_pitches_by_keys_alone(hand: Any, ledge: Any) -> None:
    assert (len(LINE), len(LONG)) == (LINE_LIMIT, WHY_LIMIT)
    person = hand("desktop", cookies=sign_in(ledge))
    person.page.add_init_script(LISTEN)
    person.open("/desk/inbox")
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        person.page.keyboard.press(key)

    press("s")
    for number, answer in enumerate(MIX, start=1):
        person.page.get_by_text(f"{number} of 30").first.wait_for()
        person.page.wait_for_load_state()  # its keys are there
        assert focused(person) == "H1"
        person.page.wait_for_function(READABLE, timeout=5000)
        for key in answer:
            press(key)
    person.page.get_by_role("heading", name="The ledge is clear").wait_for()
    assert kinds() == KINDS
    assert keys <= 60
    assert focused(person) == "H1"
    spoken = person.page.evaluate("spoken")
    assert [said.startswith(SAID[answer[0]]) for said, answer in zip(spoken, MIX, strict=True)] == [True] * 30
    assert spoken[-1].endswith("hat was the last one.")
    assert person.page.evaluate("sessionStorage.getItem('pointed')") is None
    assert person.strangers == []


def test_undo_takes_the_last_answer_back(hand: Any, ledge: Any) -> None:
    person = hand("desktop", cookies=sign_in(ledge))
    person.open("/desk/inbox")
    person.page.keyboard.press("s")
    person.page.get_by_text("1 of 30").first.wait_for()
    person.page.wait_for_load_state()  # its keys are there
    person.page.keyboard.press("y")
    person.page.get_by_text("2 of 30").first.wait_for()
    person.page.keyboard.press("z")
    person.page.get_by_text("1 of 30").first.wait_for()
    assert Pitch.objects.waiting().count() == 30


def test_whoever_types_after_q_writes_a_question_of_their_own(hand: Any, ledge: Any) -> None:
    person = hand("desktop", cookies=sign_in(ledge))
    person.open("/desk/inbox")
    person.page.keyboard.press("s")
    person.page.get_by_text("1 of 30").first.wait_for()
    person.page.wait_for_load_state()  # its keys are there
    person.page.keyboard.press("q")
    person.page.keyboard.type("Does the table name 2 zones?")
    assert person.page.locator("#ask_own").input_value() == "Does the table name 2 zones?"
    person.page.keyboard.press("Enter")
    person.page.get_by_text("2 of 30").first.wait_for()
    assert list(Answer.objects.values_list("kind", "text")) == [("ask", "Does the table name 2 zones?")]


@pytest.mark.long
@pytest.mark.parametrize(
    ("script", "ledge", "mix"),
    [pytest.param(True, 30, MIX, id="script"), pytest.param(False, 10, MIX[::3], id="no-script")],
    indirect=["ledge"],
)
def test_thirty_pitches_by_thumb_or_ten_without_a_script(hand: Any, ledge: Any, script: bool, mix: list[str]) -> None:
    person = hand("phone", script=script, cookies=sign_in(ledge))
    person.open("/desk/inbox")
    page = person.page
    person.tap(person.button("Start reading").first)
    panels = {"q": "Ask", "l": "Later", "n": "No"}
    for number, answer in enumerate(mix, start=1):
        page.get_by_text(f"{number} of {len(mix)}").first.wait_for()
        if script:
            page.wait_for_timeout(260)  # a second tap within a quarter of a second is a slip
        if answer == "y":
            person.tap(page.locator(".decide").get_by_role("button", name="Yes"))
            continue
        opener = page.locator(".decide").get_by_text(panels[answer[0]], exact=True)
        person.tap(opener)
        person.tap(page.locator(".panel:visible button[data-digit]").nth(int(answer[1]) - 1))
    page.get_by_role("heading", name="The ledge is clear").wait_for()
    names = [{"y": "yes", "q": "ask", "l": "later", "n": "no"}[answer[0]] for answer in mix]
    assert kinds() == {kind: names.count(kind) for kind in KINDS}
    assert person.taps <= 2 * len(mix)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_no_page_of_the_desk_has_an_accessibility_violation(hand: Any, ledge: Any, screen: str) -> None:
    person = hand(screen, cookies=sign_in(ledge))
    pitch = Pitch.objects.first()
    for path in ("/desk/inbox", "/desk/session", f"/desk/pitch/{pitch.code}", "/desk/outgoing", "/desk/follow-ups"):
        person.open(path)
        person.axe_by_day_and_night()
    person.open("/desk/inbox")
    person.button("Start reading").first.click()
    person.page.get_by_text("1 of 30").first.wait_for()
    person.axe_by_day_and_night()
