"""docs/mails.md names every mail there is, with its number, and says of each whether it can be stopped."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from pitches.notify import catalogue, samples

ROW = re.compile(r"^\| (\d*) ?\| `(\w+)` \| ([^|]+) \| ([^|]+) \| (○?) ?\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows():
    """From each kind to its number and whether it can be stopped."""
    text = (Path(settings.BASE_DIR) / "docs" / "mails.md").read_text(encoding="utf-8")
    return {kind: (number, stop == "○") for number, kind, _when, _to, stop in ROW.findall(text)}


def test_the_list_names_every_kind_and_no_other(rows):
    assert rows.keys() == catalogue.KINDS.keys()


def test_the_list_says_which_can_be_stopped(rows):
    assert {kind for kind, (_number, stop) in rows.items() if stop} == catalogue.STOPPABLE


def test_the_list_has_the_numbers_of_the_code(rows):
    assert {kind: number for kind, (number, _stop) in rows.items()} == {
        kind: samples.Sample(kind).number for kind in catalogue.KINDS
    }
