from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

WHAT = [
    ("unproven", "Waiting for the code"),
    ("arrived", "Just handed in"),
    ("waiting", "On the ledge"),
    ("held", "Held aside"),
    ("quarantine", "In quarantine"),
    ("asked", "Waiting for them"),
    ("later", "Later"),
    ("accepted", "Yes"),
    ("declined", "No"),
    ("wrong_door", "Wrong door"),
    ("withdrawn", "Taken back"),
    ("lapsed", "Unanswered"),
    ("code_asked", "Asked for another code"),
    ("answer_sent", "The answer went out"),
    ("nudged", "Nudged"),
    ("replied", "Answered the question"),
    ("changed", "Changed the pitch"),
    ("followed_up", "Followed up with a change"),
    ("noted", "Added a note"),
    ("hour_began", "The reading hour began"),
    ("sat_down", "Began to read"),
    ("published", "The page went up"),
    ("page_changed", "The page was changed"),
    ("door_changed", "The door was changed"),
    ("door_opened", "The door opened"),
    ("door_closed", "The door closed"),
    ("watch_asked", "Asked to be told when it opens"),
    ("key_given", "A key was given"),
    ("introduced", "Somebody said who they are"),
    ("drafted", "Asked for a link to go on writing"),
    ("terms_agreed", "The embargo was accepted"),
    ("rules_kept", "The rules were changed"),
    ("supplied", "Gave what was still needed"),
    ("offered", "Made a counter-proposal"),
    ("agreed", "Agreed on terms"),
    ("disagreed", "Declined a counter-proposal"),
    ("outcome", "Noted what became of it"),
    ("assisted", "Was asked to help"),
    ("joined", "Began to help"),
    ("left", "Helps no more"),
    ("role_changed", "May do something else"),
    ("assigned", "Given to somebody to look after"),
    ("tagged", "Tags were changed"),
    ("remarked", "A note of the desk"),
    ("sent_now", "Sent the answer at once"),
    ("book_taken", "Took the book out"),
]
HELPING = models.Index(
    condition=models.Q(("what__in", ("assisted", "joined", "left", "role_changed"))),
    fields=["page", "id"],
    name="event_helping",
)


class Migration(migrations.Migration):
    """While people write on. One that was interrupted leaves a half-built index, which goes first."""

    atomic = False

    dependencies = [
        ("pitches", "0022_spoken_for"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="what",
            field=models.CharField(choices=WHAT, max_length=12),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS event_helping", migrations.RunSQL.noop),
        AddIndexConcurrently(model_name="event", index=HELPING),
    ]
