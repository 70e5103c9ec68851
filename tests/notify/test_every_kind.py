"""What holds for every mail there is: who it is from, its thread, its one button, its links, and how it is stopped."""

import re
from email.utils import parseaddr
from html import unescape

import pytest
from django.conf import settings as project

from pitches.models import Door, Page, Pitch
from pitches.notify import catalogue, render
from tests.notify import samples
from tests.notify.test_render import MAILTO, URL, every_sample, html_of, subject_of

pytestmark = pytest.mark.django_db
HREF = re.compile(r'href="([^"]+)"')
# The longest that a name may be, in a script where it is wide and in one where it is one word.
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz Etxeberria"


def headers_of(message):
    return render.build(message).message()


def test_there_is_a_sample_of_every_kind():
    shown = {samples.SAMPLES[name]().kind for name in one_of_each()}
    assert shown == catalogue.KINDS.keys()


def one_of_each():
    """The first sample of each kind: it has the name of its kind."""
    return [name for name in samples.SAMPLES if name in catalogue.KINDS]


@every_sample
def test_a_mail_has_one_button_at_most_and_it_stands_in_both_parts(sample):
    mail = render.build(sample())
    buttons = re.findall(r'class="button".*?href="([^"]+)"', html_of(mail), re.DOTALL)
    assert len(buttons) == html_of(mail).count('class="button"') <= 1
    assert all(unescape(link) in mail.body for link in buttons)


@every_sample
def test_both_parts_lead_to_the_same_places_and_nowhere_else(sample):
    mail = render.build(sample())
    links = [unescape(link) for link in HREF.findall(html_of(mail))]
    assert set(links) <= {*URL.findall(mail.body), *MAILTO.findall(mail.body)}
    assert all(link.startswith((f"{project.SITE_URL}/", "mailto:")) for link in links)
    assert not re.search(r"<img|background=|[?&](utm_|click)", html_of(mail))


@every_sample
def test_who_it_is_from_says_who_speaks(sample):
    message = sample()
    name, address = parseaddr(str(render.build(message).from_email))
    speaks = message.kind in catalogue.IN_THE_OWNERS_NAME
    assert address == parseaddr(project.DEFAULT_FROM_EMAIL)[1]
    assert bool(re.fullmatch(r"(.+ for )?Maya Lind via Halfdoor", name)) == speaks
    assert speaks or name == "Halfdoor"


@every_sample
def test_it_goes_to_one_and_says_that_a_machine_sent_it(sample):
    message = sample()
    mail = render.build(message)
    assert (mail.to, mail.cc, mail.bcc, mail.recipients()) == ([message.to], [], [], [message.to])
    headers = mail.message()
    assert (headers["Auto-Submitted"], headers["Cc"], headers["Bcc"]) == ("auto-generated", None, None)
    assert headers["Precedence"] is None


@every_sample
def test_its_number_is_the_same_each_time_it_is_tried(sample):
    message = sample()
    first, second = headers_of(message), headers_of(type(message).objects.get(pk=message.pk))
    assert first["Message-ID"] == second["Message-ID"]


@every_sample
def test_all_that_is_about_a_pitch_hangs_on_one_thread(sample):
    message = sample()
    headers = headers_of(message)
    hangs = message.pitch is not None and message.kind != "code"
    assert (headers["References"] is not None) == hangs
    assert headers["References"] == headers["In-Reply-To"]
    if hangs:
        assert headers["References"] == render._id(f"thread:{message.pitch.seed}")


@every_sample
def test_what_can_be_stopped_says_so_twice_and_nothing_else_does(sample):
    message = sample()
    mail = render.build(message)
    headers = mail.message()
    if message.kind in catalogue.STOPPABLE:
        link = headers["List-Unsubscribe"].strip("<>")
        assert link in mail.body
        assert link in HREF.findall(html_of(mail))
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    else:
        assert (headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"]) == (None, None)
        assert "Stop these" not in mail.body


@every_sample
def test_a_subject_fits_and_begins_alike_whatever_somebody_is_called(sample):
    message = sample()
    short = subject_of(render.build(message))
    Page.objects.update(name=LONG)
    Pitch.objects.update(line="w" * 90, name=LONG)
    Door.objects.update(name=LONG[:60])
    long = subject_of(render.build(type(message).objects.get(pk=message.pk)))
    assert len(long) <= 60
    assert not short.endswith("…") or short.count(" ") > 3
    if not any(word in short for word in ("Maya", "AI &")):
        assert long[:12] == short[:12]


def test_a_long_name_does_not_cut_off_the_day_of_a_reminder():
    message = samples.reminder()
    day = subject_of(render.build(message)).rsplit(" on ", 1)[1]
    Page.objects.update(name=LONG)
    again = type(message).objects.get(pk=message.pk)
    assert subject_of(render.build(again)).rsplit(" on ", 1)[1] == day
