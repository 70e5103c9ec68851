"""System checks: a deployment that would not work, or not be safe, says so with a hint.

They count when PRODUCTION is on. Web (portal/wsgi.py), worker and beat (portal/celery.py) and relay refuse to start.
"""

from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import checks

from portal import embedded, words

NO_SHARED_CACHE = ("locmem", "dummy", "filebased")
NO_MAIL_SERVER = ("console", "dummy", "filebased", "locmem", "drawer")


@checks.register(checks.Tags.security)
def production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """All that must be right before strangers may come."""
    if not settings.PRODUCTION:
        return [*_provider()]
    return [*_servers(), *_provider(), *_secrets(), *_address(), *_network(), *_words(), *_operators()]


def refuse() -> None:
    """Stop a process that would serve a deployment with one of these errors."""
    from django.core.management.base import SystemCheckError  # noqa: PLC0415 (only when there is something to say)

    if found := [one for one in production(None) if one.level >= checks.ERROR]:
        raise SystemCheckError("\n".join(str(error) for error in found))


def _servers() -> Iterator[checks.CheckMessage]:
    if settings.EMBEDDED:
        yield _error(
            1, "The embedded PostgreSQL is not for production: it asks nobody for a password.", "Set DATABASE_URL."
        )
    if settings.CELERY_BROKER_URL in {"", embedded.broker_url(settings.VAR)}:
        yield _error(2, "No broker: nothing would be routed and no mail sent.", "Set BROKER_URL.")
    cache = settings.CACHES["default"]
    local = any(kind in cache["BACKEND"] for kind in NO_SHARED_CACHE)
    if local or cache.get("LOCATION") == embedded.cache_url(settings.VAR):
        yield _error(3, "No shared cache: limits would be counted for each process alone.", "Set CACHE_URL.")
    sends = settings.EMAIL_URL or settings.MAIL_PROVIDER
    behind = settings.MAIL_SENDS_BY if settings.MAIL_ALLOW else settings.EMAIL_BACKEND
    if not sends or any(kind in behind for kind in NO_MAIL_SERVER):
        yield _error(4, "No mail server: nobody could prove a mailbox or sign in.", "Set EMAIL_URL.")


def _provider() -> Iterator[checks.CheckMessage]:
    """Its webhooks are there wherever it is named, also on a laptop that strangers can reach."""
    if settings.MAIL_PROVIDER and ":" not in str(settings.ANYMAIL.get("WEBHOOK_SECRET", "")):
        hint = "Set ANYMAIL_WEBHOOK_SECRET=name:password, and the same at the provider."
        yield _error(10, "Anybody could say in the name of the mail provider what became of a mail.", hint)


def _secrets() -> Iterator[checks.CheckMessage]:
    if settings.DEBUG:
        yield _error(5, "DEBUG shows the inside of the site to everybody.", "Set DEBUG=no.")
    key = settings.SECRET_KEY
    if len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure"):
        make = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        yield _error(6, "SECRET_KEY can be guessed.", f"Make a new one: {make}")


def _address() -> Iterator[checks.CheckMessage]:
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield _error(7, "ALLOWED_HOSTS must name your hosts.", "Set ALLOWED_HOSTS=pitch.example.org.")
    if not settings.SITE_URL.startswith("https://"):
        yield _error(8, "SITE_URL is not https: links in mails and cookies would travel in the open.", "Set SITE_URL.")


def _network() -> Iterator[checks.CheckMessage]:
    if settings.WEBHOOK_LOOPBACK:
        yield _error(9, "Webhooks may reach into this machine.", "Set WEBHOOK_LOOPBACK=no.")


def _words() -> Iterator[checks.CheckMessage]:
    without = [code for code, _name in settings.LANGUAGES[1:] if not words.made(code)]
    if without:
        yield _error(11, f"The words in {', '.join(without)} are not made.", "Run manage.py words --compile.")


def _operators() -> Iterator[checks.CheckMessage]:
    if not settings.OPERATORS:
        yield _warning(12, "Nobody would hear that mail stops or work stands still.", "Set OPERATORS.")
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith(".example"):
        yield _warning(13, "Mail comes from a domain that is nobody's, and would be refused.", "Set MAIL_FROM.")


def _warning(number: int, sentence: str, hint: str) -> checks.CheckMessage:
    return checks.Warning(sentence, hint=f"{hint} (docs/run-it.md)", id=f"portal.W{number:03}")


def _error(number: int, sentence: str, hint: str) -> checks.CheckMessage:
    return checks.Error(sentence, hint=f"{hint} (docs/run-it.md)", id=f"portal.E{number:03}")
