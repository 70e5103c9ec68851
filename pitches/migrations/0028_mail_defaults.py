import portal.languages
from django.db import migrations, models


class Migration(migrations.Migration):
    """Processes of the release before write rows without these columns, as long as both run."""

    dependencies = [
        ('pitches', '0027_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='unproven',
            field=models.BooleanField(db_default=False, default=False, help_text='typed, and nobody ever proved it'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='outcome',
            field=models.CharField(choices=[('open', 'open'), ('sent', 'sent'), ('retry', 'retry'), ('refused', 'refused'), ('denied', 'denied'), ('bounced', 'bounced'), ('complained', 'complained'), ('unknown', 'unknown')], default='open', max_length=10),
        ),
        migrations.AlterField(
            model_name='draft',
            name='language',
            field=models.CharField(db_default='en', default=portal.languages.now, help_text='in which whoever asked reads', max_length=12),
        ),
        migrations.AlterField(
            model_name='introduction',
            name='language',
            field=models.CharField(db_default='en', default=portal.languages.now, help_text='in which whoever asked reads', max_length=12),
        ),
        migrations.AlterField(
            model_name='message',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', help_text='in which whoever asked for it reads', max_length=12),
        ),
        migrations.AlterField(
            model_name='message',
            name='provider_id',
            field=models.CharField(blank=True, db_default='', default='', help_text='what the mail provider calls it', max_length=200),
        ),
        migrations.AlterField(
            model_name='pitch',
            name='reminders',
            field=models.BooleanField(db_default=True, default=True, help_text='may its sender be reminded of a question?'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='failures',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='tries of the webhook in a row that were not taken'),
        ),
        migrations.AlterField(
            model_name='sending',
            name='why',
            field=models.CharField(blank=True, choices=[('by_hand', 'Stopped by hand'), ('bounces', 'Too much mail comes back'), ('complaints', 'Too many people call our mail unwanted'), ('restored', 'The database is older than the mail that was sent'), ('typed', 'Too much mail to addresses that nobody proved comes back')], help_text='empty: mail goes out', max_length=10),
        ),
        migrations.AlterField(
            model_name='watch',
            name='language',
            field=models.CharField(db_default='en', default=portal.languages.now, help_text='in which whoever asked reads', max_length=12),
        ),
    ]
