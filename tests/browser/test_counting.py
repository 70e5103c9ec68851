"""The script counts characters as the server does: in code points."""

from typing import Any

import pytest

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
