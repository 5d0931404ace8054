"""What grading costs, next to other graders: ``python -m benchmarks.grade``.

A class hands in a chapter: right answers, named mistakes and halves, in each of which some answers are changed at
random, so that no two are alike. It is graded by ``autograder grade``, as it comes, with its sandbox and the tests in a
process of their own, for each size, number of workers, engine and database that is asked for. In the same run:

- a few of the class by ``nbgrader autograde``, which starts a kernel for each; their points must be the same;
- a few by ``otter run``, if it is installed, for which the cells that nbgrader grades become otter's tests;
- the *floor*: the cells of the same notebooks by plain ``exec``, each in a fork of one process that has loaded the
  libraries, which no grader can go below. The points that come of it must be those in the gradebook.

CPU times are what the computer's processors did meanwhile, all processes together: let nothing else run. It may be
run in parts: with ``--write`` the results join those in ``docs/benchmarks/grade.json``, of which the tables are made.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.course import Course, calling_nbgrader
from benchmarks import otter, scale
from benchmarks.classes import hand_in, jobs, make_course
from benchmarks.figures import FILE, joined, table
from benchmarks.measure import Cost, bytes_in, command
from benchmarks.postgresql import database, server
from benchmarks.tables import FOLDER, write

PACKAGES = ["nbgrader", "jupyter-client", "ipykernel", "otter-grader", "distributed", "psycopg"]


def each(cost: Cost, n: int) -> dict[str, float]:
    """Return what a submission cost."""
    found = {"wall_seconds": cost.wall / n, "cpu_seconds": cost.cpu / n, "own_cpu_seconds": cost.own_cpu / n}
    return {name: round(value, 4) for name, value in found.items()} | {"peak_MiB": round(cost.peak_MiB, 1)}


def graded(course: Course, options: argparse.Namespace, size: int, workers: int, engine: str) -> dict[str, Any]:
    """Grade a class; return what that, the feedback and the report cost, and what they left on the disk."""
    students = hand_in(course, options.assignment, size)
    words = ["grade", options.assignment, "--workers", str(workers), "--json"]
    words += ["--cluster", "local"] if engine == "dask" else []
    cost = command(course, "autograder", *words)
    told = json.loads(cost.said)
    if told["failures"] or told["left"] or len(told["submissions"]) != size:
        raise SystemExit(f"of {size} not all were graded: {told['failures']}")
    found = {"submissions": size, "workers": workers, "engine": engine, **each(cost, size)}
    found |= check(course, options, students)
    state = course.state(options.assignment)
    disk = bytes_in(*(state / name for name in ("results", "journal.jsonl", "points.jsonl")))
    disk += bytes_in(course.root / "autograded")
    disk += sum(bytes_in(path) for path in course.root.glob("gradebook.db*"))
    found["disk_KiB"] = round(disk / size / 1024, 1)
    if options.pages:
        for name in ("feedback", "feedback again", "report"):
            cost = command(course, "autograder", name.split()[0], options.assignment, "--json")
            found[name.replace(" ", "_")] = each(cost, size)
        found["feedback_KiB"] = round(bytes_in(course.root / "feedback") / size / 1024, 1)
        report = course.root / "report" / f"{options.assignment}.html"
        found["report_page_MiB"] = round(bytes_in(report) / 2**20, 2)
    return found


def check(course: Course, options: argparse.Namespace, students: list[str]) -> dict[str, Any]:
    """Compare points in the gradebook with those of plain exec, of some drawn by lot; return how long exec takes."""
    drawn = sorted(random.Random(len(students)).sample(students, min(len(students), options.checked)))
    path = course.root / "cells.json"
    path.write_text(json.dumps(jobs(course, options.assignment, drawn)))
    cost = command(course, "benchmarks.forks", str(path))
    expected = dict(zip(drawn, json.loads(cost.said), strict=True))
    same(points(course, options.assignment, drawn), expected, "plain exec")
    return {"checked": len(drawn), "floor_cpu_seconds": round(cost.cpu / len(drawn), 4)}


def points(course: Course, assignment: str, students: list[str]) -> dict[str, float]:
    """Return the points that each student has in the gradebook."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {student: gradebook.find_submission(assignment, student).score for student in students}


def same(found: dict[str, float], expected: dict[str, float], by: str) -> None:
    """End the program if the points differ."""
    other = {one: (found[one], expected[one]) for one in expected if abs(found[one] - expected[one]) > 1e-9}
    if other:
        raise SystemExit(f"points by autograder and by {by} differ: {other}")


def peers(folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Grade a few by us, by nbgrader and by otter, side by side; return what each costs."""
    assignment, size = options.assignment, options.peer_submissions
    ours = released(make_course(folder / "ours", assignment), assignment)
    students = hand_in(ours, assignment, size)
    found = [{"who": "autograder", "submissions": size}, {"who": "nbgrader", "submissions": size}]
    theirs = Course.find(shutil.copytree(ours.root, folder / "nbgrader"))
    found[0] |= each(command(ours, "autograder", "grade", assignment, "--workers", "1", "--json"), size)
    found[1] |= each(command(theirs, "nbgrader", "autograde", assignment), size)
    same(points(ours, assignment, students), points(theirs, assignment, students), "nbgrader")
    found.append({"who": "otter", "submissions": size} | otter.measured(ours, assignment, students, each))
    return found


def released(course: Course, assignment: str) -> Course:
    command(course, "autograder", "release", assignment)
    return course


@contextmanager
def servers(options: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Yield the addresses of the servers of the databases that are asked for; nothing stands for SQLite's."""
    wants = "postgresql" in options.databases
    with nullcontext(options.db_url) if options.db_url or not wants else server() as address:
        yield {name: address if name == "postgresql" else "" for name in options.databases}


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything that is asked for."""
    found: dict[str, Any] = {"assignment": options.assignment, "runs": [], "peers": []}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, servers(options) as addresses:
        if not options.no_peers:
            found["peers"] = peers(Path(name, "peers"), options)
        asked = itertools.product(options.sizes, options.workers, options.engines, addresses.items())
        for number, (size, workers, engine, (kind, address)) in enumerate(asked):
            folder = Path(name, str(number))
            folder.mkdir()
            own = database(address, f"benchmark_{number}") if address else nullcontext("")
            with own as url:
                course = released(make_course(folder, options.assignment, url), options.assignment)
                run = graded(course, options, size, workers, engine) | {"database": kind}
            found["runs"].append(run)
            shutil.rmtree(folder)
            print(json.dumps(run), flush=True, file=options.log)
    return found


def main() -> None:
    import sys

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", default="01_neuron", help="a chapter of this course")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100], help="submissions in a class: 100 1000 10000")
    parser.add_argument("--workers", type=int, nargs="+", default=[2], help="1 2 4")
    parser.add_argument("--engines", nargs="+", choices=["local", "dask"], default=["local"])
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite"])
    parser.add_argument("--db-url", default="", help="of a PostgreSQL server; without it one is started for the run")
    parser.add_argument("--peer-submissions", type=int, default=10, help="how many nbgrader and otter grade, too")
    parser.add_argument("--no-peers", action="store_true", help="leave nbgrader and otter out")
    parser.add_argument("--checked", type=int, default=200, help="how many are compared with plain exec")
    parser.add_argument("--pages", action="store_true", help="measure feedback and report, too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="join the results into docs/benchmarks/")
    options = parser.parse_args()
    options.log = sys.stderr
    results = measured(options)
    if options.write:
        results = joined(results)
        FILE.write_text(json.dumps(results, indent=1) + "\n")
        write("grade", table(results), PACKAGES)
        (FOLDER / "scale.md").write_text(scale.page(results))
    print(json.dumps(results, indent=1) if options.json else table(results))


if __name__ == "__main__":
    main()
