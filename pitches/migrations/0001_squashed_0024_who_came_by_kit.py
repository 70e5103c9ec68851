"""All tables at once, for an empty database; one that has begun with 0001 to 0024 goes on with those.

The columns stand in the order in which 0001 to 0024 have added them. What comes later depends on 0024, not on this one: else
Django would leave it as it is on the way back to one of those, and would then go no further.
"""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pitches.models.door
import portal.tokens
from django.conf import settings
from django.contrib.postgres.operations import CreateExtension, UnaccentExtension
from django.db import migrations, models


class Together(migrations.SeparateDatabaseAndState):
    """Some tables, after one look at all models: Django looks at them again after each, and that is what takes long."""

    def state_forwards(self, app_label, state):
        vars(state).pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.state_operations:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table in reversed(self.state_operations):
            table.database_backwards(app_label, schema_editor, from_state, to_state)


def _sql(name):
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


# What 0019 adds to 0015, backwards.
AWAY = """
DROP FUNCTION search_near(bigint, text, integer);
DROP FUNCTION search_newest(bigint, text, text[], text[], integer);
DROP FUNCTION search_begun(bigint, text, integer);
DROP FUNCTION search_keys(text[], text[]);
DROP FUNCTION search_configs(bigint);
DROP FUNCTION findable_words(bigint, text);
DROP FUNCTION search_span(bigint, timestamptz, timestamptz);
DROP FUNCTION search_moment(timestamptz);
"""

TABLES = [
    migrations.CreateModel(
        name='Agency',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('domain', models.CharField(max_length=253, unique=True)),
            ('name', models.CharField(blank=True, max_length=80)),
        ],
        options={
            'verbose_name_plural': 'agencies',
        },
    ),
    migrations.CreateModel(
        name='Page',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('handle', models.CharField(max_length=30, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$', 'Use small letters, digits and hyphens.')], verbose_name='short address')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('tagline', models.CharField(blank=True, max_length=80, verbose_name='what you do, in one line')),
            ('headline', models.CharField(default='Pitch me here, not in my messages.', max_length=80)),
            ('intro', models.TextField(blank=True, max_length=600)),
            ('house_rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=160), blank=True, default=list, size=None)),
            ('paint', models.CharField(choices=[('green', 'green'), ('blue', 'blue'), ('gold', 'gold'), ('plum', 'plum'), ('red', 'red'), ('teal', 'teal')], default='teal', max_length=8)),
            ('timezone', models.CharField(default='Europe/London', max_length=64)),
            ('reading', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=9, validators=[django.core.validators.RegexValidator('^(MON|TUE|WED|THU|FRI|SAT|SUN) ([01]\\d|2[0-3]):[0-5]\\d$', 'Write an hour as TUE 09:00.')]), blank=True, default=list, size=None)),
            ('cards', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1)])),
            ('newcomer_share', models.FloatField(default=0.25, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
            ('lapse_days', models.PositiveSmallIntegerField(default=21, validators=[django.core.validators.MinValueValidator(1)])),
            ('tell_me_now', models.BooleanField(default=False)),
            ('digest', models.BooleanField(default=True)),
            ('sensitive', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
            ('shortcuts', models.BooleanField(default=True)),
            ('next_hour_at', models.DateTimeField(blank=True, null=True)),
            ('published_at', models.DateTimeField(blank=True, null=True)),
            ('created_at', models.DateTimeField(auto_now_add=True)),
            ('owner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='page', to=settings.AUTH_USER_MODEL)),
            ('full_since', models.DateTimeField(blank=True, help_text='since when no date can be promised to a first acquaintance', null=True)),
            ('hidden_at', models.DateTimeField(blank=True, null=True)),
            ('holiday_from', models.DateField(blank=True, help_text='local; the first day without reading hours', null=True)),
            ('holiday_until', models.DateField(blank=True, help_text='the last day without reading hours', null=True)),
            ('promise_days', models.PositiveSmallIntegerField(default=21, help_text='doors close before a date further away is promised', validators=[django.core.validators.MinValueValidator(1)])),
            ('quiet_from', models.TimeField(blank=True, help_text='local; mails of the hour wait for quiet_to', null=True)),
            ('quiet_to', models.TimeField(blank=True, null=True)),
            ('version', models.PositiveIntegerField(default=1)),
            ('example_over_at', models.DateTimeField(blank=True, help_text='the example was sent away', null=True)),
            ('read_anyway_on', models.DateField(blank=True, help_text='local; the list is not dimmed on this day', null=True)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('next_hour_at__isnull', False)), fields=['next_hour_at'], name='page_hour_due')],
            'constraints': [models.CheckConstraint(condition=models.Q(('handle__regex', '^[a-z0-9-]{1,30}$')), name='page_handle_small'), models.CheckConstraint(condition=models.Q(('newcomer_share__gte', 0), ('newcomer_share__lte', 1)), name='page_share'), models.CheckConstraint(condition=models.Q(('cards__gte', 1)), name='page_cards'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_to', None)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False)), _connector='OR'), name='page_quiet_has_both_ends'), models.CheckConstraint(condition=models.Q(models.Q(('holiday_from', None), ('holiday_until', None)), ('holiday_until__gte', models.F('holiday_from')), _connector='OR'), name='page_holiday_has_both_ends')],
        },
    ),
    migrations.CreateModel(
        name='Door',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('slug', models.SlugField(max_length=40)),
            ('name', models.CharField(max_length=60)),
            ('blurb', models.CharField(blank=True, max_length=120)),
            ('state', models.CharField(choices=[('open', 'Open'), ('until', 'Open until'), ('invited', 'By invitation'), ('closed', 'Closed')], default='open', max_length=8)),
            ('opens_at', models.DateTimeField(blank=True, null=True)),
            ('until', models.DateTimeField(blank=True, null=True)),
            ('reason', models.CharField(blank=True, max_length=280)),
            ('tiers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=pitches.models.door.all_tiers, size=None)),
            ('places_per_week', models.PositiveSmallIntegerField(blank=True, null=True)),
            ('wants', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
            ('not_here', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
            ('may_ask', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=pitches.models.door.usual_asks, size=None)),
            ('asks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
            ('floor_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
            ('floor_currency', models.CharField(blank=True, max_length=3)),
            ('paint', models.CharField(choices=[('green', 'green'), ('blue', 'blue'), ('gold', 'gold'), ('plum', 'plum'), ('red', 'red'), ('teal', 'teal')], default='green', max_length=8)),
            ('position', models.PositiveSmallIntegerField(default=0)),
            ('version', models.PositiveIntegerField(default=1)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='doors', to='pitches.page')),
            ('announced', models.BooleanField(default=False, help_text='was it open for first acquaintances when last looked at?')),
            ('full_until', models.DateTimeField(blank=True, help_text='the places of the week are taken until then', null=True)),
            ('next_wave_at', models.DateTimeField(blank=True, help_text='when the next watchers are told', null=True)),
            ('questions', models.JSONField(blank=True, default=list, help_text="the owner's own: [{text, required}], at most two")),
            ('taken_down_at', models.DateTimeField(blank=True, null=True)),
            ('topic', models.CharField(blank=True, help_text='an id of the IAB Content Taxonomy 3.1', max_length=8)),
            ('turns_at', models.DateTimeField(blank=True, help_text='when it opens or closes by itself', null=True)),
            ('takes_files', models.BooleanField(default=False, help_text='from people the owner knows or trusts')),
        ],
        options={
            'ordering': ['position', 'pk'],
            'indexes': [models.Index(condition=models.Q(('turns_at__isnull', False)), fields=['turns_at'], name='door_turns'), models.Index(condition=models.Q(('next_wave_at__isnull', False)), fields=['next_wave_at'], name='door_wave')],
            'constraints': [models.UniqueConstraint(fields=('page', 'slug'), name='door_slug_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'until'), _negated=True), ('until__isnull', False), _connector='OR'), name='door_until_has_a_date', violation_error_message='A door that is open until a date needs the date.'), models.CheckConstraint(condition=models.Q(('until', None), ('opens_at', None), ('until__gt', models.F('opens_at')), _connector='OR'), name='door_closes_after_it_opens', violation_error_message='A door must close after it opens.'), models.CheckConstraint(condition=models.Q(('floor_amount', None), models.Q(('floor_currency', ''), _negated=True), _connector='OR'), name='door_floor_has_a_currency', violation_error_message='A floor needs a currency.')],
        },
    ),
    migrations.CreateModel(
        name='ReadingSession',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('cards', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='pitches, in order', size=None)),
            ('began_at', models.DateTimeField()),
            ('touched_at', models.DateTimeField()),
            ('ended_at', models.DateTimeField(blank=True, null=True)),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reading_sessions', to='pitches.page')),
            ('paused_at', models.DateTimeField(blank=True, help_text='it goes on at the same card', null=True)),
        ],
        options={
            'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('page',), name='session_one_at_a_time')],
        },
    ),
    migrations.CreateModel(
        name='Sender',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('email', models.EmailField(max_length=254)),
            ('mailbox', models.CharField(help_text='the address without case', max_length=254, unique=True)),
            ('canonical', models.CharField(db_index=True, help_text='without its plus-tag, for blocks and pauses', max_length=254)),
            ('name', models.CharField(blank=True, max_length=80)),
            ('company', models.CharField(blank=True, max_length=80)),
            ('proven_at', models.DateTimeField(blank=True, help_text='none: nobody has shown that it is theirs', null=True)),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='pitches.agency')),
        ],
        options={
            'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='sender_email_once')],
        },
    ),
    migrations.CreateModel(
        name='Relationship',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('rung', models.CharField(choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], default='stranger', max_length=12)),
            ('blocked', models.BooleanField(default=False)),
            ('paused_until', models.DateTimeField(blank=True, null=True)),
            ('door', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.door')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='pitches.page')),
            ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='pitches.sender')),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='pitches.agency')),
            ('by_hand', models.BooleanField(default=False, help_text="the rung rests on the owner's hand")),
            ('fades_at', models.DateTimeField(blank=True, help_text='when the oldest evidence counts no more', null=True)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('fades_at__isnull', False)), fields=['fades_at'], name='relationship_fades')],
            'constraints': [models.CheckConstraint(condition=models.Q(('rung__in', ['stranger', 'introduced', 'known', 'trusted'])), name='relationship_rung'), models.UniqueConstraint(fields=('page', 'sender', 'agency', 'door'), name='relationship_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('sender', None), ('agency', None), _connector='XOR'), name='relationship_of_one')],
        },
    ),
    migrations.CreateModel(
        name='Device',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('token_hash', models.CharField(max_length=64)),
            ('expires_at', models.DateTimeField()),
            ('sender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='pitches.sender')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('token_hash', 'sender'), name='device_once_per_sender')],
        },
    ),
    migrations.CreateModel(
        name='DoorVersion',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('version', models.PositiveIntegerField()),
            ('stood', models.JSONField(help_text='the fields of doors.KEPT as they were')),
            ('at', models.DateTimeField()),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='pitches.door')),
        ],
        options={
            'ordering': ['version'],
            'constraints': [models.UniqueConstraint(fields=('door', 'version'), name='door_version_once')],
        },
    ),
    migrations.CreateModel(
        name='Handle',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('handle', models.CharField(max_length=30, unique=True)),
            ('skeleton', models.CharField(db_index=True, help_text='look-alikes share it: domains.skeleton()', max_length=60)),
            ('until', models.DateTimeField(blank=True, help_text='free again from then; none for one in use', null=True)),
            ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='handles', to='pitches.page')),
        ],
    ),
    migrations.CreateModel(
        name='Introduction',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('email', models.EmailField(max_length=254)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('at', models.DateTimeField()),
            ('proven_at', models.DateTimeField(blank=True, null=True)),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions', to='pitches.door')),
            ('browser', models.CharField(blank=True, help_text='digest of the mark of whoever typed it', max_length=64)),
        ],
        options={
            'indexes': [models.Index(django.db.models.functions.text.Lower('email'), models.F('at'), name='introduction_of_mailbox')],
        },
    ),
    migrations.CreateModel(
        name='Key',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('note', models.CharField(blank=True, help_text="the owner's words: for whom", max_length=80)),
            ('email', models.EmailField(blank=True, help_text='the only mailbox that it works for', max_length=254)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('most_uses', models.PositiveSmallIntegerField(default=1)),
            ('uses', models.PositiveSmallIntegerField(default=0)),
            ('expires_at', models.DateTimeField()),
            ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ('given_at', models.DateTimeField()),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='pitches.door')),
        ],
        options={
            'ordering': ['-pk'],
            'constraints': [models.CheckConstraint(condition=models.Q(('uses__lte', models.F('most_uses'))), name='key_not_used_too_often')],
        },
    ),
    migrations.CreateModel(
        name='Portrait',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('image', models.BinaryField(help_text='WebP')),
            ('digest', models.CharField(help_text='part of its address, so that it may be cached for ever', max_length=16)),
            ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='portrait', to='pitches.page')),
        ],
    ),
    migrations.CreateModel(
        name='ReplyLink',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('who', models.CharField(help_text="whoever wrote, in the owner's words", max_length=120)),
            ('channel', models.CharField(choices=[('message', 'A message'), ('mention', 'A mention'), ('mail', 'A mail'), ('comment', 'A comment')], max_length=12)),
            ('said_on', models.DateField(help_text="when the message came, in the owner's zone")),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('made_at', models.DateTimeField()),
            ('expires_at', models.DateTimeField()),
            ('used_at', models.DateTimeField(blank=True, null=True)),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reply_links', to='pitches.door')),
        ],
        options={
            'ordering': ['-pk'],
        },
    ),
    migrations.CreateModel(
        name='Watch',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('email', models.EmailField(blank=True, max_length=254)),
            ('mailbox', models.CharField(blank=True, help_text='the address without case', max_length=254)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('asked_at', models.DateTimeField()),
            ('confirmed_at', models.DateTimeField(blank=True, null=True)),
            ('told_at', models.DateTimeField(blank=True, null=True)),
            ('stopped_at', models.DateTimeField(blank=True, null=True)),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='pitches.door')),
            ('browser', models.CharField(blank=True, help_text='digest of the mark of whoever asked first', max_length=64)),
        ],
        options={
            'verbose_name_plural': 'watches',
            'indexes': [models.Index(condition=models.Q(('confirmed_at__isnull', False), ('stopped_at', None), ('told_at', None)), fields=['door', 'confirmed_at'], name='watch_waiting')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('mailbox', ''), _negated=True), fields=('door', 'mailbox'), name='watch_once_per_mailbox')],
        },
    ),
    migrations.CreateModel(
        name='Draft',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('email', models.EmailField(max_length=254)),
            ('form_key', models.UUIDField(help_text='of the form; the pitch that comes of it has the same', unique=True)),
            ('words', models.BinaryField(help_text='tokens.lock(): what was typed, as JSON')),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('browser', models.CharField(blank=True, help_text='digest of the mark of whoever wrote it', max_length=64)),
            ('at', models.DateTimeField()),
            ('expires_at', models.DateTimeField()),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='pitches.door')),
        ],
        options={
            'indexes': [models.Index(fields=['expires_at'], name='draft_expires')],
        },
    ),
    migrations.CreateModel(
        name='Mailbox',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('digest', models.CharField(help_text='keyed hash of the canonical address', max_length=64, unique=True)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('began_at', models.DateTimeField(blank=True, help_text='the first mail of the last 24 hours', null=True)),
            ('sent', models.PositiveSmallIntegerField(default=0, help_text='mails since then')),
            ('browser', models.CharField(blank=True, help_text='digest of the mark of whoever asked for the first', max_length=64)),
            ('never_at', models.DateTimeField(blank=True, help_text='said: this was not me', null=True)),
            ('codes', models.PositiveSmallIntegerField(default=0, help_text='how many of them carried a code')),
        ],
        options={
            'verbose_name_plural': 'mailboxes',
        },
    ),
    migrations.CreateModel(
        name='Assistant',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(max_length=80)),
            ('email', models.EmailField(max_length=254)),
            ('mailbox', models.CharField(help_text='the address without case', max_length=254)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('invited_at', models.DateTimeField()),
            ('joined_at', models.DateTimeField(blank=True, help_text='agreed, with the mailed link', null=True)),
            ('left_at', models.DateTimeField(blank=True, help_text='was removed, or wanted no more of it', null=True)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assistants', to='pitches.page')),
            ('role', models.CharField(choices=[('mail', 'takes what was accepted, by mail'), ('reader', 'may look'), ('screener', 'may sort, not answer'), ('assistant', 'may answer'), ('owner', 'owner')], default='mail', max_length=12)),
        ],
        options={
            'ordering': ['pk'],
            'indexes': [models.Index(condition=models.Q(('joined_at__isnull', False), ('left_at', None)), fields=['mailbox'], name='assistant_seat')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('page', 'mailbox'), name='assistant_once'), models.CheckConstraint(condition=models.Q(('role__in', ['mail', 'reader', 'screener', 'assistant'])), name='assistant_role')],
        },
    ),
    migrations.CreateModel(
        name='Pitch',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('door_version', models.PositiveIntegerField()),
            ('code', models.CharField(max_length=40, unique=True, verbose_name='reference')),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ('form_key', models.UUIDField(unique=True)),
            ('line', models.CharField(max_length=90)),
            ('why', models.CharField(max_length=400)),
            ('link', models.CharField(max_length=500)),
            ('link_host', models.CharField(max_length=253)),
            ('ask', models.CharField(choices=[('write', 'Write about it, or not'), ('reply', 'A reply'), ('quote', 'A quote'), ('slot', 'A paid slot'), ('try', 'Try a product')], max_length=8)),
            ('payer', models.CharField(choices=[('client', 'A client'), ('own', 'It is our own'), ('nobody', 'Nobody')], max_length=8)),
            ('last_day', models.DateField(blank=True, null=True)),
            ('detail', models.TextField(blank=True, max_length=1200)),
            ('language', models.CharField(default='en', max_length=12)),
            ('category', models.CharField(blank=True, max_length=8)),
            ('groups', models.JSONField(blank=True, default=dict)),
            ('name', models.CharField(max_length=80)),
            ('company', models.CharField(max_length=80)),
            ('email', models.EmailField(max_length=254)),
            ('state', models.CharField(choices=[('unproven', 'Waiting for the code'), ('arrived', 'Just handed in'), ('waiting', 'On the ledge'), ('held', 'Held aside'), ('quarantine', 'In quarantine'), ('asked', 'Waiting for them'), ('later', 'Later'), ('accepted', 'Yes'), ('declined', 'No'), ('wrong_door', 'Wrong door'), ('withdrawn', 'Taken back'), ('lapsed', 'Unanswered')], default='unproven', max_length=12)),
            ('lane', models.CharField(blank=True, choices=[('trusted', 'People I trust'), ('known', 'People I know'), ('first_knock', 'First knock'), ('held', 'Held aside'), ('quarantine', 'Quarantine')], max_length=12)),
            ('standing', models.CharField(blank=True, choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], help_text='when it was routed', max_length=12)),
            ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
            ('suspect', models.BooleanField(default=False, help_text='screening found enough for quarantine')),
            ('label', models.CharField(blank=True, max_length=12)),
            ('written_at', models.DateTimeField()),
            ('handed_in_at', models.DateTimeField(blank=True, null=True)),
            ('promised_for', models.DateTimeField(blank=True, null=True)),
            ('lapses_at', models.DateTimeField(blank=True, null=True)),
            ('back_at', models.DateTimeField(blank=True, null=True)),
            ('nudged_at', models.DateTimeField(blank=True, null=True)),
            ('door', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='pitches', to='pitches.door')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pitches', to='pitches.page')),
            ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pitches', to='pitches.sender')),
            ('came_from', models.CharField(blank=True, choices=[('message', 'A message'), ('mention', 'A mention'), ('mail', 'A mail'), ('comment', 'A comment'), ('bio', 'The bio line'), ('badge', 'The badge'), ('signature', 'The mail signature'), ('qr', 'The QR code')], help_text='the kind of link that led here', max_length=12)),
            ('told_until', models.DateTimeField(blank=True, help_text='the lapse day that the receipt names', null=True)),
            ('key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pitches.key')),
            ('reply_link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pitches.replylink')),
            ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ('again_of', models.ForeignKey(blank=True, help_text='an earlier one that may be tried again', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tried_again', to='pitches.pitch')),
            ('browser', models.CharField(blank=True, help_text='digest of its mark; gone once handed in', max_length=64)),
            ('cluster', models.BigIntegerField(blank=True, help_text='the first pitch of those that read alike, on any page', null=True)),
            ('moved_from', models.ForeignKey(blank=True, help_text='the wrong door, once', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='pitches.door')),
            ('opened_at', models.DateTimeField(blank=True, help_text='first read; never told to the sender', null=True)),
            ('prints', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='bands of its fingerprint (likeness.py)', size=None)),
            ('version', models.PositiveSmallIntegerField(default=1, help_text='counts what the sender changed')),
            ('given_lane', models.CharField(blank=True, choices=[('trusted', 'People I trust'), ('known', 'People I know'), ('first_knock', 'First knock'), ('held', 'Held aside'), ('quarantine', 'Quarantine')], help_text='by its standing and the rules, when it was handed in', max_length=12)),
            ('machine_for', models.CharField(blank=True, help_text="a machine wrote it, in this person's name", max_length=80)),
            ('ruled', models.CharField(blank=True, help_text='whose rule gave it: standing, door, agency; or none', max_length=12)),
            ('assigned_to', models.ForeignKey(blank=True, help_text='who looks after it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pitches.assistant')),
            ('back_when_open', models.BooleanField(default=False, help_text='with later: back as soon as the door opens, at the latest on back_at')),
            ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, help_text='of the desk; never shown to its sender', size=None)),
        ],
        options={
            'verbose_name_plural': 'pitches',
            'indexes': [models.Index(fields=['page', 'state', 'lane', 'handed_in_at'], name='pitch_ledge'), models.Index(fields=['sender', 'page', '-handed_in_at'], name='pitch_of_sender'), models.Index(condition=models.Q(('state__in', ['waiting', 'held', 'quarantine', 'asked'])), fields=['lapses_at'], name='pitch_lapse_due'), models.Index(condition=models.Q(('state', 'later')), fields=['back_at'], name='pitch_back_due'), models.Index(condition=models.Q(('state', 'unproven')), fields=['written_at'], name='pitch_unproven'), models.Index(django.db.models.functions.text.Lower('email'), condition=models.Q(('state', 'unproven')), name='pitch_unproven_email'), django.contrib.postgres.indexes.GinIndex(fields=['prints'], name='pitch_prints'), models.Index(condition=models.Q(('cluster__isnull', False)), fields=['cluster'], name='pitch_cluster'), models.Index(condition=models.Q(('state__in', ['arrived', 'waiting'])), fields=['page', 'given_lane'], name='pitch_ahead'), models.Index(condition=models.Q(('standing__in', ['trusted', 'known', 'introduced'])), fields=['page', 'standing', 'handed_in_at'], name='pitch_came'), models.Index(fields=['page', 'handed_in_at'], name='pitch_handed_in'), models.Index(condition=models.Q(('came_from', ''), _negated=True), fields=['page', 'written_at'], name='pitch_by_kit')],
            'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['unproven', 'arrived', 'waiting', 'held', 'quarantine', 'asked', 'later', 'accepted', 'declined', 'wrong_door', 'withdrawn', 'lapsed'])), name='pitch_known_state'), models.CheckConstraint(condition=models.Q(('state', 'unproven'), models.Q(('handed_in_at__isnull', False), ('sender__isnull', False)), _connector='OR'), name='pitch_proven_has_sender'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'later'), _negated=True), ('back_at__isnull', False), _connector='OR'), name='pitch_later_has_date')],
        },
    ),
    migrations.CreateModel(
        name='Answer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('kind', models.CharField(choices=[('yes', 'Yes'), ('ask', 'Question'), ('later', 'Later'), ('no', 'No'), ('wrong_door', 'Wrong door')], max_length=12)),
            ('reason', models.CharField(blank=True, choices=[('not_my_topic', 'Not my topic'), ('covered', 'I have covered it'), ('not_now', 'Not now, ask me later'), ('no_proof', 'No proof I can check'), ('advert', 'Too close to an advert'), ('not_for_readers', 'Not right for my readers'), ('no_reason', 'I would rather not say why'), ('own_line', 'Write my own line'), ('no_time', 'I did not get to it')], max_length=16)),
            ('text', models.CharField(blank=True, max_length=280)),
            ('was', models.CharField(choices=[('unproven', 'Waiting for the code'), ('arrived', 'Just handed in'), ('waiting', 'On the ledge'), ('held', 'Held aside'), ('quarantine', 'In quarantine'), ('asked', 'Waiting for them'), ('later', 'Later'), ('accepted', 'Yes'), ('declined', 'No'), ('wrong_door', 'Wrong door'), ('withdrawn', 'Taken back'), ('lapsed', 'Unanswered')], help_text='where undo brings the pitch back to', max_length=12)),
            ('lapsed_at', models.DateTimeField(blank=True, help_text='when the pitch would lapse, for undo', null=True)),
            ('until', models.DateField(blank=True, help_text='with later: when it comes back; with not now: from when it may be tried again', null=True)),
            ('given_at', models.DateTimeField()),
            ('goes_out_at', models.DateTimeField(blank=True, help_text='set when the session ends', null=True)),
            ('sent_at', models.DateTimeField(blank=True, null=True)),
            ('undone_at', models.DateTimeField(blank=True, null=True)),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='pitches.pitch')),
            ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answers', to='pitches.readingsession')),
            ('door', models.ForeignKey(blank=True, help_text='the right one', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='pitches.door')),
            ('batch', models.UUIDField(blank=True, help_text='given at one press, and undone at one', null=True)),
            ('said_by', models.CharField(blank=True, help_text='who answered for the owner; empty: the owner', max_length=80)),
            ('words', models.TextField(blank=True, help_text='the ready text as the owner words it, filled in; empty: the usual')),
            ('again', models.CharField(blank=True, help_text='what would change a no; empty: the usual', max_length=280)),
            ('fits', models.CharField(blank=True, choices=[('here', 'at the same door'), ('by_date', 'at the same door, from a day on'), ('elsewhere', 'another idea, behind another door'), ('paid', 'where a door takes paid slots'), ('open', 'left open')], help_text='empty: as the reason says', max_length=12)),
            ('label', models.CharField(blank=True, help_text='of the ready answer; only the desk shows it', max_length=60)),
            ('when_open', models.BooleanField(default=False, help_text='with later: sooner, if the door opens')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('sent_at', None), ('undone_at', None)), fields=['goes_out_at'], name='answer_due'), models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='answer_batch')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('sent_at', None), ('undone_at', None)), fields=('pitch',), name='answer_one_held_per_pitch'), models.CheckConstraint(condition=models.Q(('kind', 'no'), ('reason', ''), _connector='XOR'), name='answer_no_has_reason'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('undone_at', None), _connector='OR'), name='answer_sent_or_undone'), models.CheckConstraint(condition=models.Q(('kind', 'wrong_door'), ('door', None), _connector='XOR'), name='answer_names_a_door')],
        },
    ),
    migrations.CreateModel(
        name='Handoff',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('standing', models.CharField(choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], max_length=12)),
            ('follow_up_on', models.DateField()),
            ('done_at', models.DateTimeField(blank=True, null=True)),
            ('pitch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='handoff', to='pitches.pitch')),
            ('brief', models.CharField(blank=True, max_length=400)),
            ('due_on', models.DateField(blank=True, help_text='the agreed day, local', null=True)),
            ('given', models.JSONField(blank=True, default=list, help_text='the answers to them, in order')),
            ('given_at', models.DateTimeField(blank=True, null=True)),
            ('next_step', models.CharField(blank=True, max_length=400)),
            ('questions', models.JSONField(blank=True, default=list, help_text='what must still be given: [{text, required}]')),
            ('assistant', models.ForeignKey(blank=True, help_text='who takes it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='handoffs', to='pitches.assistant')),
            ('counts_at', models.DateTimeField(blank=True, help_text='until then the outcome may be undone; empty once it is evidence', null=True)),
            ('outcome', models.CharField(blank=True, choices=[('by_hand', 'Set by hand'), ('imported', 'Brought from elsewhere'), ('introduced', 'Introduced'), ('accepted', 'A yes'), ('delivered', 'Delivered as agreed'), ('late', 'Delivered late'), ('off_topic', 'Not the topic'), ('nagged', 'Nagged'), ('embargo_kept', 'Kept an embargo'), ('embargo_broken', 'Broke an embargo'), ('scam', 'Tried to deceive'), ('bounced', 'Their mail came back'), ('taken_back', 'Taken back by hand')], help_text='what became of it', max_length=16)),
            ('outcome_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
        ],
        options={
            'ordering': ['follow_up_on', 'pk'],
            'indexes': [models.Index(condition=models.Q(('counts_at__isnull', False)), fields=['counts_at'], name='handoff_counts_due')],
        },
    ),
    migrations.CreateModel(
        name='Event',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('lease', models.UUIDField(editable=False, null=True)),
            ('lease_until', models.DateTimeField(editable=False, null=True)),
            ('attempts', models.PositiveSmallIntegerField(default=0)),
            ('was', models.CharField(blank=True, choices=[('unproven', 'Waiting for the code'), ('arrived', 'Just handed in'), ('waiting', 'On the ledge'), ('held', 'Held aside'), ('quarantine', 'In quarantine'), ('asked', 'Waiting for them'), ('later', 'Later'), ('accepted', 'Yes'), ('declined', 'No'), ('wrong_door', 'Wrong door'), ('withdrawn', 'Taken back'), ('lapsed', 'Unanswered')], max_length=12)),
            ('what', models.CharField(choices=[('unproven', 'Waiting for the code'), ('arrived', 'Just handed in'), ('waiting', 'On the ledge'), ('held', 'Held aside'), ('quarantine', 'In quarantine'), ('asked', 'Waiting for them'), ('later', 'Later'), ('accepted', 'Yes'), ('declined', 'No'), ('wrong_door', 'Wrong door'), ('withdrawn', 'Taken back'), ('lapsed', 'Unanswered'), ('code_asked', 'Asked for another code'), ('answer_sent', 'The answer went out'), ('nudged', 'Nudged'), ('replied', 'Answered the question'), ('changed', 'Changed the pitch'), ('followed_up', 'Followed up with a change'), ('noted', 'Added a note'), ('hour_began', 'The reading hour began'), ('sat_down', 'Began to read'), ('published', 'The page went up'), ('page_changed', 'The page was changed'), ('door_changed', 'The door was changed'), ('door_opened', 'The door opened'), ('door_closed', 'The door closed'), ('watch_asked', 'Asked to be told when it opens'), ('key_given', 'A key was given'), ('introduced', 'Somebody said who they are'), ('drafted', 'Asked for a link to go on writing'), ('terms_agreed', 'The embargo was accepted'), ('rules_kept', 'The rules were changed'), ('supplied', 'Gave what was still needed'), ('offered', 'Made a counter-proposal'), ('agreed', 'Agreed on terms'), ('disagreed', 'Declined a counter-proposal'), ('outcome', 'Noted what became of it'), ('assisted', 'Was asked to help'), ('joined', 'Began to help'), ('left', 'Helps no more'), ('role_changed', 'May do something else'), ('assigned', 'Given to somebody to look after'), ('tagged', 'Tags were changed'), ('remarked', 'A note of the desk'), ('sent_now', 'Sent the answer at once'), ('book_taken', 'Took the book out')], max_length=12)),
            ('note', models.TextField(blank=True, help_text='words that belong to the event, such as a reply')),
            ('queue', models.CharField(max_length=8)),
            ('at', models.DateTimeField()),
            ('reacted_at', models.DateTimeField(blank=True, null=True)),
            ('dead', models.BooleanField(default=False, help_text='its reactions failed too often; an operator must look')),
            ('error', models.CharField(blank=True, max_length=500)),
            ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='pitches.page')),
            ('pitch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='pitches.pitch')),
            ('door', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='pitches.door')),
        ],
        options={
            'ordering': ['pk'],
            'indexes': [models.Index(condition=models.Q(('dead', False), ('reacted_at', None)), fields=['queue', 'id'], name='event_unreacted'), models.Index(condition=models.Q(('what__in', ('assisted', 'joined', 'left', 'role_changed'))), fields=['page', 'id'], name='event_helping')],
        },
    ),
    migrations.CreateModel(
        name='Proof',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('salt', models.CharField(default=portal.tokens.seed, editable=False, max_length=32)),
            ('code_hash', models.CharField(editable=False, max_length=64)),
            ('tries', models.PositiveSmallIntegerField(default=0, help_text='on the page that asked for it')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ('expires_at', models.DateTimeField()),
            ('pitch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='pitches.pitch')),
            ('introduction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='pitches.introduction')),
            ('tries_elsewhere', models.PositiveSmallIntegerField(default=0, help_text='on all other pages of the mailbox')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('introduction__isnull', False), ('pitch', None)), models.Q(('introduction', None), ('pitch__isnull', False)), _connector='OR'), name='proof_of_one_thing')],
        },
    ),
    migrations.CreateModel(
        name='Embargo',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('lifts_at', models.DateTimeField()),
            ('zone', models.CharField(help_text='in which the sender named the moment', max_length=64)),
            ('sealed', models.BinaryField(help_text='tokens.lock(); gone when the pitch ends without acceptance', null=True)),
            ('accepted_at', models.DateTimeField(blank=True, null=True)),
            ('accepted_text', models.TextField(blank=True, help_text='the terms as they were shown, word for word')),
            ('accepted_digest', models.CharField(blank=True, help_text='SHA-256 of accepted_text', max_length=64)),
            ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='embargo', to='pitches.pitch')),
        ],
    ),
    migrations.CreateModel(
        name='Attachment',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('key', models.CharField(default=portal.tokens.seed, editable=False, help_text='its address', max_length=32, unique=True)),
            ('name', models.CharField(help_text='as its sender called it, without a path', max_length=120)),
            ('kind', models.CharField(help_text='media type, by content and by ending', max_length=40)),
            ('size', models.PositiveIntegerField(help_text='bytes')),
            ('content', models.BinaryField()),
            ('at', models.DateTimeField()),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='pitches.pitch')),
        ],
        options={
            'ordering': ['pk'],
        },
    ),
    migrations.CreateModel(
        name='Revision',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('version', models.PositiveSmallIntegerField(help_text='the version of the pitch that it made')),
            ('kind', models.CharField(choices=[('change', 'Changed before it was read'), ('follow_up', 'Followed up'), ('move', 'Moved to another door')], max_length=12)),
            ('was', models.JSONField(help_text='{name of the answer: as it was}')),
            ('became', models.JSONField(help_text='{name of the answer: as it is}')),
            ('at', models.DateTimeField()),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='pitches.pitch')),
        ],
        options={
            'ordering': ['version'],
            'constraints': [models.UniqueConstraint(fields=('pitch', 'version'), name='revision_once')],
        },
    ),
    migrations.CreateModel(
        name='Call',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('lease', models.UUIDField(editable=False, null=True)),
            ('lease_until', models.DateTimeField(editable=False, null=True)),
            ('attempts', models.PositiveSmallIntegerField(default=0)),
            ('event', models.CharField(help_text='what happened, such as pitch.accepted', max_length=24)),
            ('url', models.URLField(max_length=500)),
            ('seed', models.CharField(editable=False, help_text='of the key that signs it', max_length=32)),
            ('dedupe', models.CharField(help_text='one call per event; also its webhook-id', max_length=120, unique=True)),
            ('queue', models.CharField(max_length=8)),
            ('state', models.CharField(choices=[('pending', 'Waiting'), ('done', 'Told'), ('dead', 'Failed')], default='pending', max_length=8)),
            ('next_at', models.DateTimeField(help_text='not before this moment')),
            ('error', models.CharField(blank=True, max_length=500)),
            ('created_at', models.DateTimeField()),
            ('done_at', models.DateTimeField(blank=True, null=True)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='pitches.page')),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='pitches.pitch')),
        ],
        options={
            'ordering': ['pk'],
            'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['queue', 'next_at'], name='call_due')],
        },
    ),
    migrations.CreateModel(
        name='Contact',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(blank=True, help_text='as the owner wrote it; never shown to anybody else', max_length=80)),
            ('company', models.CharField(blank=True, max_length=80)),
            ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='pitches.agency')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='pitches.page')),
            ('same_as', models.ForeignKey(blank=True, help_text='one person', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='others', to='pitches.contact')),
            ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='pitches.sender')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('page', 'sender', 'agency'), name='contact_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('sender', None), ('agency', None), _connector='XOR'), name='contact_of_one'), models.CheckConstraint(condition=models.Q(('same_as', None), ('sender__isnull', False), _connector='OR'), name='contact_same_person')],
        },
    ),
    migrations.CreateModel(
        name='DomainProof',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('way', models.CharField(choices=[('mail', 'by mail to a role address'), ('dns', 'by a DNS record')], max_length=8)),
            ('role', models.CharField(blank=True, help_text='the name before the @ that got the mail', max_length=24)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, help_text='of the code and of the record', max_length=32)),
            ('tries', models.PositiveSmallIntegerField(default=0)),
            ('asked_at', models.DateTimeField()),
            ('expires_at', models.DateTimeField(help_text='of the request, and then of the proof')),
            ('proven_at', models.DateTimeField(blank=True, null=True)),
            ('looked_at', models.DateTimeField(blank=True, help_text='when the record was last looked for', null=True)),
            ('look_due', models.DateTimeField(blank=True, help_text='when it is looked for next', null=True)),
            ('found', models.CharField(blank=True, help_text='what the last look said, in words', max_length=200)),
            ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='pitches.agency')),
            ('sender', models.ForeignKey(help_text='who asked', on_delete=django.db.models.deletion.CASCADE, related_name='domain_proofs', to='pitches.sender')),
        ],
        options={
            'ordering': ['-pk'],
            'indexes': [models.Index(condition=models.Q(('look_due__isnull', False)), fields=['look_due'], name='domain_proof_due')],
        },
    ),
    migrations.CreateModel(
        name='Note',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('text', models.CharField(max_length=1000)),
            ('at', models.DateTimeField()),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='pitches.contact')),
        ],
        options={
            'ordering': ['-pk'],
        },
    ),
    migrations.CreateModel(
        name='Offer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('by_owner', models.BooleanField()),
            ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
            ('currency', models.CharField(blank=True, max_length=3)),
            ('day', models.DateField(blank=True, help_text="the owner's local date by which all is there", null=True)),
            ('deliverables', models.CharField(max_length=280)),
            ('note', models.CharField(blank=True, max_length=280)),
            ('made_at', models.DateTimeField()),
            ('goes_out_at', models.DateTimeField(help_text='until then its author may undo it, and nobody else sees it')),
            ('state', models.CharField(choices=[('open', 'Waits for an answer'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('countered', 'Answered with another'), ('undone', 'Undone before it went out')], default='open', max_length=10)),
            ('settled_at', models.DateTimeField(blank=True, null=True)),
            ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='pitches.pitch')),
            ('said_by', models.CharField(blank=True, help_text='who made it, or declined it, for the owner; empty: the owner', max_length=80)),
        ],
        options={
            'ordering': ['pk'],
            'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'undone'), _negated=True), fields=('pitch', 'by_owner'), name='offer_once_each_way'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('pitch',), name='offer_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('amount', None), ('currency', '')), models.Q(models.Q(('amount', None), _negated=True), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='offer_amount_has_currency')],
        },
    ),
    migrations.CreateModel(
        name='Message',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('lease', models.UUIDField(editable=False, null=True)),
            ('lease_until', models.DateTimeField(editable=False, null=True)),
            ('attempts', models.PositiveSmallIntegerField(default=0)),
            ('kind', models.CharField(help_text='a function of notify/catalogue.py', max_length=24)),
            ('dedupe', models.CharField(help_text='one message per event', max_length=120, unique=True)),
            ('to', models.EmailField(max_length=254)),
            ('sealed', models.BinaryField(help_text='codes and other words that must not rest in plain; gone once sent', null=True)),
            ('queue', models.CharField(max_length=8)),
            ('state', models.CharField(choices=[('pending', 'Waiting'), ('sending', 'Being sent'), ('done', 'Sent'), ('unknown', 'Outcome unknown'), ('dead', 'Failed'), ('obsolete', 'No longer needed')], default='pending', max_length=8)),
            ('next_at', models.DateTimeField(help_text='not before this moment')),
            ('error', models.CharField(blank=True, max_length=500)),
            ('created_at', models.DateTimeField()),
            ('sent_at', models.DateTimeField(blank=True, null=True)),
            ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.answer')),
            ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='pitches.page')),
            ('pitch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='pitches.pitch')),
            ('key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.key')),
            ('watch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.watch')),
            ('draft', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.draft')),
            ('assistant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.assistant')),
            ('proof', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.domainproof')),
            ('offer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.offer')),
        ],
        options={
            'ordering': ['pk'],
            'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'sending'])), fields=['queue', 'next_at'], name='message_due')],
        },
    ),
    migrations.CreateModel(
        name='Attempt',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('began_at', models.DateTimeField(auto_now_add=True)),
            ('outcome', models.CharField(choices=[('open', 'open'), ('sent', 'sent'), ('retry', 'retry'), ('refused', 'refused'), ('unknown', 'unknown')], default='open', max_length=8)),
            ('detail', models.CharField(blank=True, max_length=500)),
            ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='pitches.message')),
        ],
    ),
    migrations.CreateModel(
        name='Agreement',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('text', models.TextField()),
            ('digest', models.CharField(help_text='SHA-256 of the text', max_length=64)),
            ('at', models.DateTimeField()),
            ('pitch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agreement', to='pitches.pitch')),
            ('offer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agreement', to='pitches.offer')),
        ],
    ),
    migrations.CreateModel(
        name='Plan',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('standing', models.CharField(choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], max_length=12)),
            ('brief', models.CharField(blank=True, help_text="the owner's words, instead of the usual ones", max_length=400)),
            ('next_step', models.CharField(blank=True, max_length=400)),
            ('questions', models.JSONField(blank=True, default=list, help_text='what must still be given: [{text, required}]')),
            ('days', models.PositiveSmallIntegerField(blank=True, help_text='until the owner follows up', null=True)),
            ('webhook', models.URLField(blank=True, help_text='is told of each yes', max_length=500)),
            ('seed', models.CharField(default=portal.tokens.seed, editable=False, help_text='of the key that signs what it is told', max_length=32)),
            ('assistant', models.ForeignKey(blank=True, help_text='who takes it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pitches.assistant')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='pitches.page')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('page', 'standing'), name='plan_once'), models.CheckConstraint(condition=models.Q(('standing__in', ['stranger', 'introduced', 'known', 'trusted'])), name='plan_standing')],
        },
    ),
    migrations.CreateModel(
        name='Rule',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('standing', models.CharField(blank=True, choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], help_text='empty: of every standing', max_length=12)),
            ('lane', models.CharField(blank=True, choices=[('trusted', 'People I trust'), ('known', 'People I know'), ('first_knock', 'First knock'), ('held', 'Held aside'), ('quarantine', 'Quarantine')], max_length=12)),
            ('opens', models.CharField(blank=True, choices=[('invited', 'open and by invitation'), ('open', 'open'), ('none', 'none')], max_length=8)),
            ('places', models.PositiveSmallIntegerField(blank=True, help_text='in rolling 30 days', null=True, validators=[django.core.validators.MaxValueValidator(60)])),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.agency')),
            ('door', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.door')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='pitches.page')),
        ],
        options={
            'ordering': ['pk'],
            'constraints': [models.UniqueConstraint(fields=('page', 'standing', 'door', 'agency'), name='rule_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('standing__in', ['', 'stranger', 'introduced', 'known', 'trusted'])), name='rule_standing'), models.CheckConstraint(condition=models.Q(('lane__in', ['', 'trusted', 'known', 'first_knock'])), name='rule_lane'), models.CheckConstraint(condition=models.Q(('opens__in', ['', 'invited', 'open', 'none'])), name='rule_opens'), models.CheckConstraint(condition=models.Q(('opens', ''), ('agency__isnull', False), models.Q(('door', None), ('standing__in', ['introduced', 'known', 'trusted'])), _connector='OR'), name='rule_opens_for_somebody_met'), models.CheckConstraint(condition=models.Q(models.Q(('standing', ''), _negated=True), ('door__isnull', False), ('agency__isnull', False), _connector='OR'), name='rule_of_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('lane', ''), _negated=True), models.Q(('opens', ''), _negated=True), ('places__isnull', False), _connector='OR'), name='rule_says_something'), models.CheckConstraint(condition=models.Q(('places', None), ('places__lte', 60), _connector='OR'), name='rule_places')],
        },
    ),
    migrations.CreateModel(
        name='Vouch',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('words', models.CharField(max_length=280)),
            ('at', models.DateTimeField()),
            ('taken_at', models.DateTimeField(blank=True, help_text='the colleague believed it', null=True)),
            ('refused_at', models.DateTimeField(blank=True, null=True)),
            ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.agency')),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('door', models.ForeignKey(blank=True, help_text='of the colleague; none: all', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.door')),
            ('page', models.ForeignKey(help_text='whose word it is', on_delete=django.db.models.deletion.CASCADE, related_name='vouches', to='pitches.page')),
            ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.sender')),
            ('to', models.ForeignKey(help_text="the colleague's page", on_delete=django.db.models.deletion.CASCADE, related_name='vouched', to='pitches.page')),
            ('no_more', models.BooleanField(default=False, help_text='the colleague wants to hear no more words of this page')),
        ],
        options={
            'ordering': ['-pk'],
            'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('page', 'to', 'sender', 'agency', 'door'), name='vouch_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('sender', None), ('agency', None), _connector='XOR'), name='vouch_for_one'), models.CheckConstraint(condition=models.Q(('page', models.F('to')), _negated=True), name='vouch_to_another')],
        },
    ),
    migrations.CreateModel(
        name='Evidence',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('kind', models.CharField(choices=[('by_hand', 'Set by hand'), ('imported', 'Brought from elsewhere'), ('introduced', 'Introduced'), ('accepted', 'A yes'), ('delivered', 'Delivered as agreed'), ('late', 'Delivered late'), ('off_topic', 'Not the topic'), ('nagged', 'Nagged'), ('embargo_kept', 'Kept an embargo'), ('embargo_broken', 'Broke an embargo'), ('scam', 'Tried to deceive'), ('bounced', 'Their mail came back'), ('taken_back', 'Taken back by hand')], max_length=16)),
            ('standing', models.CharField(blank=True, choices=[('stranger', 'New here'), ('introduced', 'Introduced'), ('known', 'Known'), ('trusted', 'Trusted'), ('paused', 'On pause'), ('blocked', 'Blocked')], help_text="what the owner's hand set", max_length=12)),
            ('until', models.DateTimeField(blank=True, help_text='end of a pause', null=True)),
            ('note', models.CharField(blank=True, max_length=280)),
            ('at', models.DateTimeField()),
            ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('door', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.door')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pitches.page')),
            ('pitch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pitches.pitch')),
            ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pitches.sender')),
            ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pitches.agency')),
            ('vouch', models.ForeignKey(blank=True, help_text='who spoke', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pitches.vouch')),
        ],
        options={
            'ordering': ['at', 'pk'],
            'indexes': [models.Index(fields=['page', 'sender', 'at'], name='evidence_replay'), models.Index(condition=models.Q(('agency', None), _negated=True), fields=['page', 'agency', 'at'], name='evidence_of_agency')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('pitch', None), _negated=True), fields=('pitch', 'kind'), name='evidence_once_per_pitch'), models.CheckConstraint(condition=models.Q(('kind__in', ('by_hand', 'imported')), ('standing', ''), _connector='XOR'), name='evidence_hand_sets'), models.CheckConstraint(condition=models.Q(('sender', None), ('agency', None), _connector='XOR'), name='evidence_of_one'), models.CheckConstraint(condition=models.Q(('agency', None), ('kind__in', ['by_hand', 'imported', 'introduced', 'taken_back']), _connector='OR'), name='evidence_of_agency_by_hand')],
        },
    ),
    migrations.CreateModel(
        name='Findable',
        fields=[
            ('pitch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='pitches.pitch')),
            ('at', models.DateTimeField(help_text='when the pitch was handed in')),
            ('config', models.CharField(help_text='the text search configuration of its language', max_length=24)),
            ('names', models.TextField(help_text='person, company and address, without case, accents and signs')),
            ('line', models.TextField(help_text='the line, likewise')),
            ('keys', django.contrib.postgres.search.SearchVectorField()),
            ('page', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.page')),
        ],
        options={
            'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=True, fields=['keys'], gin_pending_list_limit=256, name='findable_keys'), models.Index(fields=['page', '-at'], name='findable_newest'), models.Index(fields=['page', 'config'], name='findable_config')],
        },
    ),
    migrations.CreateModel(
        name='Look',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('since', models.DateTimeField()),
            ('touched_at', models.DateTimeField(help_text='after a while without a sign the card is free again')),
            ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='pitches.pitch')),
            ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='pitches.readingsession')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('session', 'by'), name='look_one_card_each')],
        },
    ),
    migrations.CreateModel(
        name='Remark',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('text', models.CharField(max_length=1000)),
            ('by_name', models.CharField(blank=True, help_text='who helped; empty: the owner', max_length=80)),
            ('at', models.DateTimeField()),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='pitches.pitch')),
        ],
        options={
            'ordering': ['pk'],
        },
    ),
    migrations.CreateModel(
        name='Reply',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('kind', models.CharField(choices=[('yes', 'Yes'), ('ask', 'Question'), ('later', 'Later'), ('no', 'No'), ('wrong_door', 'Wrong door')], max_length=12)),
            ('reason', models.CharField(blank=True, choices=[('not_my_topic', 'Not my topic'), ('covered', 'I have covered it'), ('not_now', 'Not now, ask me later'), ('no_proof', 'No proof I can check'), ('advert', 'Too close to an advert'), ('not_for_readers', 'Not right for my readers'), ('no_reason', 'I would rather not say why'), ('own_line', 'Write my own line'), ('no_time', 'I did not get to it')], max_length=16)),
            ('label', models.CharField(blank=True, max_length=60)),
            ('text', models.TextField(blank=True, max_length=600)),
            ('again', models.CharField(blank=True, help_text='with a no: what would change it', max_length=280)),
            ('position', models.PositiveSmallIntegerField(default=0)),
            ('hidden', models.BooleanField(default=False, help_text='not among the ready ones')),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='pitches.page')),
            ('fits', models.CharField(blank=True, choices=[('here', 'at the same door'), ('by_date', 'at the same door, from a day on'), ('elsewhere', 'another idea, behind another door'), ('paid', 'where a door takes paid slots'), ('open', 'left open')], help_text='with a no of their own', max_length=12)),
            ('usual', models.CharField(blank=True, help_text='which of replies/usual.py; a no says its reason', max_length=12)),
        ],
        options={
            'verbose_name_plural': 'replies',
            'ordering': ['position', 'pk'],
            'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['yes', 'ask', 'no'])), name='reply_kind'), models.CheckConstraint(condition=models.Q(('reason', ''), ('kind', 'no'), _connector='OR'), name='reply_reason_of_no'), models.UniqueConstraint(condition=models.Q(('reason', ''), _negated=True), fields=('page', 'reason'), name='reply_once_a_reason'), models.UniqueConstraint(condition=models.Q(('usual', ''), _negated=True), fields=('page', 'kind', 'usual'), name='reply_once_usual')],
        },
    ),
    migrations.CreateModel(
        name='Spent',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('seconds', models.PositiveSmallIntegerField()),
            ('at', models.DateTimeField()),
            ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('pitch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spent', to='pitches.pitch')),
            ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='spent', to='pitches.readingsession')),
        ],
    ),
    migrations.CreateModel(
        name='View',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(max_length=40)),
            ('query', models.CharField(help_text='of the address, without its question mark', max_length=400)),
            ('position', models.PositiveSmallIntegerField(default=0)),
            ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='pitches.page')),
            ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
        ],
        options={
            'ordering': ['position', 'pk'],
            'constraints': [models.UniqueConstraint(fields=('page', 'user', 'name'), name='view_once')],
        },
    ),
    migrations.CreateModel(
        name='FindableWord',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('word', models.TextField(db_collation='C')),
            ('back', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Reverse('word'), output_field=models.TextField(db_collation='C'))),
            ('page', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pitches.page')),
        ],
        options={
            'indexes': [models.Index(fields=['page', 'word'], name='findable_word'), models.Index(fields=['page', 'back'], name='findable_back')],
        },
    ),
]


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("pitches", "0001_initial"),
        ("pitches", "0002_doors_that_act"),
        ("pitches", "0003_every_page_has_its_handle"),
        ("pitches", "0004_taken_back"),
        ("pitches", "0005_guests"),
        ("pitches", "0006_evidence_that_fades"),
        ("pitches", "0007_drafted"),
        ("pitches", "0008_tries_elsewhere"),
        ("pitches", "0009_standing_and_rules"),
        ("pitches", "0010_outcomes"),
        ("pitches", "0011_taken_back_by_hand"),
        ("pitches", "0012_book_taken"),
        ("pitches", "0013_sat_down"),
        ("pitches", "0014_many_wait"),
        ("pitches", "0015_findable"),
        ("pitches", "0016_found_at_last"),
        ("pitches", "0017_the_desk"),
        ("pitches", "0018_ready_words"),
        ("pitches", "0019_found_sooner"),
        ("pitches", "0020_found_sooner_by_all"),
        ("pitches", "0021_later_when_open"),
        ("pitches", "0022_spoken_for"),
        ("pitches", "0023_sent_at_once"),
        ("pitches", "0024_who_came_by_kit"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        Together(state_operations=TABLES),
        migrations.RunSQL(
            _sql("0015_findable.sql") + _sql("0019_found_sooner.sql"), AWAY + _sql("0015_findable_away.sql")
        ),
    ]
