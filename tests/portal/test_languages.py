"""The language of a text, measured on pitches; and slips in the host of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import languages, spelling
from tests.pitches_in_languages import TEXTS

SAME = {"zh": "zh-hans"}
SHARE = 0.97  # of the pitches that must be told right; 66 of 66 when this was written


def test_of_pitches_in_22_languages_nearly_all_are_told_right_and_none_is_told_wrong():
    told = [(SAME.get(code, code), languages.guess(text)) for code, texts in TEXTS.items() for text in texts]
    assert len(told) == 66
    assert [pair for pair in told if pair[1] not in ("", pair[0])] == []
    assert sum(wanted == found for wanted, found in told) / len(told) >= SHARE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Podcast",
        "Umfrage",
        "🎈" * 60,
        "1,200 / 300 / 44 / 2026-03-01 / 99 % / 100",
        "Warum schalten so viele Menschen Marken",
    ],
)
def test_of_what_is_too_short_or_no_language_nothing_is_said(text):
    assert languages.guess(text) == ""


def test_the_same_text_is_told_the_same_every_time():
    text = TEXTS["da"][0]
    assert {languages.guess(text) for _time in range(50)} == {"da"}


@given(st.text(max_size=400))
def test_no_text_is_too_odd(text):
    found = languages.guess(text.encode(errors="ignore").decode())
    assert found == "" or found in languages.KNOWN


def test_every_language_has_a_name_of_its_own():
    named = dict(languages.choices())
    assert (named["de"], named["el"], named["he"]) == ("Deutsch", "Ελληνικά", "עברית")
    assert len(named) == len(languages.KNOWN) == len(set(named.values()))
    assert (languages.name("de"), languages.name("nb"), languages.name("gsw")) == ("German", "Norwegian Bokmal", "gsw")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("elif@gmial.com", "elif@gmail.com"),
        ("Elif@GMAIL.CON", "elif@gmail.com"),
        ("elif@outlok.com", "elif@outlook.com"),
        ("elif@gmx.dw", "elif@gmx.de"),
        ("elif@gmail.com", ""),
        ("elif@mosaic.example", ""),
        ("elif@mail.com", ""),
        ("elif@web.dev", "elif@web.de"),
        ("elif@ab.de", ""),
        ("gmial.com", ""),
        ("", ""),
    ],
)
def test_a_slip_in_a_big_host_is_noticed(typed, meant):
    assert spelling.meant(typed) == meant
