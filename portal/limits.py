"""How often something may be tried, counted in PostgreSQL: one row for a name, somebody and an hour.

Somebody is a network, an IPv4 /24 or an IPv6 /56, of which only a keyed hash rests. A lost cache changes nothing.
"""

import ipaddress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock, tokens
from portal.models import Tally
from portal.templatetags.portal import at

HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
# How many of a kind within how long. What people send is counted for their network, NETWORK_LIMIT times as much.
LIMITS = {
    "pitch": (30, HOUR),
    "introduce": (30, HOUR),
    "watch": (30, HOUR),
    "draft": (20, HOUR),
    "find": (10, HOUR),
    "try": (60, HOUR),  # dry runs
    "code": (90, HOUR),  # typed codes
    "again": (30, HOUR),  # "Send again"
    "not_me": (30, HOUR),
    "report": (10, HOUR),
    "report_page": (20, A_DAY),  # about one page; beyond it they are kept, and no mail says so (pitches/reports.py)
    "knock": (60, HOUR),  # of strangers at one page; beyond it a browser does a sum (portal/sums.py)
    "letter": (10, A_DAY),  # mails without a code to one proven mailbox (pitches/mailboxes.py)
    "letter_pitch": (5, HOUR),  # mails that come in to one pitch (pitches/inbound/kinds.py)
    "letter_sender": (20, A_DAY),  # and from one address
    "letter_page": (60, HOUR),  # and to the handle of one page
    "sum": (5, A_DAY),  # uses of one sum, for one form
}
PREFIX = {4: 24, 6: 56}
KEPT = timedelta(days=2)


def over(request: HttpRequest, what: str) -> datetime | None:
    """Count a try of this network. When it was one too many: from when the next one counts."""
    tried, until = tries(request, what)
    return until if above(tried, what) else None


def tries(request: HttpRequest, what: str) -> tuple[int, datetime]:
    """Count a try of this network: how many there were by now, and when the span ends."""
    return count(what, network_of(request))


def above(tried: int, what: str) -> bool:
    """Is this more than the limit, as this site is set up?"""
    most = LIMITS[what][0] * settings.NETWORK_LIMIT
    return 0 < most < tried


def count(what: str, who: str) -> tuple[int, datetime]:
    """Count a try, in one statement: how many there were by now, and when the span ends."""
    began, per = _span(LIMITS[what][1])
    rows = "INSERT INTO portal_tally AS tally (what, who, began_at, count) VALUES (%s, %s, %s, 1) "
    more = "ON CONFLICT (what, who, began_at) DO UPDATE SET count = tally.count + 1 RETURNING count"
    with connection.cursor() as cursor:
        cursor.execute(rows + more, [what, who, began])
        return cursor.fetchone()[0], began + per


def _span(per: timedelta) -> tuple[datetime, timedelta]:
    """The span of this length that is running now. All of them begin with the day, in UTC."""
    now = clock.now().astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // per * per, per


# ── whose network ────────────────────────────────────────────────────────────
def network_of(request: HttpRequest) -> str:
    """A keyed hash of the network that a request came from."""
    found = address_of(request)
    try:
        address = ipaddress.ip_address(found.partition("%")[0])
    except ValueError:
        return tokens.code_hash("network", "")
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return tokens.code_hash("network", str(ipaddress.ip_network((address, PREFIX[address.version]), strict=False)))


def address_of(request: HttpRequest) -> str:
    """The address of the client: the one that our own proxies saw, TRUSTED_PROXY_COUNT of them.

    What a client writes into X-Forwarded-For stands before what the proxies write, and is never looked at.
    """
    count, direct = settings.TRUSTED_PROXY_COUNT, request.META.get("REMOTE_ADDR", "")
    seen = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    return seen[-count] if count and len(seen) >= count else direct


# ── to say it ────────────────────────────────────────────────────────────────
def sentence(until: datetime, *, kept: bool = True) -> str:
    """What is said, with the time in the reader's zone. `kept`: at a form that stays as it was typed."""
    time = at(until + timedelta(seconds=59))  # the first whole minute that is not too early
    words = _("Too many tries from this network. Please try again at %(time)s.") % {"time": time}
    return f"{words} {_('Your text is still here.')}" if kept else words


def later(response: HttpResponse, until: datetime) -> HttpResponse:
    """429, and when to come again."""
    response.status_code = 429
    response["Retry-After"] = str(max(1, int((until - clock.now()).total_seconds()) + 1))
    return response


# ── to forget ────────────────────────────────────────────────────────────────
def forget() -> int:
    """Delete what is over. Returns how many rows."""
    return Tally.objects.filter(began_at__lt=clock.now() - KEPT).delete()[0]
