"""Time zones by their IANA names. The list is read from the disk once; only names on it count, for a name is a path."""

import zoneinfo
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources


@cache
def names() -> frozenset[str]:
    """Every zone that this machine knows."""
    return frozenset(zoneinfo.available_timezones())


@cache
def lived_in() -> tuple[str, ...]:
    """Zones that people live in, by name; UTC comes last."""
    named = (zone for zone in names() if "/" in zone)
    return (*sorted(zone for zone in named if not zone.startswith(("Etc/", "SystemV/"))), "UTC")


@cache
def _listed() -> frozenset[str]:
    """One name for each zone that people tell apart: the IANA list by country, without old and doubled names."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return frozenset(row[2] for row in rows) & names()


@lru_cache(maxsize=4)
def grouped(moment: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a choice: regions with (zone, "Lisbon, UTC+1"), each as it is at this moment."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in _listed():
        regions.setdefault(zone.partition("/")[0], []).append((zone, f"{place(zone)}, {offset(zone, moment)}"))
    return [(region, sorted(found, key=lambda one: one[1])) for region, found in sorted(regions.items())]


def place(zone: str) -> str:
    """The part of a name that people know: "America/Argentina/Buenos_Aires" is "Buenos Aires (Argentina)"."""
    _region, _slash, rest = zone.replace("_", " ").partition("/")
    country, _slash, city = rest.rpartition("/")
    return f"{city} ({country})" if country else city or zone


def offset(zone: str, moment: datetime) -> str:
    """How far the clocks of a zone are from UTC: "UTC+5:30"."""
    behind = moment.astimezone(named(zone)).utcoffset()
    minutes = round(behind.total_seconds() / 60) if behind else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of this name, or UTC."""
    return zoneinfo.ZoneInfo(name if name in names() else "UTC")
