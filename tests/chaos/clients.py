"""Senders at their browsers: they fill in the real form, type the code from the mail, and try again until it works."""

import email
import email.policy
import http.client
import http.cookies
import re
import threading
import time
import urllib.parse

from tests.chaos.furnish import address

PATIENCE = 240  # seconds that a sender waits for anything
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CODE = re.compile(r"\b(\d{3})\W?(\d{3})\b")


class GaveUp(Exception):
    """A sender waited too long, or was told something that nobody should be told."""


class Post:
    """What the mail server has taken, by address."""

    def __init__(self, sink):
        self.sink = sink
        self.lock = threading.Lock()
        self.seen = 0
        self.codes = {}
        self.ids = []

    def read(self):
        """Open what has come since the last time."""
        with self.lock:
            for raw in self.sink.raw[self.seen :]:
                self.seen += 1
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                self.ids.append((str(mail["Message-ID"]).strip(), str(mail["To"]), str(mail["Subject"])))
                text = mail.get_body(("plain",))
                code = CODE.search(text.get_content()) if text else None
                if code and "/p/" not in raw.decode(errors="replace"):
                    self.codes[str(mail["To"])] = "".join(code.groups())

    def code_for(self, to):
        """The newest code; waits for it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read()
            if to in self.codes:
                return self.codes[to]
            time.sleep(0.05)
        raise GaveUp(f"no code for {to}")


class Browser:
    """One sender's browser: cookies, forms, and patience."""

    def __init__(self, port):
        self.port = port
        self.cookies = http.cookies.SimpleCookie()
        self.retries = 0
        self.slowest = 0.0

    def ask(self, method, path, data=None):
        """One request, tried again with the same words until the site answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                began = time.monotonic()
                status, headers, text = self._once(method, path, data)
                if status < 500:
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    return status, headers, text
            except (OSError, http.client.HTTPException):
                pass
            self.retries += 1
            time.sleep(0.1)
        raise GaveUp(f"{method} {path} was never answered")

    def _once(self, method, path, data):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            cookies = "; ".join(f"{name}={value.value}" for name, value in self.cookies.items())
            headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urllib.parse.urlencode(data or {}) or None, headers)
            response = connection.getresponse()
            text = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie") or []:
                self.cookies.load(cookie)
            return response.status, response.headers, text
        finally:
            connection.close()

    def form(self, path):
        """The hidden fields of the first form of a page."""
        status, _, text = self.ask("GET", path)
        if status != 200:
            raise GaveUp(f"GET {path} answered {status}")
        return dict(reversed(HIDDEN.findall(text)))

    def send(self, path, data, wanted):
        """Post a form and follow it as far as the address that it leads to."""
        status, headers, text = self.ask("POST", path, data)
        where = headers.get("Location", "")
        if status not in (302, 303) or not where.startswith(wanted):
            raise GaveUp(f"POST {path} answered {status} {where}: {re.sub('<[^>]+>', ' ', text)[-800:]}")
        return where


def write(browser, number):
    """Fill in the form of the door; the address of the check page."""
    answers = browser.form("/@chaos/door") | {
        "line": f"Study {number} on why people mute brands",
        "why": "The question your readers ask most, put to people in four countries.",
        "link": f"https://agency{number}.example/study",
        "ask": "write",
        "payer": "client",
        "name": "Elif Kaya",
        "company": f"Mosaic {number}",
        "email": address(number),
    }
    return browser.send("/@chaos/door/pitch", answers, "/d/"), answers["csrfmiddlewaretoken"]


def hand_in(browser, post, number):
    """The whole way; the token of the receipt."""
    check, csrf = write(browser, number)
    code = post.code_for(address(number))
    status = browser.send(check, {"csrfmiddlewaretoken": csrf, "code": code}, "/p/")
    return status.removeprefix("/p/")
