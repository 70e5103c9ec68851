"""Time zones by their IANA names. The list is read from the disk once; only names on it count, for a name is a path."""

import zoneinfo
from functools import cache


@cache
def names() -> frozenset[str]:
    """Every zone that this machine knows."""
    return frozenset(zoneinfo.available_timezones())


@cache
def lived_in() -> tuple[str, ...]:
    """Zones that people live in, by name; UTC comes last."""
    named = (zone for zone in names() if "/" in zone)
    return (*sorted(zone for zone in named if not zone.startswith(("Etc/", "SystemV/"))), "UTC")


def named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of this name, or UTC."""
    return zoneinfo.ZoneInfo(name if name in names() else "UTC")
