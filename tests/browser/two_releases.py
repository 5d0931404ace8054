"""A small chapter in two releases, as an instructor makes them: the second comes while students are at work."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import nbformat
from click.testing import CliRunner
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.cli.main import main

CHAPTER = "01_small"
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "small_course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.Autograder.require_sandbox = False
c.Autograder.packages = ["mlpkit"]
c.Autograder.shared = ["01_small"]
"""
SETUP = "import numpy as np\n\nfrom mlpkit import viz"
CHECK = """from mlpkit.testing import Check

with Check("{call}", globals()) as check:
    {visible}
### BEGIN HIDDEN TESTS
    {hidden}
### END HIDDEN TESTS"""


class Chapter:
    """The chapter's releases, in a folder with a course."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "solutions" / CHAPTER).mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(CONFIG)

    @property
    def released(self) -> Path:
        return self.root / "course" / CHAPTER / f"{CHAPTER}.ipynb"

    def release(self, number: int) -> NotebookNode:
        """Publish the first or the second release; return what students get."""
        nbformat.write(_source(number), self.root / "solutions" / CHAPTER / f"{CHAPTER}.ipynb")
        self.run("release", CHAPTER)
        return nbformat.read(self.released, as_version=4)

    def hand_in(self, student: str, path: Path) -> None:
        """Bring in a student's file as it is."""
        target = self.root / "submitted" / student / CHAPTER / path.name
        target.parent.mkdir(parents=True)
        target.write_bytes(path.read_bytes())

    def grades(self) -> dict[str, dict[str, str]]:
        """Grade what was handed in; return the rows of the instructor's table, by student."""
        self.run("grade", CHAPTER)
        self.run("report", CHAPTER)
        table = (self.root / "report" / f"{CHAPTER}.csv").read_text(encoding="utf-8-sig")
        return {row["student"]: row for row in csv.DictReader(io.StringIO(table))}

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(main, ["--course", str(self.root), *arguments])
        assert result.exit_code == 0, result.output
        return result.output


def _source(number: int) -> NotebookNode:
    """The instructor's notebook: a text changed, an exercise corrected and one added in the second."""
    clearer = "In clearer words: twice.\n\n" if number == 2 else ""
    numbers = "3, expected=6" if number == 1 else "3.0, expected=1.5"
    half = ("half(x)", "x * 2") if number == 1 else ("half(x)", "x / 2")  # the first release was mistaken
    cells = [
        new_markdown_cell("# A small chapter\n\nYou need Python. Allow one hour.", id="title"),
        new_code_cell(SETUP, id="setup"),
        *_exercise(1, "double", "2 * x", "check.case(3, expected=6)", "check.case(4.5, expected=9.0)", 3, clearer),
        *_exercise(2, "half", half[1], f"check.case({numbers})", "", 2),
    ]
    if number == 2:
        third = _exercise(3, "third", "x / 3", "check.case(6.0, expected=2.0)", "check.case(1.5, expected=0.5)", 1)
        cells += third
    cells += [
        new_markdown_cell(f"### Exercise {number + 2}: why (4 points, read by your teacher)", id="why-text"),
        _graded("why", "### BEGIN SOLUTION\nHalving undoes it.\n### END SOLUTION", 4, markdown=True, solution=True),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _exercise(
    number: int, name: str, body: str, visible: str, hidden: str, points: int, prose: str = ""
) -> list[NotebookNode]:
    answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {body}\n    ### END SOLUTION"
    test = CHECK.format(call=f"{name}(x)", visible=visible, hidden=hidden)
    if not hidden:
        test = test.partition("\n### BEGIN")[0]
    return [
        new_markdown_cell(
            f"### Exercise {number}: the {name} ({points} point{'s' * (points > 1)})\n\n{prose}Write `{name}(x)`.",
            id=f"{name}-text",
        ),
        _graded(name, answer, 0, solution=True),
        _graded(f"{name}-test", test, points),
    ]


def _graded(name: str, source: str, points: int, *, markdown: bool = False, solution: bool = False) -> NotebookNode:
    metadata = {"schema_version": 3, "grade_id": name, "grade": points > 0, "solution": solution, "task": False}
    metadata |= {"locked": not solution, "cell_type": "markdown" if markdown else "code"}
    if points:
        metadata["points"] = points
    make = new_markdown_cell if markdown else new_code_cell
    return make(source, id=name, metadata={"nbgrader": metadata})
