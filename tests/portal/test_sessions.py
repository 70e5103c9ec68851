"""Sessions end together, and what has expired goes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from portal import clock, sessions

pytestmark = pytest.mark.django_db


def test_what_has_expired_goes():
    for number, ends in enumerate((timedelta(days=-1), timedelta(days=1))):
        Session.objects.create(session_key=f"key{number}", session_data="", expire_date=clock.now() + ends)
    assert (sessions.forget(), Session.objects.get().session_key) == (1, "key1")
