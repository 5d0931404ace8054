"""Which names an assignment cannot have, and what is said of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.names import LONGEST, no_folder, unfit


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "names no folder"),
        (".", "names no folder"),
        ("..", "names no folder"),
        ("a/b", "a slash"),
        ("ps1/", "a slash"),
        ("../ps1", "a slash"),
        ("a\0b", "a null"),
        ("a\\b", "a backslash"),
        ("a\nb", "a control character"),
        ("a\x1b[2J", "a control character"),
        ("a\udce4", "half a character"),
        ("ä" * (LONGEST // 2 + 1), "longer than"),
        (" ps1", "a space"),
        ("ps1 ", "a space"),
        (".ps1", "a dot"),
        ("-ps1", "a dash"),
        ("a+b", "nbgrader refuses"),
        ("con", "Windows"),
        ("COM1.week", "Windows"),
    ],
)
def test_a_name_that_will_not_do(name, why):
    assert why in unfit(name)


@pytest.mark.parametrize("name", ["ps1", "hw (1)", "Übung 1", "01_neuron", "50%", "a#b", "o'brien", "console", "com10"])
def test_a_name_that_will_do(name):
    assert unfit(name) == ""


@given(st.text())
def test_a_name_that_will_do_is_that_of_one_folder(name):
    reason = unfit(name)
    assert "\n" not in reason
    if not reason:
        assert no_folder(name) == ""
        assert name.encode()
