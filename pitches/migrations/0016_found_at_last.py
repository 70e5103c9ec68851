from django.db import migrations

AT_ONCE = 1000  # rows of one transaction
LAST = """
SELECT max(id) FROM (SELECT id FROM pitches_pitch WHERE id > %s AND state <> 'unproven' ORDER BY id LIMIT %s) batch
"""
# The lock keeps away nothing but a deletion. What a trigger wrote meanwhile is newer.
FILL = """
INSERT INTO pitches_findable (pitch_id, page_id, at, config, names, line, keys)
SELECT kept.pitch_id, kept.page_id, kept.at, kept.config, kept.names, kept.line, kept.keys
FROM pitches_pitch pitch CROSS JOIN LATERAL findable_of(pitch) kept
WHERE pitch.id > %s AND pitch.id <= %s AND pitch.state <> 'unproven'
    AND NOT EXISTS (SELECT FROM pitches_findable there WHERE there.pitch_id = pitch.id)
FOR KEY SHARE OF pitch
ON CONFLICT (pitch_id) DO NOTHING
"""


def fill(apps, schema_editor):
    """The keys of every pitch that was handed in before the triggers were there. May be interrupted and begun again."""
    done = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(LAST, [done, AT_ONCE])
            (last,) = cursor.fetchone()
            if last is None:
                return
            cursor.execute(FILL, [done, last])
            done = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("pitches", "0015_findable"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
