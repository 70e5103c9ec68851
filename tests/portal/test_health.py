"""/healthz."""

import socket

import pytest
from django.db import OperationalError, connection

from portal import health


@pytest.mark.django_db
def test_all_is_well(client):
    response = client.get("/healthz?deep")
    assert response.status_code == 200
    assert response.json() == {"ok": True, "database": True, "broker": True, "oldest_work_seconds": 0}


@pytest.mark.django_db
def test_pages_can_be_served_without_a_broker(client, settings):
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    plain, deep = client.get("/healthz"), client.get("/healthz?deep")
    assert (plain.status_code, plain.json()) == (200, {"ok": True, "database": True, "oldest_work_seconds": 0})
    assert (deep.status_code, deep.json()["broker"]) == (503, False)


@pytest.mark.django_db
def test_only_the_deep_look_asks_the_broker(client, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "broker_answers", lambda: asked.append("broker") or True)
    client.get("/healthz")
    assert asked == []
    client.get("/healthz?deep")
    assert asked == ["broker"]


@pytest.mark.django_db
def test_no_database_is_503(client):
    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] is False


def test_a_broker_that_hangs_is_given_up_quickly(settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        assert health.broker_answers() is False


def test_another_kind_of_broker_is_only_reached(settings):
    with socket.create_server(("127.0.0.1", 0)) as rabbit:
        settings.CELERY_BROKER_URL = f"amqp://guest@127.0.0.1:{rabbit.getsockname()[1]}//"
        assert health.broker_answers() is True
