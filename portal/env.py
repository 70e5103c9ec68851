"""Typed readers of the environment. A wrong value refuses to start, with a sentence that says which."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """A plain value."""
    return os.environ.get(name, default).strip()


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def flag(name: str, *, default: bool = False) -> bool:
    """Yes or no, in the usual spellings; anything else refuses to start."""
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    message = f"{name} must be yes or no, not {value!r}."
    raise ImproperlyConfigured(message)


def number(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number, at least `at_least`."""
    value = text(name)
    if not value:
        return default
    if value.isdecimal() and int(value) >= at_least:
        return int(value)
    message = f"{name} must be a whole number of at least {at_least}, not {value!r}."
    raise ImproperlyConfigured(message)


def url(name: str, default: str = "", *, schemes: tuple[str, ...]) -> str:
    """An address with one of the given schemes."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        message = f"{name} must start with one of {', '.join(schemes)}."
        raise ImproperlyConfigured(message)
    return value


def secret(name: str, default: str = "") -> str:
    """A secret: the value of NAME, or the content of the file named in NAME_FILE."""
    path = text(f"{name}_FILE")
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"{name}_FILE names a file that cannot be read: {error.strerror}."
        raise ImproperlyConfigured(message) from error


def secrets(prefix: str) -> dict[str, str]:
    """All secrets whose names begin so, by the rest of their names."""
    names = {name.removesuffix("_FILE") for name in os.environ if name.startswith(prefix)}
    return {name.removeprefix(prefix): secret(name) for name in sorted(names)}
