"""Moments as people and programs write them: read if they say one thing only, refused otherwise.

nbgrader takes ``02.11.2026`` for the 11th of February and ``+0100`` for a hundred seconds, and leaves out a zone that
it does not know. Here a moment has its date in the order of ISO 8601, a time and a zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

RULE = "write it like 2026-11-01 12:30:00 UTC, 2026-11-01 13:30:00 +0100 or 2026-11-01T13:30+01:00"
FORM = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)"
    r" ?(?P<zone>[+-][0-2]\d(?::?[0-5]\d)?|[A-Z]+(?:[/_+-][A-Z0-9]+)*|)",
    re.IGNORECASE | re.ASCII,
)
"""ISO 8601 in its extended form, and nbgrader's ``%Y-%m-%d %H:%M:%S.%f %Z``; a zone by name is one of the IANA's."""
UNIVERSAL = ("Z", "UTC", "GMT")
SHOWN = 40


def read_moment(text: str) -> datetime:
    """Return the moment that a text names, in universal time without a zone, as nbgrader keeps moments.

    Raises
    ------
    ValueError
        If it is no moment, or could be more than one.
    """
    try:
        return _moment(text.strip())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{_quoted(text)} is not read: {error}; {RULE}") from error


def _moment(text: str) -> datetime:
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError("it is no date, time and zone")
    zone = found["zone"]
    moment = datetime.fromisoformat(f"{found['date']}T{found['time']}")
    if not zone:
        raise ValueError("it names no time zone")
    if zone.upper() in UNIVERSAL:
        return moment
    if zone[0] in "+-":
        return _universal(datetime.fromisoformat(f"{moment.isoformat()}{zone}"))
    if "/" not in zone:
        raise ValueError(f"{zone} is not the same everywhere and all the year")
    return _in_zone(moment, zone_named(zone))


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of a name, such as Europe/Berlin; raise `ValueError` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(f"there is no zone {name}") from None


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time as universal time if the clocks of the zone show it once."""
    first, second = (_universal(moment.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if first != second:
        raise ValueError(f"the clocks in {zone.key} are changed then")
    return first


def _universal(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _quoted(text: str) -> str:
    """Return the beginning of a text, without what could act on a terminal."""
    short = text.strip()
    return ascii(short if len(short) <= SHOWN else f"{short[:SHOWN]}…")


def spoken(duration: timedelta) -> str:
    """Return a duration in words, of at least a second: ``2 d 3 h``, ``19 h 5 min``, ``40 s``."""
    seconds = max(1, round(duration.total_seconds()))
    units = {"d": seconds // 86400, "h": seconds // 3600 % 24, "min": seconds // 60 % 60, "s": seconds % 60}
    told = [f"{number} {unit}" for unit, number in units.items() if number]
    return " ".join(told[:2])
