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
    settings.OPERATORS, settings.DEFAULT_FROM_EMAIL = ["you@example.org"], "post@pitch.example.org"
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
        ("WEBHOOK_LOOPBACK", True, "portal.E009"),
    ],
)
def test_each_fault_is_named_and_refused(deployment, name, value, error):
    setattr(deployment, name, value)
    assert found() == [error]
    with pytest.raises(SystemCheckError, match=error):
        checks.refuse()


def test_behind_mail_to_few_there_is_a_mail_server_too(deployment):
    deployment.MAIL_ALLOW, deployment.EMAIL_BACKEND = ["@example.org"], "portal.allowed.AllowedBackend"
    deployment.MAIL_SENDS_BY = "django.core.mail.backends.smtp.EmailBackend"
    assert found() == []
    deployment.MAIL_SENDS_BY = "django.core.mail.backends.console.EmailBackend"
    assert found() == ["portal.E004"]


@pytest.mark.parametrize(
    ("name", "value", "warning"),
    [("OPERATORS", [], "portal.W012"), ("DEFAULT_FROM_EMAIL", "Halfdoor <post@halfdoor.example>", "portal.W013")],
)
def test_what_would_be_a_pity_is_said_and_starts(deployment, name, value, warning):
    setattr(deployment, name, value)
    assert found() == [warning]
    checks.refuse()


@pytest.mark.parametrize("production", [True, False])
def test_whoever_has_a_provider_has_a_secret_for_it_on_a_laptop_too(deployment, production):
    deployment.PRODUCTION, deployment.MAIL_PROVIDER, deployment.ANYMAIL = production, "postmark", {}
    assert found() == ["portal.E010"]
    deployment.ANYMAIL = {"WEBHOOK_SECRET": "name:password"}
    assert found() == []


def test_a_laptop_is_not_asked(deployment):
    deployment.PRODUCTION, deployment.DEBUG = False, True
    assert found() == []


def start(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Start a process in a good deployment, with changes."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=base | GOOD | changes,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


BEGIN = "from celery.signals import {0}; import portal.celery; {0}.send(sender=None); print('works')"


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "import portal.wsgi; print('works')"),
        ("-c", BEGIN.format("worker_init")),
        ("-c", BEGIN.format("beat_init")),
    ],
)
def test_a_good_deployment_works(words):
    done = start(*words)
    assert (done.returncode, done.stdout) == (0, "works\n")


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "import portal.wsgi"),
        ("-m", "celery", "-A", "portal", "worker", "-c", "1", "-P", "solo"),
        ("-m", "celery", "-A", "portal", "beat", "--pidfile="),
        ("manage.py", "relay"),
    ],
)
def test_no_process_works_for_a_bad_deployment(words):
    bad = start(*words, SITE_URL="http://pitch.example.org")
    assert (bad.returncode != 0, "portal.E008" in bad.stderr) == (True, True)
