"""Where else a pitch was sent: a number at the desk, in letters and lists, and nothing for its sender."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches.models import Pitch
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
PLACES = ("/desk/inbox", "/desk/pitch/{code}")


def sent_to(page, others, **more):
    """A pitch at this page and the same at so many others."""
    pitches = [PitchFactory(waiting=True, door=DoorFactory(page=page), **more)]
    pitches += [PitchFactory(waiting=True) for _ in range(others)]
    Pitch.objects.filter(pk__in=[pitch.pk for pitch in pitches]).update(cluster=pitches[0].pk)
    return pitches[0]


@pytest.mark.parametrize("path", PLACES)
def test_the_owner_reads_at_how_many_others_it_lies(client, path):
    page = PageFactory()
    client.force_login(page.owner)
    alone = PitchFactory(waiting=True, door=DoorFactory(page=page))
    assert "Also sent" not in text(client.get(path.format(code=alone.code)))
    pitch = sent_to(page, 1)
    assert "Also sent to 1 other here" in text(client.get(path.format(code=pitch.code)))
    pitch = sent_to(page, 7, flags=["mass_text", "urgency"])
    seen = text(client.get(path.format(code=pitch.code)))
    assert "Also sent to 7 others here" in seen
    assert "mass_text" not in seen


def test_the_session_says_it_and_the_signs_explain_it(client):
    pitch = sent_to(PageFactory(), 3, flags=["mass_text"])
    client.force_login(pitch.page.owner)
    client.post(reverse("desk:start"))
    page = client.get(reverse("desk:session"))
    assert "Also sent to 3 others here." in text(page)
    assert page.context["evidence"] == [("Also sent to 3 others here", "")]


def test_the_list_asks_once_for_all(client):
    page = PageFactory()
    client.force_login(page.owner)
    counted = []
    for _more in range(3):
        sent_to(page, 2)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/desk/inbox")
        counted.append(len(queries))
    assert len(set(counted)) == 1


def test_its_sender_reads_nothing_of_it(client):
    pitch = sent_to(PageFactory(), 7, flags=["mass_text"])
    status = text(client.get(reverse("agency:status", args=[pitch.token])))
    Pitch.objects.filter(pk=pitch.pk).update(state="unproven")
    check = text(client.get(reverse("agency:check", args=[pitch.token])))
    assert "others" not in (status + check).replace("others wait", "")
