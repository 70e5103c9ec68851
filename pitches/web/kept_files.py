"""An answer that its reader may keep, and ask for again at the price of a look."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag


def respond(request: HttpRequest, body: bytes, kind: str) -> HttpResponseBase:
    """The file, or that it is still the one which the reader has."""
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response
