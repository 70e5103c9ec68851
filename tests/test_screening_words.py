"""docs/screening.md says what the checks are, all of them and no others."""

import re
from pathlib import Path

from django.conf import settings

from pitches import likeness
from pitches.screening.checks import CHECKS, GRAVE


def test_the_screening_page_lists_every_check_and_which_are_grave():
    text = (Path(settings.BASE_DIR) / "docs" / "screening.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|) ?\|$", text, re.MULTILINE))
    assert rows.keys() == CHECKS.keys() | {likeness.FLAG}
    assert {code for code, grave in rows.items() if grave} == GRAVE
