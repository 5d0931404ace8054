"""The page on what twenty thousand and a million submissions would take, estimated from what was measured.

Nothing is measured here: the figures are those of ``docs/benchmarks/grade.json``, and the page says how it estimates.
"""

from __future__ import annotations

import math
from typing import Any

from benchmarks.figures import KINDS
from benchmarks.tables import counted

CLASSES = (20_000, 1_000_000)
HOURS = (1.0, 8.0, 24.0)
CORES = 16
"""Of a machine that only runs submissions."""


def chosen(runs: list[dict[str, Any]], engine: str, database: str) -> dict[str, Any] | None:
    """Return the run of the largest class with this engine and database, and of these the one with most workers."""
    fitting = [run for run in runs if (run["engine"], run["database"]) == (engine, database)]
    return max(fitting, key=lambda run: (run["submissions"], run["workers"]), default=None)


def page(results: dict[str, Any]) -> str:
    """Return the page."""
    runs = results["runs"]
    local, far = chosen(runs, "local", "sqlite"), chosen(runs, "dask", "sqlite") or chosen(runs, "local", "sqlite")
    if local is None or far is None:
        return "Nothing is measured yet.\n"
    parts = [_reckoning(results["assignment"], local, far)]
    parts += [_class(size, local, far, runs) for size in CLASSES]
    parts.append(_first(local, runs))
    return "\n\n".join(parts) + "\n"


def _reckoning(assignment: str, local: dict[str, Any], far: dict[str, Any]) -> str:
    share = local["own_cpu_seconds"]
    work = local["cpu_seconds"] - share
    own, busy = "", f"about {_busy(local)} cores busy"
    if far is not local:
        own = f" With {KINDS[far['engine']]} the coordinator's share is {far['own_cpu_seconds']:.3f} s."
        busy += f" on one machine, and about {_busy(far)} on a cluster"
    workers = counted(local["workers"], "worker")
    return f"""In the largest class that was measured (`{assignment}`, {local["submissions"]:,} submissions, {workers}),
a submission costs {local["cpu_seconds"]:.3f} s of processor time: {share:.3f} s are the coordinator's share and
{work:.3f} s the workers'.{own} It follows:

- With *w* cores for workers, a class of *n* takes the longer of *n* × {work:.3f} s / *w* and *n* × {share:.3f} s.
- The coordinator prepares and records in one thread, so it does at most {limit(local):,.1f} submissions a second,
  however many workers there are. That keeps {busy}.

Other chapters cost more or less. The workers' share is then the mean of the column *Run* of `autograder grade`."""


def _busy(run: dict[str, Any]) -> int:
    """Return how many cores of workers a coordinator keeps busy."""
    return math.ceil((run["cpu_seconds"] - run["own_cpu_seconds"]) / run["own_cpu_seconds"])


def limit(run: dict[str, Any]) -> float:
    """Return how many submissions a second a coordinator can do at most."""
    return 1 / float(run["own_cpu_seconds"])


def _class(size: int, local: dict[str, Any], far: dict[str, Any], runs: list[dict[str, Any]]) -> str:
    lines = [
        f"## {size:,} submissions",
        "",
        f"| to be done in | cores for workers | machines of {CORES} cores | coordinators |",
        "|---:|---:|---:|---:|",
    ]
    work = far["cpu_seconds"] - far["own_cpu_seconds"]
    for hours in HOURS:
        seconds = hours * 3600
        cores = math.ceil(size * work / seconds)
        coordinators = math.ceil(size * far["own_cpu_seconds"] / seconds)
        lines.append(f"| {hours:g} h | {cores:,} | {math.ceil(cores / CORES):,} | {coordinators} |")
    alone = size * max(local["cpu_seconds"] / 2, local["own_cpu_seconds"]) / 3600
    disk = size * local["disk_KiB"] / 2**20
    text = (
        "Each coordinator has a course of its own, with its share of the students. "
        f"One machine with two cores needs {spoken(alone)}. The disk of the coordinator takes {disk:,.1f} GiB"
    )
    pages = [run for run in runs if "feedback" in run]
    if pages:
        last = max(pages, key=lambda run: run["submissions"])
        feedback, report = last["feedback"]["wall_seconds"] * size, last["report"]["wall_seconds"] * size
        text += (
            f", and {size * last['feedback_KiB'] / 2**20:,.1f} GiB of feedback in at least {size:,} files, which are "
            f"written in {spoken(feedback / 3600)}. The report takes {spoken(report / 3600)} and its page has "
            f"{last['report_page_MiB'] / last['submissions'] * size:,.0f} MiB"
        )
    return "\n".join([*lines, "", f"{text}."])


def _first(local: dict[str, Any], runs: list[dict[str, Any]]) -> str:
    """Return what breaks first, the first of all first."""
    memory = local["peak_MiB"]
    least = min(runs, key=lambda run: run["submissions"])
    grows = (memory - least["peak_MiB"]) / max(1, local["submissions"] - least["submissions"])
    lines = [
        "## What breaks first",
        "",
        "In this order:",
        "",
        f"1. *The coordinator's thread.* It does at most {limit(local):,.1f} submissions a second, however many "
        "workers there are. Divide the students among courses with a gradebook each (`--course`), or "
        "grade as they hand in.",
        "2. *Writes to the database.* They are in that thread: a transaction a submission. SQLite syncs once for each, "
        "so a slow disk shows here first; PostgreSQL on another machine costs a round trip for each statement.",
        f"3. *Memory of the coordinator.* {memory:,.0f} MiB at {local['submissions']:,}, which is "
        f"{1024 * grows:,.0f} KiB more a submission than with {least['submissions']:,}: "
        f"{memory + grows * (CLASSES[1] - local['submissions']):,.0f} MiB for a million.",
        "4. *The report.* It holds the class in memory and in one page. The page of some tens of thousands opens at "
        "once, that of a million does not: write one for each section with `--student`, or read the JSON and the CSV.",
        "5. *Feedback files.* One folder a student: a file system with few inodes is full before its bytes are. Only "
        "pages that change are written again.",
        f"6. *The disk.* {local['disk_KiB']:.0f} KiB a submission, most of it the notebooks in `autograded/`.",
    ]
    return "\n".join(lines)


def spoken(hours: float) -> str:
    """Return a time as people say it."""
    if hours < 1:
        return f"{60 * hours:.0f} minutes"
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"
