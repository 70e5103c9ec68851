from pathlib import Path

from django.db import migrations


def _sql(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _as_before() -> str:
    """The function of 0019 as it was."""
    text = _sql("0019_found_sooner.sql")
    start = text.index("CREATE FUNCTION search_newest")
    return text[start : text.index("$$;", start) + 3].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("pitches", "0025_words_compared"),
    ]

    operations = [
        migrations.RunSQL(_sql("0026_found_in_fewer_steps.sql"), _as_before()),
    ]
