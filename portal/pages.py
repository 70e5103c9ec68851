"""Pages that are the same for everybody are kept in the cache, and asked for before sessions and all the rest.

A copy is good for as long as the stamp of what it shows (a *subject*) is one that it was drawn under. There are two:
the one that stood in the cache before it was drawn, which whoever changes the subject replaces, and the one that the
view gave, which PostgreSQL knows. The stamp in the cache lives for seconds: whatever goes wrong, no copy is older.
docs/decisions/0009-pages-kept-by-stamp.md says why that is enough.
"""

import gzip
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache as once
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_request

from portal import clock

STAMP_LIFE = 5  # seconds: a change that the cache never heard of shows after so many
COPY_LIFE = 300  # seconds: figures on a page are not older
THEMES = ("light", "dark")
VARIES = {"accept-language", "cookie"}  # the cookies that count are in the key, or keep the page out of the cache
NO_BODY_NEEDED = ("ETag", "Cache-Control", "Vary", "Content-Language")
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
Address = Callable[[str, str], tuple[str, str] | None]


class Copy(NamedTuple):
    """A page as it is kept. Plain values: another release may read it."""

    drawn_under: str  # the stamp that stood in the cache
    stamp: str  # the stamp that the view gave
    until: float  # when it changes by itself; Unix time
    etag: str
    headers: list[tuple[str, str]]
    packed: bytes

    def answer(self, request: HttpRequest) -> HttpResponse:
        """As a response: whole, packed, or "you have it"."""
        asked = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
        if "*" in asked or self.etag in asked:
            return HttpResponseNotModified(headers={k: v for k, v in self.headers if k in NO_BODY_NEEDED})
        packs = bool(GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
        body = self.packed if packs else gzip.decompress(self.packed)
        response = HttpResponse(body, headers=dict(self.headers))
        response.headers["Content-Length"] = str(len(body))
        if packs:
            response.headers["Content-Encoding"] = "gzip"
        return response


@dataclass
class Shared:
    """What a view says of its response: which state of its subject it shows, and until when. `kept`: the copy does."""

    stamp: str
    until: datetime | None = None
    kept: bool = False


# ── for views ────────────────────────────────────────────────────────────────
def kept(request: HttpRequest, stamp: str) -> HttpResponse | None:
    """A stand-in for the response, if the copy in the cache shows this state of the subject: nothing need be drawn.

    Only where the stamp in the cache has run out. Where it says that something changed, it is believed.
    """
    asked: Asked | None = getattr(request, "shared_page", None)
    if asked is None or asked.stamp or asked.copy is None:
        return None
    same = asked.copy.stamp == stamp and asked.copy.until > clock.now().timestamp()
    return _marked(HttpResponse(), Shared(stamp, kept=True)) if same else None


def share(response: HttpResponse, stamp: str, until: datetime) -> HttpResponse:
    """Mark a response as the same for everybody who brings none of settings.PERSONAL_COOKIES, until a moment."""
    return _marked(response, Shared(stamp, until))


def _marked(response: HttpResponse, mark: Shared) -> HttpResponse:
    setattr(response, "shared", mark)  # noqa: B010 (Django's class does not know it)
    return response


def theme_of(request: HttpRequest) -> str:
    """The theme this reader switched to: light, dark, or nothing to follow the system."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


# ── for whoever changes something ────────────────────────────────────────────
@dataclass(frozen=True)
class Restamp:
    """Give a subject a new stamp: copies drawn under another one are good for nothing."""

    subject: str

    def __call__(self) -> None:
        """Where the cache cannot write, it may still be able to forget."""
        key = _stamp_key(self.subject)
        if cache.set_many({key: _new_stamp()}, timeout=STAMP_LIFE):
            cache.delete(key)


def changed(subject: str) -> None:
    """What a page shows has changed: from the commit on, copies of it are void."""
    restamp = Restamp(subject)
    if restamp not in [entry[1] for entry in connection.run_on_commit]:
        transaction.on_commit(restamp, robust=True)


def _stamp_key(subject: str) -> str:
    return f"stamp:{subject}"


def _life() -> str | None:
    """The run of the cache server, if it has runs; None where nobody knows, and nothing may be believed."""
    return getattr(cache, "life", "-") or None


def _new_stamp() -> str:
    return f"{_life() or ''}:{secrets.token_hex(8)}"


# ── the middleware ───────────────────────────────────────────────────────────
@dataclass
class Asked:
    """One request for a shared page: what the cache had, and when it was looked at."""

    subject: str
    key: str
    stamp: str  # empty if there is none, or one of another life of the server
    copy: Copy | None
    life: str | None  # of the server that was asked: one that came later may not know what was said meanwhile
    looked_at: float

    @classmethod
    def look(cls, subject: str, variant: str) -> "Asked":
        """One question to the cache."""
        stamp_key, key = _stamp_key(subject), f"copy:{build()}:{subject}:{variant}"
        looked_at = time.monotonic()
        found = cache.get_many([stamp_key, key])
        given_by, _colon, stamp = found.get(stamp_key, "").partition(":")
        copy, life = found.get(key), _life()
        return cls(subject, key, stamp if given_by == life else "", Copy(*copy) if copy else None, life, looked_at)

    def good(self) -> bool:
        """Does the copy show what is so now?"""
        copy = self.copy
        if not self.stamp or copy is None or copy.until <= clock.now().timestamp():
            return False
        return self.stamp in (copy.drawn_under, copy.stamp)

    def keep(self, response: HttpResponse, mark: Shared) -> Copy:
        """Store what a view drew. Who was slow may show what is no longer so, and stores nothing."""
        copy = self.copy if mark.kept and self.copy else _copy(response, mark, self.stamp)
        if time.monotonic() - self.looked_at < STAMP_LIFE / 2:
            if not mark.kept:
                cache.set(self.key, tuple(copy), timeout=COPY_LIFE)
            if not self.stamp:
                cache.add(_stamp_key(self.subject), f"{self.life or ''}:{mark.stamp}", timeout=STAMP_LIFE)
        return copy


class SharedPages:
    """Answers from the cache, before sessions, whoever brings no cookie that makes a page personal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.address: Address = import_string(settings.SHARED_PAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """From the cache, or from the view and into the cache."""
        found = self.address(request.path_info, request.META.get("QUERY_STRING", ""))
        if found is None or not _same_for_everybody(request):
            return self.get_response(request)
        asked = Asked.look(found[0], f"{found[1]}:{_language(request)}:{theme_of(request)}")
        if asked.copy and asked.good():
            return asked.copy.answer(request)
        setattr(request, "shared_page", asked)  # noqa: B010
        response = self.get_response(request)
        mark = getattr(response, "shared", None)
        if mark is None or not _may_be_kept(response):
            return response
        return asked.keep(response, mark).answer(request)


def _same_for_everybody(request: HttpRequest) -> bool:
    """A plain look at the site's own address, by nobody in particular."""
    return (
        request.method in ("GET", "HEAD")
        and request.META.get("HTTP_HOST", "").lower() == urlsplit(settings.SITE_URL).netloc
        and not any(name in request.COOKIES for name in settings.PERSONAL_COOKIES)
    )


def _may_be_kept(response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    return response.status_code == 200 and not response.cookies and varies <= VARIES


def _language(request: HttpRequest) -> str:
    """As LocaleMiddleware chooses, which comes later."""
    return get_language_from_request(request) if len(settings.LANGUAGES) > 1 else settings.LANGUAGE_CODE


def _copy(response: HttpResponse, mark: Shared, stamp: str) -> Copy:
    body = response.content
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers["Cache-Control"], response.headers["ETag"] = "no-cache", etag
    headers = [(name, value) for name, value in response.items() if name != "Content-Length"]
    until = mark.until.timestamp() if mark.until else 0
    return Copy(stamp or mark.stamp, mark.stamp, until, etag, headers, gzip.compress(body, 6, mtime=0))


@once
def build() -> str:
    """A digest of the code, the templates and the static files: a new release never shows a page of the old one."""
    seen = hashlib.sha256(settings.SITE_URL.encode())
    folders = [settings.BASE_DIR / name for name in ("portal", "pitches", "templates", "locale")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in sorted([*files, Path(settings.STATIC_ROOT) / "staticfiles.json"]):
        if path.exists():
            seen.update(str(path).encode() + path.read_bytes())
    return seen.hexdigest()[:16]
