"""A mail server for the tests of sending."""

from collections.abc import Iterator

import pytest

from tests.notify.smtp_sink import SmtpSink, running


@pytest.fixture
def sink(settings) -> Iterator[SmtpSink]:
    """A mail server of our own on a free port."""
    with running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
        yield server
