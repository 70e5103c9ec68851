"""What every request passes: the database may be gone, input may be bad, answers carry headers, times a zone."""

import logging
import re
import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote, unquote_to_bytes

from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from portal import errors, languages, zones

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)

# Pages behind a link or a session are never kept by a browser or a proxy.
PRIVATE = (
    *("/d/", "/p/", "/find/", "/key/", "/who/", "/r/", "/desk", "/agency", "/account"),
    *("/welcome", "/stop/", "/watch/", "/not-me/", "/dev/", "/language"),
)
POLICY = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics", "interest-cohort")
FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"


class DatabaseDown:
    """A database that is gone, full or overloaded is said honestly: 503, try again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that met the trouble. What a middleware meets arrives at errors.broken."""
        if not errors.database_is_away(exception):
            return None
        log.warning("The database does not answer: %s", str(exception).partition("\n")[0])
        return errors.unavailable(request)


class TakenAway:
    """What its owner took away answers 410, wherever it is met."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that looked for it."""
        return errors.gone(request) if isinstance(exception, errors.Gone) else None


class NotThisWay:
    """Whoever opens the address of a form is told so, instead of an empty page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give an empty 405 its words."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.streaming or response.content:
            return response
        return errors.not_this_way(request, response.get("Allow", ""))


class Headers:
    """Headers that the other middleware does not set."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add them; private pages are not stored anywhere. What never changes is the same for everybody."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", ", ".join(f"{name}=()" for name in POLICY))
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        name = settings.SESSION_COOKIE_NAME
        known = not {name, settings.DEVICE_COOKIE_NAME}.isdisjoint(request.COOKIES)
        mine = known and "immutable" not in response.get("Cache-Control", "")
        if request.path.startswith(PRIVATE) or mine or name in response.cookies:
            response["Cache-Control"] = "no-store"
        if request.path.startswith(PRIVATE):
            response["X-Robots-Tag"] = "noindex"
        if request.method == "HEAD" and not response.streaming:
            response.content = b""
        return response


class BadInput:
    """What cannot be read is refused before anything looks at it: 400 or 413, never 500."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse or pass on."""
        if not self._fits(request):
            return errors.too_large(request)
        try:
            readable = self._can_be_read(request)
        except RequestDataTooBig:
            return errors.too_large(request)
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
            readable = False
        return self.get_response(request) if readable else errors.bad_request(request)

    def _fits(self, request: HttpRequest) -> bool:
        """By the length that was announced, before a byte of it is read, and whatever the body is."""
        larger = _mails(request) | (settings.UPLOADS if request.content_type == FILES else {})
        try:
            return int(request.META.get("CONTENT_LENGTH") or 0) <= _most(request, larger)
        except ValueError:
            return True  # Django reads nothing then

    def _can_be_read(self, request: HttpRequest) -> bool:
        if any("\0" in value for value in (request.path, *request.COOKIES.values())):
            return False
        if not is_text(unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1"))):
            return False
        if request.method == "POST" and request.content_type == FORM and not is_text(unquote_to_bytes(request.body)):
            return False
        fields = [one for name, values in request.POST.lists() for one in (name, *values)]
        if sum(map(len, fields)) > _most(request, _mails(request)):
            raise RequestDataTooBig
        return not any("\0" in one for one in fields)


def _mails(request: HttpRequest) -> dict[str, int]:
    """The addresses where the mail provider hands over large mails, for whoever knows the word agreed with it."""
    said, words = get_request_basic_auth(request) or "", settings.ANYMAIL.get("WEBHOOK_SECRET") or []
    agreed = [words] if isinstance(words, str) else words
    return settings.MAILS if any(constant_time_compare(said, word) for word in agreed) else {}


def _most(request: HttpRequest, larger: dict[str, int]) -> int:
    """The bytes that this request may have."""
    found = (size for path, size in larger.items() if request.method == "POST" and re.fullmatch(path, request.path))
    return next(found, settings.MOST_BODY)


def is_text(raw: bytes) -> bool:
    """Whether this is UTF-8 without NUL, which PostgreSQL does not take."""
    try:
        return "\0" not in raw.decode()
    except UnicodeError:
        return False


class Reader:
    """Times and words are the reader's: zone and language of the account, or those that the browser told us."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's zone and language."""
        language = language_of(request)
        setattr(request, "LANGUAGE_CODE", language)  # noqa: B010 (as LocaleMiddleware does)
        with timezone.override(zone_of(request)), translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest) -> str:
    """The reader's language: that of the account; before it, what LocaleMiddleware found."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return languages.offered(user.language)
    return translation.get_language() or languages.offered("")


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """The reader's zone. UTC where nobody knows better."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return zones.named(user.timezone)
    return zones.named(unquote(request.COOKIES.get("zone", "")))
