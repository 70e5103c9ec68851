"""Every mail in a browser: on a narrow phone and on a desk, by day and at dusk, from left and from right."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pitches import models as pages
from pitches.notify import catalogue, render
from pitches.notify import samples as operators
from tests.browser.conftest import COLOURS, Hand
from tests.notify import samples
from tests.notify.test_every_kind import LONG
from tests.notify.test_samples import every_variant
from tests.pseudo import pseudo  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
NARROW, WIDE = 320, 600
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
    .map((one) => one.outerHTML.slice(0, 120))"""
# Which way the words run where they stand, whatever the frame around them says.
WAYS = """() => [...new Set([...document.querySelectorAll('h1, p, .quote, .row')]
    .map((one) => getComputedStyle(one).direction))]"""
# What is pressed is 44 CSS pixels high at least (UX.md 4.8).
LOW = """() => [...document.querySelectorAll('.button a')].map((one) => one.getBoundingClientRect().height)
    .filter((height) => height < 44)"""
every_sample = pytest.mark.parametrize("sample", samples.SAMPLES.values(), ids=samples.SAMPLES)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A mail program: no script of the mail's, no picture, nothing from the net. And what was asked of the net."""
    context, asked = browser.new_context(viewport={"width": NARROW, "height": 700}), []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route("**/*", refuse)
    yield context.new_page(), asked
    context.close()


@pytest.fixture(params=["ltr", "rtl"])
def direction(request: Any, settings: Any) -> str:
    """English, or the layout of Arabic around the same words."""
    if request.param == "rtl":
        settings.LANGUAGE_CODE, settings.LANGUAGES = "ar", [("ar", "Arabic")]
    return str(request.param)


@every_sample
def test_a_mail_can_be_read_wherever_it_is_opened(
    reader: tuple[Page, list[str]], direction: str, sample: Callable[[], Any]
) -> None:
    page, asked = reader
    _everywhere(page, str(render.build(sample()).alternatives[0][0]))
    assert page.evaluate(WAYS) == [direction]
    assert asked == []


@every_variant
def test_so_can_each_variant_that_operators_look_at(reader: tuple[Page, list[str]], kind: str, variant: str) -> None:
    page, asked = reader
    _everywhere(page, str(operators.of(kind, "en", variant).mail.alternatives[0][0]))
    assert asked == []


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_a_language_with_longer_words_stays_on_the_paper(
    reader: tuple[Page, list[str]],
    pseudo: str,  # noqa: F811
    kind: str,
) -> None:
    page, _asked = reader
    page.set_viewport_size({"width": NARROW, "height": 700})
    for variant in operators.variants(kind):
        page.set_content(str(operators.of(kind, pseudo, variant).mail.alternatives[0][0]))
        _fits(page)


@pytest.mark.parametrize("name", ["receipt", "tell_now", "door_open", "page_up", "webhook_fails"])
def test_words_of_any_length_stay_on_the_paper(reader: tuple[Page, list[str]], name: str) -> None:
    page, _asked = reader
    message = samples.SAMPLES[name]()
    pages.Page.objects.update(name=LONG, handle="w" * 30)
    pages.Pitch.objects.update(line="w" * 90, name=LONG)
    pages.Door.objects.update(name=LONG[:60])
    pages.Plan.objects.update(webhook=f"https://{'w' * 60}.{'w' * 60}.example/")
    page.set_viewport_size({"width": NARROW, "height": 700})
    page.set_content(str(render.build(type(message).objects.get(pk=message.pk)).alternatives[0][0]))
    _fits(page)


def _everywhere(page: Page, html: str) -> None:
    """By day on a narrow phone, at dusk, and on a desk."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": NARROW, "height": 700})
    page.set_content(html, wait_until="domcontentloaded")
    person = Hand(page, "")
    person.axe()
    _fits(page)
    assert page.evaluate(LOW) == []
    page.emulate_media(color_scheme="dark")
    person.axe(*COLOURS)
    page.set_viewport_size({"width": WIDE, "height": 700})
    _fits(page)


def _fits(page: Page) -> None:
    assert page.evaluate(TOO_WIDE) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
