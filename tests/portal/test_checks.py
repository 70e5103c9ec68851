"""A production deployment that would not work, or not be safe, does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import SystemCheckError

from portal import checks, embedded

ROOT = Path(__file__).parents[2]
GOOD = dict(line.split("=", 1) for line in (ROOT / "tests/production.env").read_text().split())


@pytest.fixture
def deployment(settings):
    """A deployment with nothing wrong."""
    settings.PRODUCTION, settings.EMBEDDED, settings.DEBUG = True, False, False
    settings.CELERY_BROKER_URL = GOOD["BROKER_URL"]
    settings.CACHES = {"default": {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": GOOD["CACHE_URL"]}}
    settings.EMAIL_URL, settings.EMAIL_BACKEND = GOOD["EMAIL_URL"], "django.core.mail.backends.smtp.EmailBackend"
    settings.SECRET_KEY, settings.SITE_URL = GOOD["SECRET_KEY"], GOOD["SITE_URL"]
    settings.ALLOWED_HOSTS = [GOOD["ALLOWED_HOSTS"]]
    return settings


def found() -> list[str | None]:
    return [error.id for error in checks.production(None)]


def test_a_good_deployment_is_silent(deployment):
    assert found() == []
    checks.refuse()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("EMBEDDED", True, "portal.E001"),
        ("CELERY_BROKER_URL", "", "portal.E002"),
        ("CELERY_BROKER_URL", embedded.broker_url(settings.VAR), "portal.E002"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "portal.E003"),
        ("EMAIL_URL", "", "portal.E004"),
        ("EMAIL_BACKEND", "portal.drawer.DrawerBackend", "portal.E004"),
        ("DEBUG", True, "portal.E005"),
        ("SECRET_KEY", "short", "portal.E006"),
        ("SECRET_KEY", "a" * 80, "portal.E006"),
        ("ALLOWED_HOSTS", [], "portal.E007"),
        ("ALLOWED_HOSTS", ["*"], "portal.E007"),
        ("SITE_URL", "http://pitch.example.org", "portal.E008"),
    ],
)
def test_each_fault_is_named_and_refused(deployment, name, value, error):
    setattr(deployment, name, value)
    assert found() == [error]
    with pytest.raises(SystemCheckError, match=error):
        checks.refuse()


def test_a_laptop_is_not_asked(deployment):
    deployment.PRODUCTION, deployment.DEBUG = False, True
    assert found() == []


def serve(**changes: str) -> subprocess.CompletedProcess[str]:
    """Load the web process as gunicorn does."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    words = [sys.executable, "-c", "import portal.wsgi"]
    return subprocess.run(words, cwd=ROOT, env=base | GOOD | changes, capture_output=True, text=True, check=False)


def test_the_web_process_serves_a_good_deployment_and_refuses_a_bad_one():
    assert serve().returncode == 0
    bad = serve(SITE_URL="http://pitch.example.org")
    assert bad.returncode != 0
    assert "portal.E008" in bad.stderr
