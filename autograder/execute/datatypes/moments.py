"""Single values of pandas: a moment, a span, a period, an interval, and the two that stand for nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograder.execute.datatypes import registry
from autograder.execute.datatypes.columns import UNITS, frequency_of
from autograder.execute.datatypes.frames import CLOSED
from autograder.execute.datatypes.quantities import checked_zone

pd: Any = import_module("pandas")


def _unit(unit: Any) -> str:
    if unit not in UNITS:
        raise ValueError("no unit of time")
    return str(unit)


def _make_stamp(number: int, unit: str, zone: Any) -> Any:
    stamp = pd.Timestamp(registry.exactly(int, number), unit=_unit(unit)).as_unit(unit)
    return stamp if checked_zone(zone) is None else stamp.tz_localize("UTC").tz_convert(zone)


def _make_span(number: int, unit: str) -> Any:
    return pd.Timedelta(registry.exactly(int, number), unit=_unit(unit)).as_unit(unit)


def _make_period(ordinal: int, frequency: str) -> Any:
    return pd.Period(ordinal=registry.exactly(int, ordinal), freq=frequency_of(registry.exactly(str, frequency)))


def _take_interval(value: Any) -> list[Any] | None:
    ends = [value.left, value.right]
    return ["pandas.Interval", *ends, value.closed] if registry.is_plain(ends) else None


def _make_interval(left: Any, right: Any, closed: str) -> Any:
    if closed not in CLOSED:
        raise ValueError("no interval")
    return pd.Interval(registry.plain(left), registry.plain(right), closed=closed)


registry.TAKERS |= {
    type(pd.NA): lambda _: ["pandas.NA"],
    type(pd.NaT): lambda _: ["pandas.NaT"],
    pd.Timestamp: lambda value: ["pandas.Timestamp", value.as_unit(value.unit)._value, value.unit, value.tz],
    pd.Timedelta: lambda value: ["pandas.Timedelta", value._value, value.unit],
    pd.Period: lambda value: ["pandas.Period", value.ordinal, value.freqstr],
    pd.Interval: _take_interval,
}
registry.MAKERS |= {
    "pandas.NA": lambda: pd.NA,
    "pandas.NaT": lambda: pd.NaT,
    "pandas.Timestamp": _make_stamp,
    "pandas.Timedelta": _make_span,
    "pandas.Period": _make_period,
    "pandas.Interval": _make_interval,
}
registry.PLAIN |= {type(pd.NA), type(pd.NaT), pd.Timestamp, pd.Timedelta, pd.Period, pd.Interval}
registry.LACKING |= {type(pd.NA): lambda _: True, type(pd.NaT): lambda _: True}
