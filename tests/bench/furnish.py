"""The page that is looked at."""

from django.conf import settings
from django.test import Client

from pitches import doors
from portal.models import User

TOPICS = ("Paid newsletters", "News", "Events", "Products")


def furnish():
    """A page with five doors, the first of them `door`. The answer is the session of its owner."""
    owner = User.objects.create_user("maya@maya.example", name="Maya Lind")
    page = doors.begin(owner, handle="bench", name="Maya Lind", house_rules=["Say who pays.", "One pitch, one idea."])
    doors.keep_hours(page, ["TUE 09:00", "FRI 09:00"], "Europe/Lisbon")
    for slug, name in (("door", "Original research"), *((name.lower().replace(" ", "-"), name) for name in TOPICS)):
        doors.hang(page, by=owner, slug=slug, name=name, blurb="Numbers my readers can check.")
    doors.publish(page, by=owner)
    client = Client()
    client.force_login(owner)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
