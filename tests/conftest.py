"""What every test stands on."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

# Playwright runs a loop in the thread of the test; Django would take it for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Limits and counters begin at nought."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The chromium of the system: nothing is downloaded."""
    if not CHROMIUM:
        pytest.fail("The browser tests need chromium: apt-get install chromium", pytrace=False)
    return {"executable_path": CHROMIUM, "args": list(FLAGS)}
