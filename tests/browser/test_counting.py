"""The script counts characters as the server does: in code points."""

from typing import Any

import pytest

from pitches.forms.pitch import WHY_LIMIT, PitchForm
from tests.factories import DoorFactory


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Up to 90 characters"),
        ("plain", "85 characters left"),
        ("🎈" * 90, "0 characters left"),
        ("🎈" * 92, "2 characters too many"),
    ],
)
def test_an_emoji_is_one_character(hand: Any, typed: str, said: str) -> None:
    person, door = hand("desktop"), DoorFactory()
    person.open(f"/@{door.page.handle}/{door.slug}")
    line = person.page.get_by_label("In one line, what is it?")
    line.fill(typed)
    assert (line.input_value(), person.page.locator("#id_line_count").text_content()) == (typed, said)


TEXTS = [
    "one\r\ntwo\r\n\r\nthree",
    "one\rtwo\nthree",
    "  spaces around it \u00a0 ",
    "\n\nline ends around it\n",
    "e\u0301 is one letter, and so is o\u0308",
    "👩‍👩‍👧‍👦 is seven points, 🇵🇹 is two, 👍🏽 is two",
    "한글 \u1112\u1161\u11ab is one syllable",
    "नमस्ते, שָׁלוֹם, مَرْحَبًا",
    "𝕬 𐍈 🎈" * 20,
    "x" * WHY_LIMIT,
    "é" * (WHY_LIMIT + 3),
    "e\u0301" * WHY_LIMIT,
]


def test_what_is_counted_is_what_the_server_counts(hand: Any) -> None:
    person, door = hand("desktop"), DoorFactory()
    person.open(f"/@{door.page.handle}/{door.slug}")
    field, count = person.page.locator("#id_why"), person.page.locator("#id_why_count")
    told = {}
    for text in TEXTS:
        field.fill(text)
        told[text] = count.text_content()
    assert told == {text: words(text, door) for text in TEXTS}


def words(text: str, door: Any) -> str:
    """What the page has to say, by what the form of the server makes of a text as browsers send it."""
    sent = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    field = PitchForm(door=door).fields["why"]
    left = WHY_LIMIT - len(field.to_python(sent))
    return f"{left} characters left" if left >= 0 else f"{-left} characters too many"
