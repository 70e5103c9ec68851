"""A real browser on a live server, with a worker at work beside it."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.db import close_old_connections, connection
from playwright.sync_api import Browser, BrowserContext, Page

from pitches import tasks

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 1}
DESKTOP = {"viewport": {"width": 1360, "height": 860}, "device_scale_factor": 1}
SCREENS = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture(autouse=True)
def _real_database(transactional_db: None) -> None:
    """The server, the worker and the test see the same rows."""


@pytest.fixture(autouse=True)
def worker(_real_database: None) -> Iterator[None]:
    """What a Celery worker and the timetable would do, every tenth of a second."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            close_old_connections()
            tasks.tick()
            tasks.sweep()
        connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=10)


# Waits for what fades, not for what turns for ever.
STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => {})))"""

# What axe asks of colours.
COLOURS = ("color-contrast", "link-in-text-block")


@dataclass
class Hand:
    """Somebody's finger on a page: counts taps, keys and pages."""

    page: Page
    base: str
    touch: bool = False
    taps: int = 0
    typed: int = 0
    loads: int = 0
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("load", self._loaded)
        self.page.on("request", self._asked)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.strangers.append(request.url)

    def open(self, path: str) -> None:
        """Follow a link from elsewhere."""
        self.page.goto(self.base + path)

    def tap(self, target: Any) -> None:
        """One tap or click."""
        self.taps += 1
        target.tap() if self.touch else target.click()

    def write(self, target: Any, text: str) -> None:
        """Tap into a field and type."""
        self.tap(target)
        self.typed += len(text)
        target.fill(text)

    def button(self, name: str | re.Pattern[str]) -> Any:
        """A button by its words."""
        return self.page.get_by_role("button", name=name)

    def link(self, name: str | re.Pattern[str]) -> Any:
        """A link by its words."""
        return self.page.get_by_role("link", name=name)

    def axe(self, *rules: str) -> None:
        """No accessibility violation on this page (WCAG 2.2 A and AA, best practice), once its colours stand still."""
        self.page.evaluate(STILL)
        only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        found = Axe().run(self.page, options={"resultTypes": ["violations"], **only}).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []

    def axe_by_day_and_night(self) -> None:
        """The same in both schemes. They differ by their colours alone, so by night only these are looked at."""
        self.page.emulate_media(color_scheme="light")
        self.axe()
        self.page.emulate_media(color_scheme="dark")
        self.axe(*COLOURS)


@pytest.fixture
def hand(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Hand]]:
    """A new person on a screen: hand("phone", script=False)."""
    settings.SITE_URL = live_server.url
    contexts: list[BrowserContext] = []

    def arrive(screen: str = "desktop", *, script: bool = True, cookies: dict[str, str] | None = None) -> Hand:
        context = browser.new_context(
            **SCREENS[screen], java_script_enabled=script, locale="en-GB", timezone_id="Europe/London"
        )
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in (cookies or {}).items()]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        return Hand(page, live_server.url, touch=screen == "phone")

    yield arrive
    for context in contexts:
        context.close()


def mailed_code(address: str, tries: int = 100) -> str:
    """Wait for the newest code that was mailed to an address."""
    for _try in range(tries):
        for message in reversed(mail.outbox):
            hit = re.search(r"\b(\d{3}) ?(\d{3})\b", message.subject)
            if address in message.to and hit:
                return hit[1] + hit[2]
        threading.Event().wait(0.1)
    message = f"No code came to {address}."
    raise AssertionError(message)


def wait_for(check: Callable[[], Any], tries: int = 150) -> Any:
    """Wait until something is true, at most 15 seconds."""
    for _try in range(tries):
        if found := check():
            return found
        threading.Event().wait(0.1)
    return check()
