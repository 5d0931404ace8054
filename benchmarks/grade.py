"""How long grading takes, next to ``nbgrader autograde``: ``python -m benchmarks.grade``.

A class hands in a chapter: right answers, named mistakes, and halves. Everybody is graded by ``autograder grade``, as
it comes, with its sandbox and the tests in a process of their own; some of the same class by ``nbgrader autograde``,
which starts a kernel for each; their points must be the same. ``floor`` runs the cells of the same notebooks by plain
``exec``, each in a fork of one process that has loaded the libraries: what no grader can go below.

Wall times are of the whole command, divided by the number of submissions. CPU times are what the computer's
processors did meanwhile, all processes together, so that forked workers count, too: let nothing else run.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.course import CONFIG_NAME, Course, calling_nbgrader
from autograder.demo.play import SETTINGS, STEPS
from autograder.demo.scenarios import Material
from autograder.grade.task import Release
from autograder.intake.submission import take_in
from autograder.notebook.read import read_notebook
from autograder.release.mistakes import deal, mistakes, with_mistakes
from benchmarks.tables import write

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def busy() -> float:
    """Return the seconds for which the processors of this computer worked since it was started."""
    user, nice, system, _, _, interrupts, soft, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + interrupts + soft) / TICKS


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Return the wall time and the CPU time that some work takes, and the peak memory of a process that it started."""
    cpu, began = busy(), time.monotonic()
    peak = work()
    found = {"wall": time.monotonic() - began, "cpu": busy() - cpu}
    return found | ({"peak_MiB": peak} if isinstance(peak, float) else {})


def command(course: Course, *words: str) -> float:
    """Run a command of this environment in a course's folder; return its peak memory in MiB."""
    with tempfile.TemporaryFile() as said:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=course.root, stdout=said, stderr=said, env=os.environ | {"PATH": path}
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(words)} failed:\n{said.read().decode(errors='replace')[-3000:]}")
    return usage.ru_maxrss / 1024


def make_course(folder: Path, assignment: str) -> Course:
    """Release an assignment of this project's course in a folder."""
    source = Course.find(ROOT)
    shutil.copytree(source.folder("source", assignment), folder / "source" / assignment)
    steps = "\n".join(f'c.CourseDirectory.{step}_directory = "{step}"' for step in STEPS)
    (folder / CONFIG_NAME).write_text(f"{(ROOT / CONFIG_NAME).read_text()}{SETTINGS}{steps}\n")
    course = Course.find(folder)
    command(course, "autograder", "release", assignment)
    return course


def hand_in(course: Course, assignment: str, n_submissions: int) -> list[str]:
    """Let a class hand in; return its students."""
    (released,) = course.folder("release", assignment).glob("*.ipynb")
    source = course.folder("source", assignment) / released.name
    material = Material(read_notebook(source.read_bytes()), read_notebook(released.read_bytes()))
    made = deal(mistakes(material.source), lambda one: (one.exercise, one.function))
    notebooks = [
        material.right(),
        *(with_mistakes(material.source, some) for some in made),
        *(material.half(material.exercises[:done]) for done in range(0, len(material.exercises), 4)),
    ]
    students = [f"student{number:04}" for number in range(n_submissions)]
    for number, (student, notebook) in enumerate(zip(students, itertools.cycle(notebooks), strict=False)):
        notebook = copy.deepcopy(notebook)
        notebook.metadata["submission"] = number  # so that no two are the same file
        folder = course.folder("submitted", assignment, student)
        folder.mkdir(parents=True)
        (folder / released.name).write_text(json.dumps(notebook))
    return students


def floor(course: Course, assignment: str, students: list[str]) -> dict[str, float]:
    """Return the times that the cells of the submissions take by themselves, each notebook in a fork."""
    release = Release.load(course, assignment)
    settings = course.settings
    jobs = []
    for student in students:
        folder = course.folder("submitted", assignment, student)
        submission = take_in(folder, student, release.notebooks, settings.submission_bytes, release.files)
        jobs += [[cell.source for cell in one.cells] for one in release.prepare(submission).values()]
    path = course.root / "cells.json"
    path.write_text(json.dumps(jobs))
    return measured(lambda: command(course, "benchmarks.forks", str(path)))


def points(course: Course, assignment: str, students: list[str]) -> dict[str, float]:
    """Return the points that each student has in the gradebook."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {student: gradebook.find_submission(assignment, student).score for student in students}


def compare(folder: Path, assignment: str, n_submissions: int, n_peer: int, workers: int) -> dict[str, Any]:
    """Grade the class by each and return the times of one submission, and their ratios.

    Raises
    ------
    SystemExit
        If a command fails, or the points differ.
    """
    ours = make_course(folder / "ours", assignment)
    students = hand_in(ours, assignment, n_submissions)
    few = students[:n_peer]
    shutil.copytree(ours.root, folder / "nbgrader")
    theirs = Course.find(folder / "nbgrader")
    for student in students[n_peer:]:
        shutil.rmtree(theirs.folder("submitted", ".", student))
    words = ["autograder", "grade", assignment, "--workers", str(workers), "--json"]
    times = {
        "autograder": measured(lambda: command(ours, *words)),
        "nbgrader": measured(lambda: command(theirs, "nbgrader", "autograde", assignment)),
        "floor": floor(ours, assignment, students),
    }
    graded, expected = points(ours, assignment, few), points(theirs, assignment, few)
    if graded != expected:
        raise SystemExit(f"the points differ: {graded} by autograder, {expected} by nbgrader")
    counts = {"autograder": n_submissions, "nbgrader": n_peer, "floor": n_submissions}
    results: dict[str, Any] = {
        who: {
            "submissions": counts[who],
            "wall_seconds": round(found["wall"] / counts[who], 4),
            "cpu_seconds": round(found["cpu"] / counts[who], 4),
            **({"peak_MiB": round(found["peak_MiB"], 1)} if "peak_MiB" in found else {}),
        }
        for who, found in times.items()
    }
    one, other = results["autograder"], results["nbgrader"]
    results["times_the_throughput_of_nbgrader"] = round(other["wall_seconds"] / one["wall_seconds"], 1)
    results["cpu_seconds_above_the_floor"] = round(one["cpu_seconds"] - results["floor"]["cpu_seconds"], 4)
    return results


def table(results: dict[str, Any], assignment: str, workers: int) -> str:
    """Return the times as a table in Markdown."""
    lines = [
        f"Assignment `{assignment}`, {workers} workers; nbgrader grades one submission at a time, as it does.",
        "",
        "| | submissions | wall time of one, s | CPU time of one, s |",
        "|---|---|---|---|",
    ]
    names = {"autograder": "`autograder grade`", "nbgrader": "`nbgrader autograde`", "floor": "the cells alone"}
    for who, name in names.items():
        found = results[who]
        lines.append(f"| {name} | {found['submissions']} | {found['wall_seconds']:.2f} | {found['cpu_seconds']:.2f} |")
    return "\n".join(
        [
            *lines,
            "",
            f"That is {results['times_the_throughput_of_nbgrader']:g} times nbgrader's throughput, with "
            f"{results['cpu_seconds_above_the_floor']:.2f} s of CPU time a submission above the cells alone.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", default="01_neuron", help="a chapter of this course")
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--peer-submissions", type=int, default=10, help="how many of them nbgrader grades, too")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks/")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        few = min(options.submissions, options.peer_submissions)
        results = compare(Path(folder), options.assignment, options.submissions, few, options.workers)
    text = table(results, options.assignment, options.workers)
    print(json.dumps(results, indent=1) if options.json else text)
    if options.write:
        write("grade", text, ["nbgrader", "jupyter-client", "ipykernel"])


if __name__ == "__main__":
    main()
