"""Every kind of mail can be looked at with sample words, and looking leaves nothing behind."""

import re
from html import unescape

import pytest
from django.utils import translation

from pitches.models import Message
from pitches.notify import alarms, catalogue, samples, security
from tests.notify.test_render import Seen, html_of, plain_words
from tests.races import checksum

pytestmark = pytest.mark.django_db
FIRST = re.compile(r'<div style="display:none[^>]*>(.*?)</div>', re.DOTALL)
VARIANTS = [(kind, name) for kind in catalogue.KINDS for name in samples.variants(kind)]
every_variant = pytest.mark.parametrize(("kind", "variant"), VARIANTS, ids=map("-".join, VARIANTS))


def test_every_kind_has_a_sample_that_can_be_written():
    found = samples.of_all("en")
    assert [one.kind for one in found] == list(catalogue.KINDS)
    assert {one.kind: one.error for one in found if one.error} == {}
    assert all(one.mail.subject for one in found)


def test_no_sample_counts_nothing():
    found = {one.kind: one.mail.subject for one in samples.of_all("en")}
    assert [kind for kind, subject in found.items() if re.search(r"(^| )0 ", subject)] == []
    assert found["answers_came"] == "Answers came: 3 to your questions"
    assert found["undelivered"] == "2 answers could not be delivered"


def test_no_sample_is_left_of_a_kind_that_is_gone():
    assert samples.SAMPLES.keys() <= catalogue.KINDS.keys()


@every_variant
def test_each_variant_can_be_written_alone_and_leaves_nothing(kind, variant):
    before = checksum()
    sample = samples.of(kind, "en", variant)
    assert (sample.error, sample.variant) == ("", variant)
    assert sample.mail.to[0].endswith(".invalid")
    assert checksum() == before
    assert Message.objects.count() == 0


@every_variant
def test_both_parts_of_each_variant_say_the_same_and_it_is_small(kind, variant):
    mail = samples.of(kind, "en", variant).mail
    html = html_of(mail)
    assert plain_words(" ".join(Seen(html).words)) == plain_words(mail.body)
    assert len(mail.subject) <= 60
    assert len(html.encode()) < 60 * 1024
    assert html.count("<h1") == 1
    assert html.count('class="button"') <= 1
    assert not re.search(r"<(p|div)( class=\"quote\")?></", html)  # nothing that is empty


@every_variant
def test_the_first_line_in_a_list_of_mails_adds_to_the_subject(kind, variant):
    mail = samples.of(kind, "en", variant).mail
    first = " ".join(unescape(FIRST.search(html_of(mail))[1]).split())
    assert len(first) > 10
    assert first not in mail.subject
    assert mail.subject.rstrip("…").rpartition(": ")[2] not in first


def test_all_that_can_happen_to_a_way_in_and_each_alarm_is_a_variant():
    told = {name for kind in sorted(security.KINDS) for name in samples.variants(kind)}
    assert {template.rpartition("/")[2] for template in security.KIND_OF} - told == {"signed_in", "codes_low"}
    assert samples.variants("alarm") == [str(what) for what in alarms.ABOUT]


def test_variants_of_a_kind_differ_in_what_they_say():
    for kind in catalogue.KINDS:
        said = [samples.of(kind, "en", name).mail.body for name in samples.variants(kind)]
        assert len({re.sub(r"http\S+", "", one) for one in said}) == len(said), kind


def test_all_at_once_leave_nothing_and_nobody_speaks_another_language(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    before = checksum()
    found = samples.of_all("de")
    assert checksum() == before
    assert [one.kind for one in found if '<html lang="de"' not in str(one.mail.alternatives[0][0])] == []
    assert translation.get_language() == "en"


def test_what_cannot_be_written_says_why_and_spares_the_others(monkeypatch):
    monkeypatch.setitem(samples.SAMPLES, "receipt", {"usual": lambda world: {"pitch": world.pitch(line=None)}})
    before = checksum()
    wrong = {one.kind: one for one in samples.of_all("en")}
    assert wrong["receipt"].error.startswith("IntegrityError: ")
    assert wrong["receipt"].mail is None
    assert [one.kind for one in wrong.values() if one.error] == ["receipt"]
    assert checksum() == before


def test_each_has_its_number_in_the_list_of_mails():
    found = {one.kind: one.number for one in samples.of_all("en")}
    first = {"code": "1", "receipt": "2", "yes": "3", "no": "4", "ask": "5", "wrong_door": "6", "agreed": "37"}
    assert first.items() <= found.items()
    assert found["alarm"] == "34"
    numbers = [number for number in found.values() if number]
    assert len(set(numbers)) == len(numbers)
