"""The rule for points: strict, and the same whatever a notebook's outputs claim.

A test cell earns its maximum if it ran to its end without an error; an error, a limit or not being
run is 0; warnings cost nothing. If its last statement is an expression, a real number between 0 and
the maximum is partial credit, and a number or truth value that is none is 0 (`True` is full).
"""

from __future__ import annotations

import math

from nbformat.notebooknode import NotebookNode
from nbgrader.utils import determine_grade

from autograder.grade.prepare import Prepared
from autograder.grade.results import GradeResult, NotebookResult, Status
from autograder.grade.withhold import withhold
from autograder.notebook.roles import is_graded, is_test, nbgrader
from autograder.notebook.symbols import ends_in_expression
from autograder.plan import CellOutcome, Outcome


def points(source: str, maximum: float, outcome: CellOutcome | None) -> float:
    """Return the points of one test cell.

    Parameters
    ----------
    source : str
        The cell as it was run.
    maximum : float
        The points it is worth.
    outcome : CellOutcome or None
        What happened to it; None if it was never run.
    """
    if outcome is None or outcome.status != "ok":
        # An empty test cell is the instructor's way to give the points for free, as nbgrader does.
        return maximum if outcome is None and not source.strip() else 0.0
    value = outcome.value
    if value is None or not ends_in_expression(source):
        return maximum
    if isinstance(value, bool):
        return maximum if value else 0.0
    return value if math.isfinite(value) and 0 <= value <= maximum else 0.0


def assess(name: str, prepared: Prepared, outcome: Outcome) -> NotebookResult:
    """Return the result of a notebook that was run.

    Parameters
    ----------
    name : str
        The notebook's name.
    prepared : Prepared
        What was run.
    outcome : Outcome
        What happened.
    """
    outcome = withhold(outcome, prepared.notebook)
    outcomes = {cell.key: cell for cell in outcome.cells}
    grades = []
    for index, cell in enumerate(prepared.notebook.cells):
        if is_test(cell):
            earned = points(cell.source, max_score(cell), outcomes.get(index))
            found = outcomes.get(index)
            status, error = (found.status, found.error) if found else ("ok", None)
            grades.append(GradeResult(nbgrader(cell)["grade_id"], max_score(cell), earned, status, error))
        elif is_graded(cell):
            grades.append(GradeResult(nbgrader(cell)["grade_id"], max_score(cell), _written(cell), "manual"))
    names = {cell.key: cell.name for cell in prepared.cells}
    reasons = [f"{names[cell.key]}: {cell.error.evalue}" for cell in outcome.stopped if cell.error is not None]
    overall: Status = "partly_graded" if reasons else "graded"
    more = [f"and {len(reasons) - 3} more"] if len(reasons) > 3 else []
    reason = "; ".join([*dict.fromkeys(reasons[:3]), *more])
    return NotebookResult(name, overall, reason, tuple(grades), prepared.notes, outcome)


def nothing(name: str, released: NotebookNode, reason: str) -> NotebookResult:
    """Return the result of a notebook that could not be graded: 0 for each graded cell, and why."""
    grades = tuple(
        GradeResult(nbgrader(cell)["grade_id"], max_score(cell), 0.0, "not run")
        for cell in released.cells
        if is_graded(cell)
    )
    return NotebookResult(name, "not_gradable", reason, grades)


def max_score(cell: NotebookNode) -> float:
    """Return the points that a graded cell is worth."""
    return float(nbgrader(cell).get("points", 0.0))


def _written(cell: NotebookNode) -> float | None:
    """Return 0 for a written answer that was left as released, None where a person has to grade."""
    if nbgrader(cell).get("task"):
        return None
    score: float | None = determine_grade(cell)[0]
    return score
