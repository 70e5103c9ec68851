"""A digest that exists for proposed terms alone speaks of them, and leads to where they are answered."""

from typing import Any

import pytest
from django.test import Client

from pitches.notify import hourly, render
from portal import links
from tests.notify import samples
from tests.notify.test_render import html_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sample", "subject", "heading"),
    [
        (
            samples.digest_of_terms_alone,
            "1 proposal of terms waits for your answer",
            "Your hour begins. Terms wait for an answer.",
        ),
        (
            lambda: samples.digest_of_terms_alone(secret=hourly.LATE),
            "1 proposal of terms waits for your answer",
            "An hour passed while we could not write. Terms wait for an answer.",
        ),
        (
            lambda: samples.digest_of_terms_alone(helped=True),
            "1 proposal of terms waits for Maya",
            "The hour of Maya begins. Terms wait for an answer.",
        ),
    ],
)
def test_it_counts_no_pitches_and_leads_to_the_follow_ups(sample: Any, subject: str, heading: str) -> None:
    mail = render.build(sample())
    body = " ".join(mail.body.split())
    assert mail.subject == subject
    assert body.startswith(heading)
    assert "No pitch waits." in body
    assert f"Read the terms: {links.absolute('/desk/follow-ups')}" in body
    assert f'href="{links.absolute("/desk/follow-ups")}"' in html_of(mail)
    assert "0" not in subject + heading
    assert not any(word in body for word in ("Start reading", "of reading.", "People you", "First knock"))


def test_whoever_gets_it_may_go_there(client: Client) -> None:
    message = samples.digest_of_terms_alone()
    assert message.user is not None
    client.force_login(message.user)
    assert "why 1,200 people mute" in client.get("/desk/follow-ups").content.decode()


def test_where_pitches_wait_too_terms_are_one_line() -> None:
    mail = render.build(samples.digest_with_terms())
    assert mail.subject == "16 pitches wait for your hour"
    assert "Terms that wait for an answer: 1" in mail.body
    assert "Start reading: " in mail.body


def test_a_lane_in_which_nothing_waits_is_not_named() -> None:
    message = samples.digest()
    message.page.pitches.exclude(lane="trusted").delete()
    body = render.build(message).body
    assert "People you trust: 3" in body
    assert not any(word in body for word in ("People you know", "First knock", ": 0"))
