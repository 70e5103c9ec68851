from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEXES = (
    models.Index(
        condition=models.Q(("state__in", ["arrived", "waiting"])), fields=["page", "given_lane"], name="pitch_ahead"
    ),
    models.Index(
        condition=models.Q(("standing__in", ["trusted", "known", "introduced"])),
        fields=["page", "standing", "handed_in_at"],
        name="pitch_came",
    ),
    models.Index(fields=["page", "handed_in_at"], name="pitch_handed_in"),
)


class Migration(migrations.Migration):
    """While people write on. One that was interrupted leaves a half-built index, which goes first."""

    atomic = False

    dependencies = [
        ("pitches", "0013_sat_down"),
    ]

    operations = [
        step
        for index in INDEXES
        for step in (
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop),
            AddIndexConcurrently(model_name="pitch", index=index),
        )
    ]
