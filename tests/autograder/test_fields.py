"""Whatever a worker sends: a valid outcome, or one error that says so."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from itertools import pairwise

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder import fields
from autograder.execute import allowance
from autograder.execute.allowance import Allowance
from autograder.execute.failures import rebuilt
from autograder.execute.session import _contract, _report
from autograder.fields import MalformedError, valid_output
from autograder.grade.points import points
from autograder.plan import CellError, CellOutcome, Frame

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(10**400))
NAMES = st.text(max_size=4)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
KINDS = ["text/plain", "text/html", "application/json", "application/x+json", "text/json", "image/png"]
ERROR = asdict(CellError("E", "why", ("a",), (Frame(3, 1, "f"),), ("note",)))
OUTCOME = {**asdict(CellOutcome(3, "error", ({"output_type": "stream", "text": "x"},))), "error": ERROR}
OUTPUT = st.fixed_dictionaries(
    {},
    optional={
        "output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"]) | ANYTHING,
        **dict.fromkeys(("name", "text", "ename", "evalue", "traceback"), ANYTHING),
        "metadata": ANYTHING
        | st.dictionaries(st.text(max_size=3), st.dictionaries(st.sampled_from(["width", "height", "x"]), ANYTHING)),
        "data": ANYTHING
        | st.dictionaries(
            st.sampled_from(
                ["text/plain", "text/html", "application/json", "application/x+json", "text/json", "image/png"]
            ),
            ANYTHING,
            max_size=3,
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*OUTCOME, None]), ANYTHING)
def test_any_value_in_any_field_of_an_outcome(name, value):
    sent = value if name is None else {**OUTCOME, name: value}
    try:
        outcome = CellOutcome.from_dict(sent)
    except MalformedError:
        return
    assert isinstance(points("x", 2.0, outcome), float)
    json.dumps(asdict(outcome))
    assert CellOutcome.from_dict(json.loads(json.dumps(asdict(outcome)))).status == outcome.status


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*ERROR, None]), ANYTHING)
def test_any_value_in_any_field_of_an_error(name, value):
    sent = value if name is None else {**ERROR, name: value}
    assert isinstance(rebuilt([["ValueError"], sent], frozenset({3})), Exception)
    try:
        error = CellError.from_dict(sent)
    except MalformedError:
        return
    assert all(type(text) is str for text in (error.ename, error.evalue, *error.traceback, *error.notes))


@settings(max_examples=150, deadline=None)
@given(OUTPUT | ANYTHING)
def test_any_output_becomes_one_that_nbformat_takes(output):
    made = valid_output(output)
    if made["output_type"] == "execute_result":
        made["execution_count"] = 1
    cell = new_code_cell("", outputs=[nbformat.from_dict(made)])
    notebook = new_notebook(cells=[cell])
    nbformat.validate(notebook)
    assert (
        nbformat.reads(nbformat.writes(notebook), as_version=4).cells[0].outputs[0].output_type == made["output_type"]
    )


@settings(max_examples=50, deadline=None)
@given(ANYTHING)
def test_any_report_and_any_contract(value):
    for read in (lambda: _report(json.dumps(value).encode()), lambda: _contract(value)):
        with contextlib.suppress(MalformedError):
            assert type(read()) is dict


@pytest.mark.parametrize("line", [b"", b"[", b"\xff", b"[]", b"5", b"[" * 100_000, b"1" * 10_000])
def test_what_is_no_report(line):
    with pytest.raises(MalformedError):
        _report(line)


@pytest.mark.parametrize(
    "change",
    [
        {"key": True},
        {"key": 1.0},
        {"key": -1},
        {"key": 10**12},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": 1e300},
        {"seconds": "1"},
        {"status": []},
        {"status": "graded"},
        {"outputs": [5]},
        {"outputs": [{}] * (fields.MOST_OUTPUTS + 1)},
        {"outputs": {}},
        {"value": "full"},
        {"error": []},
        {"error": {**ERROR, "traceback": 5}},
        {"error": {**ERROR, "traceback": "text"}},
        {"error": {**ERROR, "evalue": None}},
        {"error": {**ERROR, "frames": [{"key": 0, "line": "1", "function": "f"}]}},
        {"error": {**ERROR, "notes": [None]}},
    ],
)
def test_a_field_of_another_type_is_refused(change):
    with pytest.raises(MalformedError):
        CellOutcome.from_dict({**OUTCOME, **change})


def test_what_is_too_long_is_cut():
    long = "x" * 100_000
    error = CellError.from_dict(
        {**ERROR, "ename": long, "evalue": long, "traceback": [long] * 9999, "notes": [long] * 99}
    )
    assert len(error.ename) == fields.NAME_CHARACTERS
    assert len(error.evalue) == fields.MESSAGE_CHARACTERS
    assert {len(line) for line in error.traceback} == {fields.MESSAGE_CHARACTERS}
    assert (len(error.traceback), len(error.notes)) == (fields.MOST_LINES, fields.MOST_NOTES)


def test_a_deep_output_says_so():
    deep = []
    for _ in range(400):
        deep = [deep]
    made = valid_output({"output_type": "display_data", "data": {"application/x+json": deep}})
    assert "left out" in made["data"]["application/x+json"]


def test_outputs_beyond_the_notebooks_room_are_replaced_by_a_note(monkeypatch):
    monkeypatch.setattr(allowance, "NOTEBOOK_BYTES", 1000)
    printed = {"output_type": "stream", "name": "stdout", "text": "x" * 300}
    error = CellError("E", "why " * 1000, ("line",) * 50)
    room = Allowance()
    taken = [room.take(CellOutcome(key, "error", (printed,), error, 1.5), 400) for key in range(5)]
    assert [one.outputs == (printed,) for one in taken] == [True, True, False, False, False]
    assert "left out" in taken[4].outputs[0]["text"]
    assert (taken[4].value, taken[4].status, taken[4].error.traceback) == (1.5, "error", ())
    assert len(taken[4].error.evalue) == allowance.MESSAGE_CHARACTERS
    assert room.take(CellOutcome(9, "ok"), 100).outputs == (), "a small one still fits"
    full = Allowance(taken)
    assert full.take(CellOutcome(9, "ok", (printed,)), 400).outputs != (printed,), "earlier attempts count"


def test_the_number_of_outputs_is_bounded_too(monkeypatch):
    monkeypatch.setattr(allowance, "NOTEBOOK_OUTPUTS", 5)
    room = Allowance()
    few = ({"output_type": "stream", "name": "stdout", "text": ""},) * 3
    counts = [len(room.take(CellOutcome(key, "ok", few), 10).outputs) for key in range(3)]
    assert counts == [3, 1, 1]
    assert all(a >= b for a, b in pairwise(counts))


def test_what_is_sent_is_what_dataclasses_make_of_it():
    error = CellError("ValueError", "no", ("line 1", "line 2"), (Frame(3, 4, "f"),), ("a note",))
    outcome = CellOutcome(7, "error", ({"output_type": "stream", "name": "stdout", "text": "x"},), error, 0.5)
    assert fields.as_data(outcome) == asdict(outcome)
    assert fields.as_data((outcome, None)) == (asdict(outcome), None)
    assert fields.as_data(outcome)["outputs"][0] is outcome.outputs[0]  # which may be large
