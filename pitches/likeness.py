"""Which pitches read alike, on whatever page: prints find candidates, a comparison decides, and they share a cluster.

Prints are MinHash bands (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.3-3.4). Why not an
index of trigrams, where the thresholds come from and what it costs is in docs/decisions/0014.
"""

import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b, shake_128
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value

from pitches.models import Event, Lane, Pitch, PitchState
from portal import clock

WINDOW = timedelta(days=90)  # between two hand-ins
ALIKE = 0.5  # of all pieces that two texts have, the share that both have
LEAST = 20  # pieces; in less text, the phrases that everybody uses weigh too much
HASHES, ROWS = 60, 3  # in bands of three: half alike is found 93 times of 100, a tenth alike compared 2 times
MANY = 3  # other pages from which on a text is a mass mailing
FLAG = "mass_text"
LOOKED_AT, COMPARED, OF_ONE_CLUSTER = 500, 40, 3  # candidates, at most
LOCKS = 14  # the first number of pg_advisory_xact_lock(int, int)
JOINING = -1  # one at a time gives clusters their names
BUCKETS = 1024  # of bands; the table of locks has room for some thousand
UNCOUNTED = (PitchState.UNPROVEN, PitchState.QUARANTINE, PitchState.WITHDRAWN)

SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Runs of Thai, Lao, Burmese, Khmer, Japanese and Chinese, whose words nothing divides; or one word of other scripts.
UNITS = re.compile(rf"[{SPACELESS}\U00020000-\U0003ffff]+|[^\s{SPACELESS}\U00020000-\U0003ffff]+")
SPACELESS_UNIT = re.compile(rf"[{SPACELESS}\U00020000-\U0003ffff]")
CHARACTERS = 4  # of a piece of them; about as much as two words


# ── what is compared ─────────────────────────────────────────────────────────
class _Letters(dict[int, str]):
    """For str.translate(): letters stay, accents and invisible signs go, all else is a space."""

    def __missing__(self, code: int) -> str:
        kind = unicodedata.category(chr(code))
        self[code] = "" if kind in ("Mn", "Me", "Cf") else chr(code) if kind[0] in "LM" else " "
        return self[code]


LETTERS = _Letters()


def text_of(pitch: Pitch) -> str:
    """The words of a pitch that are compared: what it is, why, and the detail."""
    return f"{pitch.line}\n{pitch.why}\n{pitch.detail}"


def pieces(text: str) -> frozenset[str]:
    """What a text is made of: each two neighbouring words, without case, accents, digits and signs; in scripts that
    have no spaces each four characters.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    units = UNITS.findall(plain)
    found = {f"{one} {other}" for one, other in pairwise(units)}
    for run in filter(SPACELESS_UNIT.match, units):
        found.update(run[at : at + CHARACTERS] for at in range(len(run) - CHARACTERS + 1))
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of two texts is the same, from 0 to 1 (Jaccard)."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def alike(one: str, other: str) -> bool:
    """Do two texts read alike? Of too little text nobody can say; then no."""
    first, second = pieces(one), pieces(other)
    return min(len(first), len(second)) >= LEAST and likeness(first, second) >= ALIKE


def prints_of(text: str) -> list[int]:
    """The bands of a text, as numbers for bigint[]. Texts that share one may be alike; too short a text has none."""
    found = pieces(text)
    if len(found) < LEAST:
        return []
    hashes = (struct.unpack(f">{HASHES}I", shake_128(piece.encode()).digest(4 * HASHES)) for piece in found)
    least = list(map(min, zip(*hashes, strict=True)))
    bands = (struct.pack(f">B{ROWS}I", at // ROWS, *least[at : at + ROWS]) for at in range(0, HASHES, ROWS))
    return sorted(int.from_bytes(blake2b(band, digest_size=8).digest(), "big", signed=True) for band in bands)


# ── who belongs together ─────────────────────────────────────────────────────
def note(event: Event) -> None:
    """Reaction to words that are new: print them, and put the pitch to those on any page that it reads like.

    Whoever shares a band waits here for the other's transaction, so that of two at once the second sees the first;
    others hardly ever wait. Bands are locked in order, and nothing else is asked for while a name is given.
    """
    pitch = event.pitch
    if pitch is None or pitch.state == PitchState.UNPROVEN:
        return
    if prints_of(text_of(pitch)) != pitch.prints:
        _print(pitch)
    if pitch.cluster or FLAG in pitch.flags:
        _flag(pitch)


def _print(pitch: Pitch) -> None:
    text = text_of(pitch)
    pitch.prints = prints_of(text)
    with connection.cursor() as cursor:
        buckets = sorted({band % BUCKETS for band in pitch.prints})
        cursor.execute("SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS bucket", [LOCKS, buckets])
    found = _like(pitch, pieces(text))
    if found or pitch.cluster:
        _join(pitch, found)
    pitch.save(update_fields=["prints"])


def _like(pitch: Pitch, own: frozenset[str]) -> list[int]:
    """The pitches that read like this one; of what belongs together already, one is enough."""
    near = _by_the_index(Pitch.objects.exclude(pk=pitch.pk).filter(prints__overlap=pitch.prints))
    near.sort(key=lambda row: -len(set(pitch.prints) & set(row[2])))
    tried: Counter[int] = Counter()
    chosen: list[int] = []
    for pk, cluster, _prints in near:
        tried[cluster or pk] += 1
        if tried[cluster or pk] <= OF_ONE_CLUSTER and len(chosen) < COMPARED:
            chosen.append(pk)
    words = Pitch.objects.filter(pk__in=chosen).only("line", "why", "detail")
    return [other.pk for other in words if likeness(own, pieces(text_of(other))) >= ALIKE]


def _by_the_index(rows: QuerySet[Pitch]) -> list[tuple[int, int | None, list[int]]]:
    """The newest of these. PostgreSQL takes one row of ten for a hit, where it is one of thousands, and would read the
    whole table, or walk down another index: of the primary key ("+ 0"), of the dates (looked at afterwards).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        newest = rows.order_by((F("pk") + 0).desc())
        found = list(newest.values_list("pk", "cluster", "prints", "handed_in_at")[:LOOKED_AT])
        cursor.execute("SET LOCAL enable_seqscan = on")
    return [(pk, cluster, prints) for pk, cluster, prints, at in found if at and at > clock.now() - WINDOW]


def _join(pitch: Pitch, found: list[int]) -> None:
    """Leave the cluster that the words no longer fit, and bring all together that now belongs together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, JOINING])
    _leave(pitch)
    if found:
        names = {name or pk for pk, name in Pitch.objects.filter(pk__in=found).values_list("pk", "cluster")}
        pitch.cluster = min(pitch.pk, *names)
        members = Pitch.objects.filter(Q(cluster__in=names) | Q(pk__in=[*found, pitch.pk]))
        members.exclude(cluster=pitch.cluster).update(cluster=pitch.cluster)


def _leave(pitch: Pitch) -> None:
    """Out of its cluster; if that bore this pitch's number, the others take the next one."""
    Pitch.objects.filter(pk=pitch.pk).update(cluster=None)
    pitch.cluster = None
    others = Pitch.objects.filter(cluster=pitch.pk)
    heir = others.order_by("pk").values_list("pk", flat=True).first()
    if heir:
        others.update(cluster=heir)


def _flag(pitch: Pitch) -> None:
    """The sign of a mass mailing, for all that it now is true of: whoever came first is told, too."""
    if also(pitch) >= MANY:
        signs = Func(F("flags"), Value(FLAG), function="array_append")
        members = Pitch.objects.filter(cluster=pitch.cluster, handed_in_at__gt=clock.now() - WINDOW)
        members.exclude(flags__contains=[FLAG]).update(flags=signs)
    else:
        signs = Func(F("flags"), Value(FLAG), function="array_remove")
        Pitch.objects.filter(pk=pitch.pk).update(flags=signs)
    pitch.refresh_from_db(fields=["flags"])


# ── what the owner is told ───────────────────────────────────────────────────
def also(pitch: Pitch) -> int:
    """On how many other pages something of its cluster was handed in within 90 days of it. One query, or none."""
    return also_of([pitch]).get(pitch.pk, 0)


def also_of(pitches: Iterable[Pitch]) -> dict[int, int]:
    """The same for many, by pitch; those that stand alone are left out. One query, or none.

    For the owner only: a sender would learn from it who else was written to. What was taken back or put aside does
    not count.
    """
    rows = [pitch.pk for pitch in pitches if pitch.cluster]
    if not rows:
        return {}
    counted = Pitch.objects.filter(pk__in=rows).annotate(also=Subquery(_pages_beside()))
    return dict(counted.filter(also__gt=0).values_list("pk", "also"))


def _pages_beside() -> QuerySet[Any, Any]:
    """How many, for the pitch outside."""
    at = OuterRef("handed_in_at")
    near = Pitch.objects.filter(cluster=OuterRef("cluster"), handed_in_at__range=(at - WINDOW, at + WINDOW))
    elsewhere = near.exclude(page=OuterRef("page")).exclude(Q(state__in=UNCOUNTED) | Q(lane=Lane.QUARANTINE))
    return elsewhere.order_by().values("cluster").annotate(pages=Count("page", distinct=True)).values_list("pages")


def forget() -> int:
    """Prints that nothing is compared with any more. How many there were."""
    old = Pitch.objects.filter(handed_in_at__lt=clock.now() - WINDOW).exclude(prints=[])
    return old.update(prints=[])
