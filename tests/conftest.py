"""What every test stands on."""

import gc
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

# Playwright runs a loop in the thread of the test; Django would take it for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The first is the same engine without the windows around it, and costs half.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process is left alone with it at the end.

    xdist cuts the list into equal parts. Whole stacks start one after the other, at the head of the first; what
    is long besides stands at the head of the last.
    """
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    stacks, long = ([one for one in items if one.get_closest_marker(name)] for name in ("stack", "long"))
    first = {*stacks, *long}
    others = [one for one in items if one not in first]
    before = max(0, len(items) - len(items) // processes - len(stacks)) if processes > 1 else 0
    items[:] = [*stacks, *others[:before], *long, *others[before:]]


def pytest_collection_finish() -> None:
    """What was loaded for the tests stays until the end, so rubbish is not looked for among it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Limits and counters begin at nought."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _our_language() -> Iterator[None]:
    """A request leaves the language of its reader behind in the thread; the next one begins anew, a test does not."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _nobody_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A thread of the live server may still hold a connection; the database could not be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The chromium of the system: nothing is downloaded."""
    if not CHROMIUM:
        pytest.fail("The browser tests need chromium: apt-get install chromium-headless-shell", pytrace=False)
    return {"executable_path": CHROMIUM, "args": list(FLAGS)}
