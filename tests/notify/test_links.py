"""Mail scanners open every link, and mail programs stop a mail for somebody: neither changes what it must not."""

import pytest
from django.conf import settings as project
from django.test import Client

from pitches import mailboxes
from pitches.notify import catalogue, render
from tests.notify import samples
from tests.notify.test_every_kind import HREF
from tests.notify.test_render import URL, every_sample, html_of
from tests.races import checksum

pytestmark = pytest.mark.django_db
TIMES = 3
STOPPED = [name for name in samples.SAMPLES if name in catalogue.STOPPABLE]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_of(link):
    return link.removeprefix(project.SITE_URL)


def links_of(message):
    """Every address in a mail: of both parts, and the one that its headers name."""
    if message.kind in catalogue.TYPED:
        mailboxes.may_mail(message.to)  # then it also has "this was not me"
    mail = render.build(message)
    stop = mail.message()["List-Unsubscribe"]
    found = {*HREF.findall(html_of(mail)), *URL.findall(mail.body), *([stop.strip("<>")] if stop else [])}
    return sorted(path_of(link) for link in found if link.startswith(project.SITE_URL))


@every_sample
def test_whoever_only_looks_changes_nothing(sample):
    message = sample()
    paths, there = links_of(message), (200, 302) if message.kind != "alarm" else (200, 404)  # operators alone see it
    before = checksum()
    for path in paths:
        for method in ("get", "head") * TIMES:
            answer = getattr(Client(), method)(path)
            assert answer.status_code in there, (method, path)
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/account/login/?next=", "/@")), path
    assert checksum() == before


def test_there_are_links_to_look_at():
    assert len({path.split("/")[1] for name in samples.SAMPLES for path in links_of_fresh(name)}) > 8


def links_of_fresh(name):
    """Of a sample beside others that were made before."""
    from django.db import transaction

    with transaction.atomic():
        found = links_of(samples.SAMPLES[name]())
        transaction.set_rollback(True)
    return found


def test_every_kind_that_can_be_stopped_is_tried():
    assert set(STOPPED) == catalogue.STOPPABLE


@pytest.mark.parametrize("name", STOPPED)
def test_one_click_stops_it_without_cookies_and_twice(name):
    message = samples.SAMPLES[name]()
    path = path_of(render.build(message).message()["List-Unsubscribe"].strip("<>"))
    Client().post(path, {"again": "1"})  # some come only to whoever asked for them
    before = checksum()
    answers, rows = [], []
    for _twice in range(2):
        answers.append(Client(enforce_csrf_checks=True).post(path, ONE_CLICK))
        rows.append(checksum())
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert before != rows[0] == rows[1]
    assert catalogue.no_longer_needed(type(message).objects.get(pk=message.pk)) == "obsolete"


@pytest.mark.parametrize("name", STOPPED)
def test_whoever_opens_that_address_sees_one_button(name):
    link = render.build(samples.SAMPLES[name]()).message()["List-Unsubscribe"].strip("<>")
    for wanted in (ONE_CLICK, {"again": "1"}):
        page = Client().get(path_of(link)).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert (main.count("<form"), main.count("<button")) == (1, 1)
        Client().post(path_of(link), wanted)
