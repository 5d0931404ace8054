"""The figures of ``benchmarks.grade``: where they are kept, and the tables that are made of them."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.tables import FOLDER, counted, listed, row

FILE = FOLDER / "grade.json"
PLACE = ("submissions", "workers", "engine", "database")
NAMES = {"autograder": "`autograder grade`", "nbgrader": "`nbgrader autograde`", "otter": "`otter run`"}
KINDS = {"local": "local", "dask": "Dask", "sqlite": "SQLite", "postgresql": "PostgreSQL"}


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
    parts = [f"Assignment `{results['assignment']}`. Times, and what is left on the disk, are those of one submission."]
    if results["peers"]:
        parts.append(_peers(results))
    if results["runs"]:
        parts.append(_runs(results["runs"]))
    if any("feedback" in run for run in results["runs"]):
        parts.append(_pages(results["runs"]))
    return "\n\n".join(parts)


def _peers(results: dict[str, Any]) -> str:
    measured = [one for one in results["peers"] if "why_not" not in one]
    ours, *others = measured
    lines = [
        "| program | submissions | wall time, s | CPU time, s | wall time, to ours |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in measured:
        ratio = "" if one is ours else f"{one['wall_seconds'] / ours['wall_seconds']:.1f} times"
        times = f"{one['wall_seconds']:.2f} | {one['cpu_seconds']:.2f}"
        lines.append(f"| {NAMES[one['who']]} | {one['submissions']} | {times} | {ratio} |")
    text = []
    if others:
        names = listed([NAMES[one["who"]] for one in others])
        text.append(f"One submission at a time, as {names} {'grades' if len(others) == 1 else 'grade'} them.")
    text += [
        f"{NAMES[one['who']]} was not measured: {one['why_not'].partition(':')[0]}."
        for one in results["peers"]
        if "why_not" in one
    ]
    text += _side_by_side(results["runs"], others)
    return "\n".join(lines) + "\n\n" + " ".join(text)


def _side_by_side(runs: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[str]:
    """Return how many times as long nbgrader takes as the runs on one machine, a sentence for each size of a class."""
    theirs = next((one["wall_seconds"] for one in others if one["who"] == "nbgrader"), None)
    faster: dict[int, list[str]] = {}
    for run in runs:
        if theirs and (run["engine"], run["database"]) == ("local", "sqlite"):
            word = f"{theirs / run['wall_seconds']:.0f} with {counted(run['workers'], 'worker')}"
            faster.setdefault(run["submissions"], []).append(word)
    return [
        f"nbgrader's wall time, divided by ours in the class of {size:,} below, is {listed(words)}."
        for size, words in faster.items()
    ]


def _runs(runs: list[dict[str, Any]]) -> str:
    times = [
        "| run | workers | class | wall | CPU | above the floor | coordinator | CPU growth |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    sizes = [
        "| run | workers | class | memory, MiB | memory growth | disk, KiB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for run in runs:
        first = smallest(run, runs)
        growth = ["" if run is first else f"{run[name] / first[name]:.2f}" for name in ("cpu_seconds", "peak_MiB")]
        begin = [
            f"{KINDS[run['engine']]},\u00a0{KINDS[run['database']]}",
            str(run["workers"]),
            f"{run['submissions']:,}",
        ]
        above = run["cpu_seconds"] - run["floor_cpu_seconds"]
        seconds = (run["wall_seconds"], run["cpu_seconds"], above, run["own_cpu_seconds"])
        times.append(row([*begin, *(f"{one:.3f}" for one in seconds), growth[0]]))
        sizes.append(row([*begin, f"{run['peak_MiB']:.0f}", growth[1], f"{run['disk_KiB']:.0f}"]))
    checked = sum(run["checked"] for run in runs)
    told = (
        "The times are in seconds. *Local* is on one machine. *Coordinator* is the CPU time of the process that is "
        "called, without its workers; *memory* is its peak. *Growth* is the value divided by that of the smallest "
        "class with the same run and workers. *Disk* is what each submission adds. "
        f"The points of {checked} submissions, drawn by lot, were those that plain `exec` of their cells gives."
    )
    return "\n\n".join(["\n".join(times), "\n".join(sizes), told])


def _pages(runs: list[dict[str, Any]]) -> str:
    times = ["| class | workers | feedback | feedback again | report |", "|---:|---:|---:|---:|---:|"]
    sizes = [
        "| class | workers | memory, feedback | memory, report | feedback's page | report's page |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for run in (run for run in runs if "feedback" in run):
        begin = [f"{run['submissions']:,}", str(run["workers"])]
        seconds = (f"{run[name]['wall_seconds']:.4f} s" for name in ("feedback", "feedback_again", "report"))
        memory = (f"{run[name]['peak_MiB']:.0f} MiB" for name in ("feedback", "report"))
        times.append(row([*begin, *seconds]))
        sizes.append(row([*begin, *memory, f"{run['feedback_KiB']:.0f} KiB", f"{run['report_page_MiB']} MiB"]))
    told = (
        "*Feedback again* is after nothing has changed. *Workers* are those of the run of `grade` before: feedback and "
        "report are written in the same way in all rows."
    )
    return "\n\n".join(["\n".join(times), "\n".join(sizes), told])
