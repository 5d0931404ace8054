"""The figures of ``benchmarks.grade``: where they are kept, and the tables that are made of them."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.tables import FOLDER

FILE = FOLDER / "grade.json"
PLACE = ("submissions", "workers", "engine", "database")
NAMES = {"autograder": "`autograder grade`", "nbgrader": "`nbgrader autograde`", "otter": "`otter run`"}
KINDS = {"local": "this machine", "dask": "Dask", "sqlite": "SQLite", "postgresql": "PostgreSQL"}


def joined(new: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that are kept with new ones in their places; those of another chapter go."""
    try:
        old = json.loads(FILE.read_text())
    except OSError:
        return new
    if old["assignment"] != new["assignment"]:
        return new
    runs = {place(run): run for run in (*old["runs"], *new["runs"])}
    ordered = sorted(runs.values(), key=lambda run: (run["engine"] != "local", run["database"] != "sqlite", place(run)))
    return {**new, "runs": ordered, "peers": new["peers"] or old["peers"]}


def place(run: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells a run from the others."""
    return tuple(run[name] for name in PLACE)


def smallest(run: dict[str, Any], runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run of the smallest class with the same workers, engine and database."""
    return min((one for one in runs if place(one)[1:] == place(run)[1:]), key=lambda one: int(one["submissions"]))


def table(results: dict[str, Any]) -> str:
    """Return the figures as tables in Markdown."""
    parts = [f"Assignment `{results['assignment']}`. Times are seconds a submission."]
    if results["peers"]:
        parts.append(_peers(results))
    if results["runs"]:
        parts.append(_runs(results["runs"]))
    if any("feedback" in run for run in results["runs"]):
        parts.append(_pages(results["runs"]))
    return "\n\n".join(parts)


def _peers(results: dict[str, Any]) -> str:
    lines = ["| | submissions | wall time | CPU time | our throughput |", "|---|---|---|---|---|"]
    ours, *_ = results["peers"]
    for one in results["peers"]:
        if "why_not" in one:
            lines.append(f"| {NAMES[one['who']]} | | | | {one['why_not']} |")
            continue
        ratio = "" if one is ours else f"{one['wall_seconds'] / ours['wall_seconds']:.1f} times"
        times = f"{one['wall_seconds']:.2f} | {one['cpu_seconds']:.2f}"
        lines.append(f"| {NAMES[one['who']]} | {one['submissions']} | {times} | {ratio} |")
    more = [
        f"with {run['workers']} workers {ours_by / run['wall_seconds']:.0f} times, of {run['submissions']}"
        for run in results["runs"]
        if run["engine"] == "local" and run["database"] == "sqlite"
        for ours_by in [results["peers"][1]["wall_seconds"]]
    ]
    text = (
        "nbgrader and otter grade one submission at a time, as they do, and here so does `autograder`, with one worker."
    )
    if more:
        text += f" In the table below its throughput is that of nbgrader {'; '.join(more)}."
    return "\n".join(lines) + "\n\n" + text


def _runs(runs: list[dict[str, Any]]) -> str:
    lines = [
        "| engine | database | workers | submissions | wall | CPU | above the floor | coordinator's CPU | "
        "coordinator's memory, MiB | cost, to the smallest class | memory, to it | disk, KiB each |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        first = smallest(run, runs)
        cost, memory = run["cpu_seconds"] / first["cpu_seconds"], run["peak_MiB"] / first["peak_MiB"]
        cells = [
            *(KINDS[run["engine"]], KINDS[run["database"]], run["workers"], run["submissions"]),
            *(f"{run['wall_seconds']:.3f}", f"{run['cpu_seconds']:.3f}"),
            f"{run['cpu_seconds'] - run['floor_cpu_seconds']:.3f}",
            f"{run['own_cpu_seconds']:.3f}",
            f"{run['peak_MiB']:.0f}",
            *(("", "") if run is first else (f"{cost:.2f}", f"{memory:.2f}")),
            f"{run['disk_KiB']:.0f}",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    checked = sum(run["checked"] for run in runs)
    told = f"The points of {checked} submissions, drawn by lot, were those that plain `exec` of their cells gives."
    return "\n".join(lines) + "\n\n" + told


def _pages(runs: list[dict[str, Any]]) -> str:
    lines = [
        "| submissions | feedback | again, nothing changed | report | memory of feedback and report, MiB | "
        "feedback, KiB each | report, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in (run for run in runs if "feedback" in run):
        times = (f"{run[name]['wall_seconds']:.4f}" for name in ("feedback", "feedback_again", "report"))
        memory = f"{run['feedback']['peak_MiB']:.0f}, {run['report']['peak_MiB']:.0f}"
        cells = [run["submissions"], *times, memory, f"{run['feedback_KiB']:.0f}", run["report_page_MiB"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
