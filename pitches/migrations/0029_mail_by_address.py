import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """While mail goes on. One that was interrupted leaves a half-built index, which goes first."""

    atomic = False

    dependencies = [
        ("pitches", "0028_mail_defaults"),
    ]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS message_by_address", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                django.db.models.functions.text.Upper("to"),
                models.OrderBy(models.F("id"), descending=True),
                name="message_by_address",
            ),
        ),
    ]
