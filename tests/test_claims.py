"""An agency shows that it speaks for its domain: by mail, by a record; and what that is not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail

from pitches import claims, relationships, tasks
from pitches.models import DomainProof, ProofWay
from pitches.notify import proving
from portal import clock
from tests import name_server
from tests.factories import DoorFactory, SenderFactory
from tests.portal.test_outside import another_outside
from tests.senders import work

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def ines():
    return SenderFactory(email="ines@northbeam.example", agency__domain="northbeam.example")


def by_mail(sender, role="postmaster"):
    return claims.ask(sender, ProofWay.MAIL, role=role)


def refusal(act, *args, **more):
    with pytest.raises(claims.NotNow) as refused:
        act(*args, **more)
    return refused.value.why


def test_the_code_goes_to_the_role_address_and_proves_the_domain_for_a_year(ines):
    proof = by_mail(ines)
    assert proving.send(proof)
    work()
    (sent,) = mail.outbox
    assert sent.to == ["postmaster@northbeam.example"]
    assert claims.code_of(proof)[:3] in sent.subject
    assert "ines" not in str(sent.body).lower()
    assert claims.proven(ines.agency) is None
    claims.prove(proof, claims.code_of(proof))
    assert claims.proven(ines.agency) == proof
    with clock.standing_at(clock.now() + 366 * DAY):
        assert claims.proven(ines.agency) is None


def test_a_role_that_anybody_may_have_is_none(ines):
    assert refusal(by_mail, ines, role="press") == "role"
    assert DomainProof.objects.count() == 0


def test_five_tries_and_the_right_code_comes_too_late(ines):
    proof = by_mail(ines)
    right = claims.code_of(proof)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert [refusal(claims.prove, proof, wrong) for _try in range(5)] == ["wrong"] * 5
    assert refusal(claims.prove, proof, right) == "tries"


def test_a_code_works_for_three_days_and_once(ines):
    proof = by_mail(ines)
    with clock.standing_at(clock.now() + 3 * DAY + MINUTE):
        assert refusal(claims.prove, proof, claims.code_of(proof)) == "expired"
    claims.prove(proof, claims.code_of(proof))
    assert refusal(claims.prove, proof, claims.code_of(proof)) == "expired"


def test_three_requests_a_day_for_all_of_an_agency(ines):
    omar = SenderFactory(email="omar@northbeam.example", agency=ines.agency)
    for who in (ines, omar, ines):
        by_mail(who)
    assert refusal(by_mail, omar) == "limit"
    with clock.standing_at(clock.now() + DAY + MINUTE):
        by_mail(omar)


def test_a_role_address_gets_one_mail_a_day_however_often_it_is_named(ines):
    assert proving.send(by_mail(ines))
    assert not proving.send(by_mail(ines))
    work()
    assert len(mail.outbox) == 1


def test_the_record_proves_it_when_it_is_there_and_as_long_as_it_stands(ines, settings):
    proof = claims.ask(ines, ProofWay.DNS)
    assert claims.ask(ines, ProofWay.DNS) == proof  # the same record goes on
    name, value = claims.record_of(proof)
    assert name == "_halfdoor.northbeam.example"
    records = {name: ["something else"]}
    with name_server.running(records) as settings.DNS_SERVERS, clock.standing_at(clock.now()):
        claims.look_up()
        proof.refresh_from_db()
        assert proof.found == claims.OTHER
        assert claims.look_up() == 0  # not before its time
        records[name] = ["v=spf1 -all", value]
        clock.move_to(clock.now() + 2 * MINUTE)
        assert claims.look_up() == 1
        assert claims.proven(ines.agency) == proof
        del records[name]
        clock.move_to(clock.now() + 30 * DAY)
        claims.look_up()
        assert claims.proven(ines.agency)  # a name server has a bad day
        clock.move_to(clock.now() + 2 * DAY)
        claims.look_up()
        records[name] = [value]
        clock.move_to(clock.now() + DAY / 2)
        claims.look_up()
        clock.move_to(clock.now() + 5 * DAY)
        assert claims.proven(ines.agency)  # it came back in time
        del records[name]
        for _look in range(16):
            clock.move_to(clock.now() + 2 * DAY)
            claims.look_up()
        assert claims.proven(ines.agency) is None


def test_a_name_server_that_says_nothing_is_asked_again(ines, settings, monkeypatch):
    monkeypatch.setattr(claims, "PATIENCE", 0.3)
    proof = claims.ask(ines, ProofWay.DNS)
    with name_server.running({claims.record_of(proof)[0]: None}) as settings.DNS_SERVERS:
        claims.look_up()
    proof.refresh_from_db()
    assert proof.found == claims.SILENT
    assert proof.look_due is not None


def test_a_look_that_was_broken_off_is_made_two_minutes_later(ines, monkeypatch):
    claims.ask(ines, ProofWay.DNS)

    def killed(_proof):
        raise SoftTimeLimitExceeded

    with clock.standing_at(clock.now()):
        with monkeypatch.context() as patched:
            patched.setattr(claims, "_look", killed)
            with pytest.raises(SoftTimeLimitExceeded):
                claims.look_up()
        looked = []
        monkeypatch.setattr(claims, "_look", looked.append)
        assert (claims.look_up(), looked) == (0, [])  # it may still be looked at
        clock.move_to(clock.now() + 2 * MINUTE)
        assert (claims.look_up(), len(looked)) == (1, 1)


def test_a_batch_ends_while_others_still_wait(monkeypatch):
    for name in ("northbeam", "pixelroad", "mosaic"):
        claims.ask(SenderFactory(email=f"a@{name}.example", agency__domain=f"{name}.example"), ProofWay.DNS)
    moments = iter([0, 1, 10, claims.TURN, 100, 101])
    monkeypatch.setattr(claims, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    monkeypatch.setattr(claims, "_look", lambda _proof: None)
    assert (claims.look_up(), claims.look_up()) == (2, 1)


def test_while_another_process_is_outside_nobody_looks(ines, monkeypatch):
    claims.ask(ines, ProofWay.DNS)
    monkeypatch.setattr(claims, "_look", lambda _proof: None)
    with another_outside():
        assert tasks.look_up() == 0
    assert tasks.look_up() == 1


def test_after_two_weeks_nobody_looks_any_more(ines, settings):
    proof = claims.ask(ines, ProofWay.DNS)
    with name_server.running({}) as settings.DNS_SERVERS, clock.standing_at(clock.now()):
        for _look in range(70):
            clock.move_to(clock.now() + timedelta(hours=6))
            claims.look_up()
        proof.refresh_from_db()
        assert proof.look_due is None
        assert claims.ask(ines, ProofWay.DNS) != proof


def test_a_proof_raises_no_standing(ines):
    door = DoorFactory()
    proof = by_mail(ines)
    claims.prove(proof, claims.code_of(proof))
    assert relationships.standing_of(door.page, ines, door) == "stranger"
