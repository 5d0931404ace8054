"""Fractions, decimals, dates, times and zones."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from autograder.execute.datatypes import registry

DECIMAL = re.compile(r"-?(\d{1,5000}(\.\d{0,5000})?(E[+-]?\d{1,6})?|Infinity|s?NaN\d{0,50})")
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,40}){0,2}")
"""A key of a zone: no dots, so that it names no other file."""


def _take_decimal(value: Decimal) -> list[Any] | None:
    text = str(value)
    return ["Decimal", text] if DECIMAL.fullmatch(text) else None


def _make_decimal(text: str) -> Decimal:
    if not DECIMAL.fullmatch(registry.exactly(str, text)):
        raise ValueError("no decimal")
    return Decimal(text)


def _make_fraction(numerator: int, denominator: int) -> Fraction:
    return Fraction(registry.exactly(int, numerator), registry.exactly(int, denominator))


def _take_datetime(value: datetime.datetime) -> list[Any] | None:
    if not _is_zone(value.tzinfo):
        return None
    own = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return ["datetime", *own, value.tzinfo, value.fold]


def _take_time(value: datetime.time) -> list[Any] | None:
    if not _is_zone(value.tzinfo):
        return None
    return ["time", value.hour, value.minute, value.second, value.microsecond, value.tzinfo, value.fold]


def _make_datetime(*parts: Any) -> datetime.datetime:
    *numbers, zone, fold = parts
    year, month, day, hour, minute, second, micro = _integers(numbers, 7)
    return datetime.datetime(year, month, day, hour, minute, second, micro, checked_zone(zone), fold=fold)


def _make_time(*parts: Any) -> datetime.time:
    *numbers, zone, fold = parts
    hour, minute, second, micro = _integers(numbers, 4)
    return datetime.time(hour, minute, second, micro, checked_zone(zone), fold=fold)


def _integers(numbers: list[Any], count: int) -> tuple[Any, ...]:
    if len(numbers) != count:
        raise ValueError("too few or too many numbers")
    return tuple(registry.exactly(int, number) for number in numbers)


def _is_zone(zone: object) -> bool:
    return zone is None or type(zone) is datetime.timezone or (type(zone) is ZoneInfo and bool(zone.key))


def checked_zone(zone: Any) -> Any:
    """Return a time zone that is one of the standard library's.

    Parameters
    ----------
    zone : timezone, ZoneInfo or None
        None for a time without a zone.

    Returns
    -------
    timezone, ZoneInfo or None
        The same zone.

    Raises
    ------
    ValueError
        If it is of another type, or a `ZoneInfo` without a key.
    """
    if not _is_zone(zone):
        raise ValueError("no zone")
    return zone


def _take_zone(value: datetime.timezone) -> list[Any]:
    offset, *name = value.__getinitargs__()  # type: ignore[attr-defined]
    return ["timezone", offset, *name]


def _make_zone(offset: datetime.timedelta, *name: str) -> datetime.timezone:
    return datetime.timezone(registry.exactly(datetime.timedelta, offset), *(registry.exactly(str, n) for n in name))


def _take_named_zone(value: ZoneInfo) -> list[Any] | None:
    return ["ZoneInfo", value.key] if type(value.key) is str and ZONE.fullmatch(value.key) else None


def _make_named_zone(key: str) -> ZoneInfo:
    if not ZONE.fullmatch(registry.exactly(str, key)):
        raise ValueError("no key of a zone")
    return ZoneInfo(key)


registry.TAKERS |= {
    Decimal: _take_decimal,
    Fraction: lambda value: ["Fraction", value.numerator, value.denominator],
    datetime.datetime: _take_datetime,
    datetime.time: _take_time,
    datetime.date: lambda value: ["date", value.year, value.month, value.day],
    datetime.timedelta: lambda value: ["timedelta", value.days, value.seconds, value.microseconds],
    datetime.timezone: _take_zone,
    ZoneInfo: _take_named_zone,
}
registry.MAKERS |= {
    "Decimal": _make_decimal,
    "Fraction": _make_fraction,
    "datetime": _make_datetime,
    "time": _make_time,
    "date": lambda *parts: datetime.date(*_integers(list(parts), 3)),
    "timedelta": lambda *parts: datetime.timedelta(*_integers(list(parts), 3)),
    "timezone": _make_zone,
    "ZoneInfo": _make_named_zone,
}
registry.PLAIN |= {Decimal, Fraction, datetime.datetime, datetime.time, datetime.date, datetime.timedelta}
registry.PLAIN |= {datetime.timezone}
