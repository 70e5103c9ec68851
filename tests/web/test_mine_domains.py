"""The agency's domain: what is shown, what can be asked, and for whom."""

import pytest
from django.test import Client
from django.utils.functional import Promise

from pitches import claims
from pitches.models import DomainProof, ProofWay
from pitches.web import mine_domains
from tests.factories import SenderFactory
from tests.web.test_mine import sign_in
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
PATH = "/agency/domains"


@pytest.fixture
def ines():
    return SenderFactory(email="ines@northbeam.example", agency__domain="northbeam.example")


@pytest.fixture
def client(ines):
    return sign_in(ines.email)


def post(client, agency, **data):
    return client.post(PATH, {"agency": agency.pk} | data)


def test_it_is_proven_by_the_code_from_the_mail(client, ines):
    pk = ines.agency.pk
    assert post(client, ines.agency, do="mail", **{f"role{pk}-role": "webmaster"}).status_code == 303
    proof = DomainProof.objects.get()
    assert "webmaster@northbeam.example" in text(client.get(PATH))
    assert claims.code_of(proof) not in text(client.get(PATH))
    wrong = post(client, ines.agency, do="code", **{f"code{pk}-code": "000000"})
    assert (wrong.status_code, "does not match" in text(wrong)) == (422, True)
    assert post(client, ines.agency, do="code", **{f"code{pk}-code": claims.code_of(proof)}).status_code == 303
    assert "Proven until" in text(client.get(PATH))


def test_without_a_choice_it_says_so(client, ines):
    refused = post(client, ines.agency, do="mail")
    assert (refused.status_code, "Choose the address" in text(refused)) == (422, True)
    assert post(client, ines.agency, do="dance").status_code == 303
    assert DomainProof.objects.count() == 0


def test_the_record_is_shown_and_looked_for_outside_of_the_request(client, ines):
    post(client, ines.agency, do="record")
    proof = claims.asked(ines.agency, ProofWay.DNS)
    shown = text(client.get(PATH))
    assert all(part in shown for part in claims.record_of(proof))
    assert proof.looked_at is None


@pytest.mark.parametrize(
    ("found", "words"),
    [("missing", "no TXT record"), ("other", "holds something else"), ("silent", "did not answer")],
)
def test_what_a_look_found_is_said_in_words_where_it_is_shown(client, ines, found, words):
    proof = claims.ask(ines, ProofWay.DNS)
    DomainProof.objects.update(found=found, looked_at=proof.asked_at)
    shown = text(client.get(PATH))
    assert (words in shown, f" {found} " in shown.replace(words, "")) == (True, False)
    DomainProof.objects.update(proven_at=proof.asked_at)
    assert words in text(client.get(PATH))


def test_three_requests_a_day_are_said_in_the_language_of_the_reader(client, ines):
    assert isinstance(mine_domains.LIMIT, Promise)
    pk = ines.agency.pk
    for _request in range(4):
        post(client, ines.agency, do="mail", **{f"role{pk}-role": "webmaster"})
    assert "Three requests a day" in text(client.get(PATH))


def test_the_domain_of_others_is_none_of_mine(client):
    other = SenderFactory(email="omar@pixelroad.example", agency__domain="pixelroad.example")
    assert post(client, other.agency, do="record").status_code == 404
    assert "pixelroad" not in text(client.get(PATH))


def test_who_stands_alone_has_no_domain():
    SenderFactory(email="lee@freemail.example", agency=None)
    assert "no domain to prove yet" in text(sign_in("lee@freemail.example").get(PATH))
    assert Client().get(PATH).status_code == 302
