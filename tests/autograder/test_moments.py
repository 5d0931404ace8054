"""Moments that say one thing are read, all others refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.moments import SHOWN, read_moment, spoken

NOON = datetime(2026, 11, 1, 12, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-01 12:30:00 UTC",
        "2026-11-01 12:30:00.000000 UTC",
        " 2026-11-01 12:30 UTC\n",
        "2026-11-01T12:30:00Z",
        "2026-11-01t12:30:00z",
        "2026-11-01 12:30:00 GMT",
        "2026-11-01 13:30:00 +0100",
        "2026-11-01 13:30:00+01:00",
        "2026-11-01T13:30+01",
        "2026-11-01 07:00:00 -0530",
        "2026-11-01 13:30:00 Europe/Berlin",
        "2026-11-01 12:30:00,0 UTC",
    ],
)
def test_a_moment_with_its_zone_is_read(text):
    assert read_moment(text) == NOON


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-11-01 12:30:00", "no time zone"),
        ("2026-11-01T12:30:00", "no time zone"),
        ("2026-11-01 12:30:00 CET", "CET is not the same everywhere"),
        ("2026-11-01 12:30:00 CEST", "CEST is not the same everywhere"),
        ("2026-11-01 12:30:00 EST", "EST is not the same everywhere"),
        ("2026-11-01 12:30:00 America/Nowhere", "no zone America/Nowhere"),
        ("2026-11-01 12:30:00 America/Argentina", "no zone"),
        ("2026-10-25 02:30:00 Europe/Berlin", "clocks in Europe/Berlin are changed"),
        ("2026-03-29 02:30:00 Europe/Berlin", "clocks in Europe/Berlin are changed"),
        ("02.11.2026 12:00:00 UTC", "no date"),
        ("05.11.2026 18:00", "no date"),
        ("11/01/2026 12:00 UTC", "no date"),
        ("2026-11-01", "no date"),
        ("2026-11-01 UTC", "no date"),
        ("26-11-01 12:00 UTC", "no date"),
        ("2026-13-01 12:00:00 UTC", "month"),
        ("2026-02-30 12:00:00 UTC", "day"),
        ("2026-11-01 25:00:00 UTC", "hour"),
        ("2026-11-01 12:30:00 +2500", "not read"),
        ("2026-11-01 12:30:00 +100", "no date"),
        ("0001-01-01 00:00:00 +0100", "not read"),
        ("1793536200", "no date"),
        ("yesterday evening", "no date"),
        ("٢٠٢٦-11-01 12:30:00 UTC", "no date"),
        ("", "no date"),
        ("2026-11-01 12:30:00 UTC\n2026-11-02 12:30:00 UTC", "no date"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text, why):
    with pytest.raises(ValueError, match=r"is not read: .*; write it like 2026-11-01 12:30:00 UTC") as refused:
        read_moment(text)
    assert why in str(refused.value)


def test_what_a_student_wrote_cannot_act_on_a_terminal():
    with pytest.raises(ValueError, match="not read") as refused:
        read_moment("\x1b[2J\u202e" + "x" * 1000)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("no  ", "'no'"), ("x" * SHOWN, f"'{'x' * SHOWN}'"), ("x" * (SHOWN + 1), rf"'{'x' * SHOWN}\u2026'")],
)
def test_what_is_refused_is_quoted_up_to_a_length(text, quoted):
    with pytest.raises(ValueError, match="not read") as refused:
        read_moment(text)
    assert str(refused.value).startswith(f"{quoted} is not read: ")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this machine cannot be changed here")
def test_the_zone_of_the_machine_makes_no_difference(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read_moment("2026-11-01 13:30:00 +0100") == NOON
        assert read_moment("2026-11-01 13:30:00 Europe/Berlin") == NOON
    finally:
        monkeypatch.undo()
        time.tzset()


@given(
    moment=st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_python_and_we_agree_on_every_offset(moment, minutes):
    local = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    assert read_moment(local.isoformat()) == moment
    assert read_moment(local.strftime("%Y-%m-%d %H:%M:%S.%f %z")) == moment


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (1800, "30 min"), (68700, "19 h 5 min"), (90061, "1 d 1 h"), (86400, "1 d")],
)
def test_a_duration_in_words(seconds, words):
    assert spoken(timedelta(seconds=seconds)) == words
