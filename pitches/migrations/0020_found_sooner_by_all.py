from django.db import migrations

AT_ONCE = 1000  # rows of one transaction
LAST = "SELECT max(pitch_id) FROM (SELECT pitch_id FROM pitches_findable WHERE pitch_id > %s ORDER BY 1 LIMIT %s) batch"
# What has the new keys was kept by a trigger, or before an interruption.
AGAIN = """
WITH old AS (
    SELECT pitch FROM pitches_findable kept JOIN pitches_pitch pitch ON pitch.id = kept.pitch_id
    WHERE kept.pitch_id > %(done)s AND kept.pitch_id <= %(last)s
        AND NOT kept.keys @@ ('''' || kept.page_id || (search_moment(kept.at))[1] || '''')::tsquery
    FOR SHARE OF pitch
), anew AS (
    UPDATE pitches_findable kept SET keys = made.keys
    FROM old CROSS JOIN LATERAL findable_of(old.pitch) made WHERE kept.pitch_id = (old.pitch).id
    RETURNING kept.page_id, kept.names || ' ' || kept.line AS said
) SELECT count(findable_words(page_id, string_agg)) FROM (
    SELECT page_id, string_agg(said, ' ') FROM anew GROUP BY page_id) pages
"""


def again(apps, schema_editor):
    """The keys and the words of what was there before. May be interrupted and begun again."""
    done = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(LAST, [done, AT_ONCE])
            (last,) = cursor.fetchone()
            if last is None:
                return
            cursor.execute(AGAIN, {"done": done, "last": last})
            done = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("pitches", "0019_found_sooner"),
    ]

    operations = [
        migrations.RunPython(again, migrations.RunPython.noop),
    ]
