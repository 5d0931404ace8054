"""The pages on speed are what the figures give, and the reckoning for large classes is right."""

from __future__ import annotations

import json

import pytest

from benchmarks import figures, scale
from benchmarks.tables import FOLDER


def run(size, wall=0.2, cpu=0.4, own=0.1, peak=200.0, workers=2, engine="local", database="sqlite", **more):
    return {
        "submissions": size,
        "workers": workers,
        "engine": engine,
        "database": database,
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "own_cpu_seconds": own,
        "peak_MiB": peak,
        "floor_cpu_seconds": 0.05,
        "checked": 200,
        "disk_KiB": 300.0,
        **more,
    }


PEERS = [
    {"who": "autograder", "submissions": 10, "wall_seconds": 0.5, "cpu_seconds": 0.4},
    {"who": "nbgrader", "submissions": 10, "wall_seconds": 8.0, "cpu_seconds": 7.0},
    {"who": "otter", "submissions": 10, "why_not": "not installed"},
]
RESULTS = {"assignment": "01_neuron", "peers": PEERS, "runs": [run(100), run(10_000, cpu=0.44, peak=240.0)]}


def row(text, *begin):
    line = next(line for line in text.splitlines() if line.startswith(f"| {' | '.join(begin)} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_ratios_stand_beside_what_they_are_of():
    text = figures.table(RESULTS)
    assert row(text, "`nbgrader autograde`")[-1] == "16.0 times"
    assert "not installed" in text
    assert "with 2 workers 40 times, of 100" in text
    assert row(text, "this machine", "SQLite", "2", "10000")[6:] == ["0.390", "0.100", "240", "1.10", "1.20", "300"]
    assert row(text, "this machine", "SQLite", "2", "100")[9:11] == ["", ""]


def test_a_million_by_hand():
    """0.34 s of a worker and 0.1 s of the coordinator: 340 000 core seconds, 27.8 hours of one thread."""
    text = scale.page(RESULTS)
    part = text[text.index("**1,000,000 submissions.**") :]
    assert row(part, "1 h")[1:] == ["95", "6", "28"]
    assert row(part, "24 h")[1:] == ["4", "1", "2"]
    assert "One machine with two cores needs 2.5 days. On the disk of the coordinator: 286.1 GiB" in part
    assert "more than 10.0 submissions a second it cannot do" in text
    assert "it keeps about 4 cores busy" in text
    assert row(text[text.index("**20,000 submissions.**") :], "1 h")[1:] == ["2", "1", "1"]


def test_what_breaks_first_has_figures():
    text = scale.page(RESULTS)
    assert "240 MiB at 10,000, which is 4 KiB more a submission than with 100: 4,240 MiB for a million" in text
    for word in ("coordinator's thread", "database", "disk", "feedback", "report"):
        assert word in text[text.index("**What breaks first**") :].lower()


def test_figures_of_a_part_take_the_place_of_the_same_and_leave_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "FILE", tmp_path / "grade.json")
    assert figures.joined(RESULTS) == RESULTS
    (tmp_path / "grade.json").write_text(json.dumps(RESULTS))
    new = {**RESULTS, "peers": [], "runs": [run(100, cpu=9.0), run(100, engine="dask"), run(100, workers=4)]}
    joined = figures.joined(new)
    assert joined["peers"] == PEERS
    assert [(one["engine"], one["submissions"], one["workers"], one["cpu_seconds"]) for one in joined["runs"]] == [
        ("local", 100, 2, 9.0),
        ("local", 100, 4, 0.4),
        ("local", 10_000, 2, 0.44),
        ("dask", 100, 2, 0.4),
    ]
    other = {**new, "assignment": "02"}
    assert figures.joined(other) == other


def test_the_pages_are_made_of_the_figures():
    page = (FOLDER / "scale.md").read_text(encoding="utf-8")
    if not figures.FILE.exists():
        assert page == scale.page({"runs": []})
        pytest.skip("nothing is measured yet")
    results = json.loads(figures.FILE.read_text(encoding="utf-8"))
    assert page == scale.page(results)
    assert (FOLDER / "grade.md").read_text(encoding="utf-8").startswith(figures.table(results))
