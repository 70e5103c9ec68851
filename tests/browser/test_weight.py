"""What the public page weighs at the first visit, and that nothing on it jumps."""

import gzip

import pytest

from tests.factories import AnswerFactory, DoorFactory, PageFactory

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
HEAVIEST = 120 * 1024  # bytes over the wire, everything included
MOST_REQUESTS = 6  # the page, its style, its script, two fonts, the icon
JUMPS = 0.05  # layout shift; 0.1 is what search engines call good
PACKED = ("text/", "application/javascript", "application/json", "image/svg+xml", "text/javascript")

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  const add = (entry) => { if (!entry.hadRecentInput) sum += entry.value; };
  new PerformanceObserver((list) => list.getEntries().forEach(add))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""


@pytest.fixture
def maya():
    """A page with everything on it: five doors as they can stand, and figures."""
    page = PageFactory(handle="maya", tagline="The Long Funnel, every Thursday", intro="Pick an open door. " * 10)
    doors = DoorFactory.create_batch(2, page=page)
    for trait in ("closed", "invited", "until_soon"):
        DoorFactory(page=page, **{trait: True})
    AnswerFactory.create_batch(12, pitch__door=doors[0])
    return page


def weight(response):
    """Bytes of a response as it travels: what can be packed is packed, as a production server does."""
    body = response.body()
    kind = response.headers.get("content-type", "")
    return len(gzip.compress(body, 9)) if kind.startswith(PACKED) else len(body)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_the_first_visit_is_light_and_still(hand, maya, screen):
    one, answers, said = hand(screen), [], []
    one.page.on("response", lambda answer: answers.append(answer))
    one.page.on("console", lambda message: said.append(message.text))
    one.page.on("pageerror", lambda error: said.append(str(error)))
    one.open("/@maya")
    one.page.wait_for_load_state("networkidle")
    shift = one.page.evaluate(SHIFTS)
    weights = {answer.url.removeprefix(one.base): weight(answer) for answer in answers}
    assert [answer.status for answer in answers] == [200] * len(answers), weights
    assert len(answers) <= MOST_REQUESTS, weights
    assert sum(weights.values()) <= HEAVIEST, weights
    assert shift <= JUMPS
    assert (one.strangers, said) == ([], [])


def test_the_page_itself_travels_packed_and_is_not_sent_twice(hand, maya):
    one = hand("phone")
    one.open("/@maya")
    sent = one.page.request.get(f"{one.base}/@maya")
    assert (sent.headers["content-encoding"], sent.headers["cache-control"]) == ("gzip", "no-cache")
    again = one.page.request.get(f"{one.base}/@maya", headers={"If-None-Match": sent.headers["etag"]})
    assert again.status == 304
