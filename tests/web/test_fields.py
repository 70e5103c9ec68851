"""What no reader should meet: characters that cannot be seen."""

import pytest
from django.core.exceptions import ValidationError

from pitches.forms import PitchForm, fields
from tests.factories import DoorFactory

UNSEEN = [
    *"\x00\x07\x0b\x0c\x1b\x7f\x85\x9f",
    *"\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff",
    *"\U000e0000\U000e0001\U000e0041\U000e007f",
    "\ud800",
]


@pytest.mark.parametrize("char", UNSEEN, ids=ascii)
@pytest.mark.parametrize("lines", [True, False])
def test_what_cannot_be_seen_is_refused(char, lines):
    with pytest.raises(ValidationError) as refusal:
        fields.clean_text(f"a{char}b", lines=lines)
    assert refusal.value.code == "unseen"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"], ids=ascii)
def test_every_line_end_is_one_kind_and_a_space_in_one_line(end):
    assert fields.clean_text(f"a{end}b", lines=True) == "a\nb"
    assert fields.clean_text(f"a{end}b") == "a b"


@pytest.mark.parametrize("text", ["Zoë", "نص", "می\u200cخواهم", "👩\u200d🔬", "a\tb"])
def test_other_scripts_and_emoji_pass(text):
    assert fields.clean_text(text) == text


def test_lengths_are_counted_in_code_points():
    field = fields.Text(max_length=3)
    assert (field.clean("🎈🎈🎈"), field.widget.attrs.get("maxlength")) == ("🎈🎈🎈", None)
    with pytest.raises(ValidationError):
        field.clean("🎈🎈🎈🎈")


@pytest.mark.django_db
def test_no_text_of_a_pitch_is_cut_off_by_the_browser():
    text = str(PitchForm(door=DoorFactory.build(asks=["paid"])))
    assert [name for name in ("line", "why", "detail", "company") if f'name="{name}" maxlength' in text] == []
