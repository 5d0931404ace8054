"""A course from nothing, and an assignment to begin with: both pass every check as they are."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import CONFIG_NAME, Course, CourseError
from autograder.files import write_atomically
from autograder.names import unfit

CONFIG = '''"""Where this course keeps things, for nbgrader and the autograder alike."""

c = get_config()  # noqa: F821  (nbgrader provides it)

# The course's name in the gradebook.
c.CourseDirectory.course_id = {course_id!r}

# What notebooks may import besides what is installed with Python: packages of your own.
c.Autograder.packages = []

# A grade cell that a student deleted comes back.
c.OverwriteCells.add_missing_cells = True

# Nothing that a student wrote runs in your browser, and formgrader's feedback is without the hidden tests.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {{"markdown2html": "autograder.safe_html.markdown2html"}}
c.GenerateFeedback.exporter_class = "autograder.results.exporter.FeedbackExporter"

# Formgrader shows the rubric beside each answer, and notes who gave the points.
c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]

# What late work costs; `autograder due ASSIGNMENT MOMENT` says when an assignment is due.
# c.Autograder.late_percent_a_day = 10
# c.Autograder.late_grace_minutes = 15
# c.Autograder.late_free_days = 2
# c.Autograder.late_maximum_percent = 50
'''

ANSWER = '''def area(width, height):
    """Return the area of a rectangle."""
    ### BEGIN SOLUTION
    return width * height
    ### END SOLUTION'''

TESTS = """assert area(2, 3) == 6, f"area(2, 3) should be 6, got {area(2, 3)}"
### BEGIN HIDDEN TESTS
assert area(0.5, 7) == 3.5, f"wrong for 0.5 and 7: {area(0.5, 7)}"
### END HIDDEN TESTS"""

MISTAKES = """from mlpkit.testing import mistake


@mistake("added the sides", "You added the sides; an area is their product.")
def area(width, height):
    return width + height


@mistake("whole numbers only", "Sides may have fractions: do not round them.")
def area(width, height):
    return int(width) * int(height)"""

ASKED = "## Exercise 1\n\nWrite `area`, which returns the area of a rectangle from the lengths of its sides."
WHY_ASKED = "## Exercise 2\n\nBoth sides are doubled. What happens to the area, and why?"
WHY = """### BEGIN SOLUTION
Twice as long and twice as wide makes four times the area, since each side brings a factor of 2.
### END SOLUTION"""
RUBRIC = """**Rubric (3 points)**

- 1 point: four times.
- 2 points: the reason, that each side brings a factor of 2. An example with numbers alone: 1 point."""


def init(folder: Path, course_id: str) -> Path:
    """Write the configuration of a new course and return its path.

    Raises
    ------
    CourseError
        If there is a course already.
    """
    path = folder / CONFIG_NAME
    if path.exists():
        raise CourseError(f"{folder} is a course already: it has an {CONFIG_NAME}")
    if reason := unfit(course_id):
        raise CourseError(f"{course_id!r} cannot be the name of a course: {reason}; name one with --id")
    write_atomically(path, CONFIG.format(course_id=course_id))
    return path


def new_assignment(course: Course, assignment: str) -> Path:
    """Write the notebook of a new assignment, with an exercise of each kind, and return its path.

    Raises
    ------
    CourseError
        If the name cannot be one, or there is such a folder.
    """
    if reason := unfit(assignment):
        raise CourseError(f"{assignment!r} cannot be the name of an assignment: {reason}")
    folder = course.folder("source", assignment)
    if folder.exists():
        raise CourseError(f"{folder} is there already: choose another name, or edit what is there")
    path = folder / f"{assignment}.ipynb"
    write_atomically(path, nbformat.writes(notebook(assignment), version=4) + "\n")
    return path


def notebook(title: str) -> NotebookNode:
    """Return the instructor's notebook of a new assignment."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    made: NotebookNode = new_notebook(
        metadata={"kernelspec": kernel, "language_info": {"name": "python"}},
        cells=[
            new_markdown_cell(f"# {title}\n\nWhat this assignment is about.", id="title"),
            _cell("setup", "import math", locked=True),
            _cell("area_exercise", ASKED, locked=True),
            _cell("area", ANSWER, solution=True),
            _cell("test_area", TESTS, grade=True, locked=True, points=2),
            new_code_cell(MISTAKES, id="area_mistakes", metadata={"tags": ["instructor"]}),
            _cell("why_exercise", WHY_ASKED, locked=True),
            _cell("why", WHY, grade=True, solution=True, points=3),
            new_markdown_cell(RUBRIC, id="why-rubric", metadata={"tags": ["instructor"]}),
        ],
    )
    return made


def _cell(name: str, source: str, *, points: float | None = None, **roles: bool) -> NotebookNode:
    """Return a cell that nbgrader knows; its name says whether it is code or text."""
    is_code = name in ("setup", "area", "test_area")
    metadata = {
        "schema_version": 3,
        "grade_id": name,
        **{role: roles.get(role, False) for role in ("grade", "solution", "locked", "task")},
        "cell_type": "code" if is_code else "markdown",
        **({} if points is None else {"points": points}),
    }
    make = new_code_cell if is_code else new_markdown_cell
    cell: NotebookNode = make(source, id=name, metadata={"nbgrader": metadata})
    return cell
