from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """While people write on. One that was interrupted leaves a half-built index, which goes first."""

    atomic = False

    dependencies = [
        ("pitches", "0023_sent_at_once"),
    ]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS pitch_by_kit", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="pitch",
            index=models.Index(
                condition=models.Q(("came_from", ""), _negated=True), fields=["page", "written_at"], name="pitch_by_kit"
            ),
        ),
    ]
