"""The page that everybody knocks at: `manage.py shell -c "from tests.chaos.furnish import furnish; furnish(100)"`."""

from pitches import doors, intake, relationships
from pitches.models import Door, Standing
from portal.models import User

MANY = 10_000  # cards of a session: no date runs out, so no door closes by itself
TRUSTED = 10  # every tenth sender is trusted, so that more than one queue is busy


def address(number):
    """The mailbox of a sender."""
    return f"sender{number}@agency{number}.example"


def furnish(senders):
    """One page, one open door, and some people who are trusted."""
    owner = User.objects.create_user("maya@maya.example", name="Maya Lind")
    page = doors.begin(owner, handle="chaos", name="Maya Lind", digest=False, cards=MANY)
    doors.keep_hours(page, ["TUE 09:00"], "Europe/London")
    doors.publish(page, by=owner)
    Door.objects.create(page=page, slug="door", name="A door")
    for number in range(0, senders, TRUSTED):
        sender = intake.sender_of(address(number), name="Ines Okoro", company="Northbeam")
        relationships.set_by_hand(page, sender, Standing.TRUSTED, by=owner)
