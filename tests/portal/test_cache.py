"""A lost cache costs speed, never an answer."""

import os
import time
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches


@pytest.fixture
def lost(settings):
    """A cache whose server is gone."""
    place = {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": "unix:///nowhere/valkey.sock?db=1"}
    settings.CACHES = {"default": settings.CACHES["default"], "lost": place}
    return caches["lost"]


def test_every_look_at_a_lost_cache_is_a_miss(lost):
    began = time.monotonic()
    assert lost.get("a", 5) == 5
    assert lost.get_many(["a"]) == {}
    assert lost.add("a", 1) is True
    assert lost.incr("a") == 1
    assert "a" not in lost
    assert [lost.set("a", 1), lost.touch("a"), lost.delete("a"), lost.clear()] == [None, False, False, False]
    assert lost.set_many({"a": 1}) == ["a"]
    assert lost.get_or_set("a", 3) == 3
    assert time.monotonic() - began < 1


def test_a_cache_that_is_there_keeps_things(settings):
    socket = urlsplit(os.environ["BROKER_URL"]).path
    place = {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": f"unix://{socket}?db=1"}
    settings.CACHES = {"default": settings.CACHES["default"], "here": place}
    caches["here"].set("a", [1, 2])
    assert caches["here"].get("a") == [1, 2]
