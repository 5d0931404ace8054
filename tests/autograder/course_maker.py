"""A small nbgrader course for the tests, made anew in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import Course

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "small_course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.Autograder.cell_seconds = 2
c.Autograder.workers = 2
c.Autograder.require_sandbox = False
c.Autograder.strict = True
"""

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def nbgrader_cell(name: str, source: str, *, points: float = 0, markdown: bool = False, **roles: bool) -> NotebookNode:
    """Return a cell with nbgrader metadata; `roles` are grade, solution, locked and task."""
    metadata = {
        "schema_version": 3,
        "grade_id": name,
        "grade": roles.get("grade", False),
        "solution": roles.get("solution", False),
        "locked": roles.get("locked", False),
        "task": roles.get("task", False),
        "cell_type": "markdown" if markdown else "code",
    }
    if metadata["grade"] or metadata["task"]:
        metadata["points"] = points
    make = new_markdown_cell if markdown else new_code_cell
    return make(source, id=name, metadata={"nbgrader": metadata})


def source_notebook() -> NotebookNode:
    """Return the instructor's notebook: two exercises, a written answer, a demo and named mistakes."""
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("# A small chapter", id="title"),
            nbgrader_cell("setup", "import math", locked=True),
            new_code_cell(
                "raise RuntimeError('only for show')", id="show", metadata={"tags": ["demo", "raises-exception"]}
            ),
            nbgrader_cell(
                "double",
                "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
                solution=True,
            ),
            nbgrader_cell(
                "test_double",
                "assert double(3) == 6, f'double(3) should be 6, got {double(3)}'\n"
                "### BEGIN HIDDEN TESTS\n"
                "secret_number = 4.5\n"
                "assert double(secret_number) == 9, f'wrong for {secret_number}: {double(secret_number)}'\n"
                "### END HIDDEN TESTS",
                grade=True,
                locked=True,
                points=3,
            ),
            new_code_cell(
                "from mlpkit.testing import mistake\n\n\n"
                "@mistake('squared', 'You multiplied x by itself.')\ndef double(x):\n    return x * x\n\n\n"
                "@mistake('truncated', 'Halves get lost on the way.')\ndef double(x):\n    return 2 * int(x)\n",
                id="double_mistakes",
                metadata={"tags": ["instructor"]},
            ),
            nbgrader_cell(
                "half",
                "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
                solution=True,
            ),
            nbgrader_cell(
                "test_half",
                "assert half(3) == 1.5\nassert half(math.inf) == math.inf",
                grade=True,
                locked=True,
                points=2,
            ),
            nbgrader_cell(
                "why",
                "### BEGIN SOLUTION\nBecause doubling undoes halving.\n### END SOLUTION",
                markdown=True,
                grade=True,
                solution=True,
                points=4,
            ),
        ],
    )


def with_task(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with a task at its end: points that a person gives for what stands in no cell of its own."""
    scheme = "### BEGIN MARK SCHEME\nTwo curves.\n### END MARK SCHEME"
    notebook.cells.append(
        nbgrader_cell("draw", f"Draw both.\n{scheme}", markdown=True, task=True, locked=True, points=2)
    )
    return notebook


def make_course(root: Path, notebook: NotebookNode | None = None, *, shared: bool = False) -> Course:
    """Write a course with one notebook into `root` and return it; `shared` lets its tests run beside the answers."""
    folder = root / "solutions" / "small"
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG + "c.Autograder.shared = ['small']\n" * shared)
    nbformat.write(notebook or source_notebook(), folder / "small.ipynb")
    return Course.find(root)


def hand_in(course: Course, student: str, notebook: NotebookNode | bytes, assignment: str = "small") -> Path:
    """Put a notebook where a student's submission lies; return its path."""
    folder = course.folder("submitted", assignment, student)
    folder.mkdir(parents=True)
    path = folder / f"{assignment}.ipynb"
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        nbformat.write(notebook, path)
    return path
