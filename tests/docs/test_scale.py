"""The pages on speed are what the figures give, and the reckoning for large classes is right."""

from __future__ import annotations

import json

import pytest

from benchmarks import figures, scale, train
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
    {"who": "otter", "submissions": 10, "why_not": "not installed: name it with OTTER="},
]
HERE = "local,\u00a0SQLite"
RESULTS = {"assignment": "01_neuron", "peers": PEERS, "runs": [run(100), run(10_000, cpu=0.44, peak=240.0)]}


def row(text, *begin):
    line = next(line for line in text.splitlines() if line.startswith(f"| {' | '.join(begin)} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_ratios_stand_beside_what_they_are_of():
    text = figures.table(RESULTS)
    assert row(text, "`nbgrader autograde`")[-1] == "16.0 times"
    times, sizes = text.split("| memory growth |")
    assert row(times, HERE, "2", "10,000")[3:] == ["0.200", "0.440", "0.390", "0.100", "1.10"]
    assert row(times, HERE, "2", "100")[-1] == ""
    assert row(sizes, HERE, "2", "10,000")[3:] == ["240", "1.20", "300"]
    assert row(sizes, HERE, "2", "100")[4] == ""


def test_who_was_not_measured_has_no_row():
    text = figures.table(RESULTS)
    assert not [line for line in text.splitlines() if line.startswith("| `otter")]
    assert "One submission at a time, as `nbgrader autograde` grades them." in text
    assert "`otter run` was not measured: not installed." in text
    assert "OTTER" not in text


def test_ratios_to_nbgrader_are_said_in_a_sentence_for_each_size():
    runs = [run(100, workers=1), run(100, wall=0.1), run(10_000)]
    text = figures.table({**RESULTS, "runs": runs})
    assert "divided by ours in the class of 100 below, is 40 with 1 worker and 80 with 2 workers." in text
    assert "divided by ours in the class of 10,000 below, is 40 with 2 workers." in text


def test_pages_of_classes_of_one_size_are_told_apart():
    cost = {"wall_seconds": 0.05, "peak_MiB": 130.0}
    pages = {"feedback": cost, "feedback_again": cost, "report": cost, "feedback_KiB": 74.0, "report_page_MiB": 0.4}
    text = figures.table({**RESULTS, "runs": [run(100, workers=n, **pages) for n in (1, 2)]})
    times, sizes = text.split("| memory, feedback |")
    for n in ("1", "2"):
        assert row(times, "100", n)[2:] == ["0.0500 s"] * 3
        assert row(sizes, "100", n)[2:] == ["130 MiB", "130 MiB", "74 KiB", "0.4 MiB"]


def test_ratios_above_their_limits_are_named():
    fine = {name: dict(limits) for name, limits in train.LIMITS.items()}
    assert "No ratio is above its limit." in train.as_markdown(fine)
    one = {**fine, "W2": {**fine["W2"], "torch_fused": 1.114}}
    assert "1 ratio is above its limit, in bold: fused PyTorch (W2)." in train.as_markdown(one)
    two = {**one, "W1": {**fine["W1"], "floor": 2.0}, "W3": {**fine["W3"], "floor": 5.0}}
    text = train.as_markdown(two)
    assert "3 ratios are above their limits, in bold: floor (W1 and W3) and fused PyTorch (W2)." in text
    assert "| **2.00\u00a0(≤\u00a01.80)** |" in text


def test_a_million_by_hand():
    """0.34 s of a worker and 0.1 s of the coordinator: 340 000 core seconds, 27.8 hours of one thread."""
    text = scale.page(RESULTS)
    part = text[text.index("## 1,000,000 submissions") :]
    assert row(part, "1 h")[1:] == ["95", "6", "28"]
    assert row(part, "24 h")[1:] == ["4", "1", "2"]
    assert "One machine with two cores needs 2.5 days. The disk of the coordinator takes 286.1 GiB" in part
    assert "it does at most 10.0 submissions a second" in text
    assert "That keeps about 4 cores busy." in text
    assert "cluster" not in text.split("## 20,000")[0]
    assert row(text[text.index("## 20,000 submissions") :], "1 h")[1:] == ["2", "1", "1"]


def test_a_cluster_is_spoken_of_where_one_was_measured():
    far = scale.page({**RESULTS, "runs": [*RESULTS["runs"], run(10_000, own=0.05, engine="dask")]})
    assert "With Dask the coordinator's share is 0.050 s." in far
    assert "That keeps about 4 cores busy on one machine, and about 7 on a cluster." in far


def test_what_breaks_first_has_figures():
    text = scale.page(RESULTS)
    assert "240 MiB at 10,000, which is 4 KiB more a submission than with 100: 4,240 MiB for a million" in text
    for word in ("coordinator's thread", "database", "disk", "feedback", "report"):
        assert word in text[text.index("## What breaks first") :].lower()


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
    trained = json.loads(train.FILE.read_text(encoding="utf-8"))
    assert (FOLDER / "train.md").read_text(encoding="utf-8").startswith(train.as_markdown(trained))
    assert (FOLDER / "grade.md").read_text(encoding="utf-8").startswith(figures.table(results))
