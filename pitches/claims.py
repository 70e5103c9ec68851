"""Claims: an agency shows that it may speak for its domain, by a code at a role address or by a DNS record.

It is a badge beside the agency, and raises no standing. A proof holds for a year; by a record, as long as it stands.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import dns.exception
import dns.resolver
from django.conf import settings
from django.db import transaction
from django.db.models import F

from pitches.models import Agency, DomainProof, ProofWay, Sender
from portal import clock, tokens

log = logging.getLogger(__name__)
# Whoever reads mail at one of these runs the domain: CA/Browser Forum, Baseline Requirements 3.2.2.4.4, after RFC 2142.
ROLES = ("postmaster", "hostmaster", "webmaster", "admin", "administrator")
RECORD = "_halfdoor"  # the name below the domain
VALUE = "halfdoor-domain-proof="
TRIES = 5
A_DAY = 3  # requests of an agency
CODE_LIFE = timedelta(days=3)  # role mailboxes are not read every hour
RECORD_LIFE = timedelta(days=14)  # how long a record is looked for
HOLDS = timedelta(days=365)
LOOKS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))  # then every six hours
LOOK_AGAIN = timedelta(days=30)  # at a record that was found
GONE_FOR = timedelta(days=3)  # a record that is missing so long proves nothing any more
PATIENCE = 5  # seconds for one look
TURN = 15.0  # seconds for the looks of one time: half of the time between two is left to webhooks
BATCH = 20
HELD = timedelta(minutes=2)  # a row that is looked at; whoever dies over it gives it back then
MISSING, OTHER, SILENT = "missing", "other", "silent"  # what a look found that is no proof


@dataclass
class NotNow(Exception):
    """It cannot be asked or proven now: `why` is limit, role, expired, tries or wrong."""

    why: str


def proven(agency: Agency | None) -> DomainProof | None:
    """The proof that holds for this agency now."""
    if agency is None:
        return None
    return agency.proofs.filter(proven_at__isnull=False, expires_at__gt=clock.now()).order_by("-proven_at").first()


def asked(agency: Agency, way: ProofWay) -> DomainProof | None:
    """The newest request that still runs, by this way."""
    return agency.proofs.filter(way=way, proven_at=None, expires_at__gt=clock.now()).first()


@transaction.atomic
def ask(sender: Sender, way: ProofWay, *, role: str = "") -> DomainProof:
    """Begin to prove the domain of a sender's agency. Asked by DNS again, the same record goes on. Raises NotNow."""
    assert sender.agency is not None
    agency = Agency.objects.select_for_update(no_key=True).get(pk=sender.agency.pk)
    if way == ProofWay.MAIL and role not in ROLES:
        raise NotNow("role")
    if way == ProofWay.DNS and (running := asked(agency, way)):
        look_soon(running)
        return running
    now = clock.now()
    if agency.proofs.filter(asked_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise NotNow("limit")
    life, look = (CODE_LIFE, None) if way == ProofWay.MAIL else (RECORD_LIFE, now)
    return DomainProof.objects.create(
        agency=agency, sender=sender, way=way, role=role, asked_at=now, expires_at=now + life, look_due=look
    )


# ── by mail ──────────────────────────────────────────────────────────────────
def address_of(proof: DomainProof) -> str:
    """The role address that gets the code."""
    return f"{proof.role}@{proof.agency.domain}"


def code_of(proof: DomainProof) -> str:
    """Six digits, derived from the row's seed: nothing that opens anything rests in the table."""
    return f"{int.from_bytes(tokens.link_token('domain-code', proof.seed).encode()) % 10**6:06d}"


def prove(proof: DomainProof, code: str) -> None:
    """The code from the mail. Each try is counted first; after five, another has to be asked for. Raises NotNow."""
    counted = DomainProof.objects.filter(pk=proof.pk, proven_at=None, tries__lt=TRIES, expires_at__gt=clock.now())
    if not counted.update(tries=F("tries") + 1):
        proof.refresh_from_db()
        raise NotNow("tries" if proof.tries >= TRIES else "expired")
    if not tokens.same(code_of(proof), code):
        raise NotNow("wrong")
    _holds(proof)


def _holds(proof: DomainProof, **changes: datetime | str | None) -> None:
    now = clock.now()
    DomainProof.objects.filter(pk=proof.pk).update(proven_at=now, expires_at=now + HOLDS, **changes)
    proof.refresh_from_db()


# ── by a record ──────────────────────────────────────────────────────────────
def record_of(proof: DomainProof) -> tuple[str, str]:
    """The name and the value of the TXT record that is looked for."""
    return f"{RECORD}.{proof.agency.domain}", VALUE + tokens.link_token("domain-record", proof.seed)


def look_soon(proof: DomainProof) -> None:
    """Look at the next opportunity, not more than once a minute."""
    due = max(clock.now(), proof.looked_at + LOOKS[0] if proof.looked_at else clock.now())
    DomainProof.objects.filter(pk=proof.pk, look_due__gt=due).update(look_due=due)


def look_up() -> int:
    """Look for the records whose time has come. Outside of any request: a name server may be slow. Returns how many."""
    ends = time.monotonic() + TURN
    due = DomainProof.objects.filter(look_due__lte=clock.now()).select_related("agency").order_by("look_due", "pk")
    done = 0
    for proof in due[:BATCH]:
        if time.monotonic() >= ends:
            break
        mine = DomainProof.objects.filter(pk=proof.pk, look_due=proof.look_due)
        if mine.update(look_due=clock.now() + HELD, looked_at=clock.now()):  # one of two workers goes on
            _look(proof)
            done += 1
    return done


def _look(proof: DomainProof) -> None:
    name, value = record_of(proof)
    found, said = _texts(name)
    now = clock.now()
    if value in found:
        _holds(proof, look_due=now + LOOK_AGAIN, found="")
    elif proof.proven_at:
        ends = proof.expires_at if proof.found else min(proof.expires_at, now + GONE_FOR)  # from the first miss on
        again = now + LOOKS[-1] if ends > now else None
        DomainProof.objects.filter(pk=proof.pk).update(expires_at=ends, look_due=again, found=said)
    else:
        looks = sum((now - proof.asked_at) >= gap for gap in LOOKS)
        again = now + LOOKS[min(looks, len(LOOKS) - 1)]
        again_at = again if again < proof.expires_at else None
        DomainProof.objects.filter(pk=proof.pk).update(look_due=again_at, found=said)


def _texts(name: str) -> tuple[list[str], str]:
    """The TXT records of a name, and what is to be noted if the right one is not among them."""
    resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        resolver.nameservers = [server.partition("#")[0] for server in settings.DNS_SERVERS]
        resolver.port = int(settings.DNS_SERVERS[0].partition("#")[2] or 53)
    try:
        answers = resolver.resolve(name, "TXT", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return [], MISSING
    except dns.exception.DNSException as error:
        log.info("No answer for %s: %s", name, error)
        return [], SILENT
    texts = [b"".join(answer.strings).decode(errors="replace") for answer in answers]
    return texts, OTHER
