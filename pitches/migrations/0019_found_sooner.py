from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


def _sql(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


# Whoever goes back and forth again needs rows of which 0020 sees that they are old.
KEYS_AS_BEFORE = """
UPDATE pitches_findable kept SET keys = made.keys
FROM pitches_pitch pitch CROSS JOIN LATERAL findable_of(pitch) made WHERE kept.pitch_id = pitch.id;
"""


def _as_before() -> str:
    """The two functions of 0015 as they were, and the keys that they wrote."""
    text = _sql("0015_findable.sql")
    text = text[text.index("CREATE FUNCTION findable_of") : text.index("CREATE TRIGGER")]
    gone = (
        "search_near(bigint, text, integer)",
        "search_newest(bigint, text, text[], text[], integer)",
        "search_begun(bigint, text, integer)",
        "search_keys(text[], text[])",
        "search_configs(bigint)",
        "findable_words(bigint, text)",
        "search_span(bigint, timestamptz, timestamptz)",
        "search_moment(timestamptz)",
    )
    dropped = "".join(f"DROP FUNCTION IF EXISTS {name};\n" for name in gone)
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") + KEYS_AS_BEFORE + dropped


class Migration(migrations.Migration):
    dependencies = [
        ("pitches", "0018_ready_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="FindableWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.TextField(db_collation="C")),
                (
                    "back",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Reverse("word"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pitches.page"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["page", "word"], name="findable_word"),
                    models.Index(fields=["page", "back"], name="findable_back"),
                ],
            },
        ),
        migrations.RunSQL(_sql("0019_found_sooner.sql"), _as_before()),
    ]
