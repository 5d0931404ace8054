"""Grade submissions of nbgrader's with ``otter run``: the cells that nbgrader grades become otter's tests.

otter runs all cells of a notebook in one process and its tests in the same; it knows neither hidden lines nor proxies.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Course
from benchmarks.classes import jobs
from benchmarks.measure import Cost, busy

PROGRAM = "OTTER"
"""The variable of the environment that names the program, if it is installed elsewhere."""
TEST = """OK_FORMAT = True
test = {{"name": {name!r}, "points": {points!r}, "suites": [{{"type": "doctest", "scored": True, "setup": "",
    "teardown": "", "cases": [{{"code": {code!r}, "hidden": True, "locked": False}}]}}]}}
"""


def measured(
    course: Course, assignment: str, students: list[str], each: Callable[[Cost, int], dict[str, float]]
) -> dict[str, Any]:
    """Return what a submission costs, or why that is not known.

    Raises
    ------
    SystemExit
        If it fails, or finds no points at all.
    """
    program = os.environ.get(PROGRAM) or shutil.which("otter", path=str(Path(sys.executable).parent))
    if not program:
        return {"why_not": f"not installed: pip install otter-grader, or name it with {PROGRAM}="}
    folder = course.root / "otter"
    (folder / "tests").mkdir(parents=True)
    submissions = jobs(course, assignment, students)
    for number, (source, points) in enumerate(submissions[0]):
        if points:
            name = f"q{number}"
            (folder / "tests" / f"{name}.py").write_text(TEST.format(name=name, points=points, code=doctest(source)))
    for student, cells in zip(students, submissions, strict=True):
        made = [new_code_cell("import otter\ngrader = otter.Notebook()")]
        made += [
            new_code_cell(f'grader.check("q{number}")' if points else source)
            for number, (source, points) in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), folder / f"{student}.ipynb")
    line = [program, "generate", "-t", "tests", "-o", "autograder.zip", "--no-requirements", "--no-environment"]
    _run(line, folder)
    cpu, began = busy(), time.monotonic()
    scores = []
    for student in students:
        (folder / student).mkdir()
        _run([program, "run", "-a", "autograder.zip", "-o", student, f"{student}.ipynb"], folder)
        result = json.loads((folder / student / "results.json").read_text())
        scores.append(sum(float(one.get("score", 0.0)) for one in result["tests"]))
    if not any(scores):
        raise SystemExit(f"otter gives no points at all: see {folder}")
    return {"mean_points": round(sum(scores) / len(scores), 2)} | each(
        Cost(time.monotonic() - began, busy() - cpu), len(students)
    )


def doctest(source: str) -> str:
    """Return a cell as one example of a doctest that shows nothing if all is well."""
    lines = ["if True:", *(f"    {line}" for line in source.splitlines())]
    return "\n".join([f">>> {lines[0]}", *(f"... {line}" for line in lines[1:])])


def _run(line: list[str], folder: Path) -> None:
    path = os.pathsep.join([str(Path(line[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        line, cwd=folder, check=False, capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(line)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
