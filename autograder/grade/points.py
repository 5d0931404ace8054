"""The rule for points: strict, and the same whatever a notebook's outputs claim.

A test cell earns its maximum if it ran to its end without an error; an error, a limit or not being
run is 0; warnings cost nothing. If its last statement is an expression whose value is a number, that is the
points: from 0 to the maximum, or a truth value (`True` is the maximum); any other number is an error of the test
and gives 0. A value that is no number (`print` gives None, a plot its axes) says nothing of points, as in nbgrader.

A test tagged `PARTIAL_CREDIT` must give a number: whatever else it gives is an error and 0. The release has that
tag on each test that gave a number for the reference, so that an answer cannot turn part of the points into all.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbgrader.utils import determine_grade

from autograder.characters import one_line
from autograder.grade.prepare import Prepared
from autograder.grade.results import NO_POINTS, GradeResult, NotebookResult, Status
from autograder.grade.withhold import withhold
from autograder.notebook.roles import PARTIAL_CREDIT, is_graded, is_test, nbgrader, tags
from autograder.notebook.symbols import ends_in_expression
from autograder.plan import CellError, CellOutcome, Outcome

ROUNDING = 1e-9
"""A sum of decimal fractions may miss 0 or the maximum by so much of the maximum: ``3 * 0.1`` is not ``0.3``."""
MOST_NOTES, NOTE_CHARACTERS = 3, 200
"""So many refusals by isolation are told of a notebook, at this length."""
SHOWN = 60
"""So many characters of a value that is no number of points are quoted."""


def points(source: str, maximum: float, outcome: CellOutcome | None, *, meant: bool = False) -> float:
    """Return the points of one test cell, 0 where `unreadable` says why.

    Parameters
    ----------
    source : str
        The cell as it was run.
    maximum : float
        The points it is worth.
    outcome : CellOutcome or None
        What happened to it; None if it was never run.
    meant : bool
        Whether it is tagged `PARTIAL_CREDIT`.
    """
    if outcome is None or outcome.status != "ok":
        # An empty test cell is the instructor's way to give the points for free, as nbgrader does.
        return maximum if outcome is None and not source.strip() else 0.0
    if not _gives_points(source, outcome, meant):
        return maximum
    found = _credit(outcome.value, maximum)
    return 0.0 if found is None else found


def unreadable(
    name: str, source: str, maximum: float, outcome: CellOutcome | None, *, meant: bool = False
) -> CellError | None:
    """Return the error of a test that ran to its end with a value that is no number of its points; else None.

    Parameters
    ----------
    name : str
        The cell's name.
    source, maximum, outcome, meant
        As for `points`.
    """
    if outcome is None or outcome.status != "ok" or not _gives_points(source, outcome, meant):
        return None
    if _credit(outcome.value, maximum) is not None:
        return None
    return CellError(
        NO_POINTS,
        f"{name} must end in its points, a number from 0 to {maximum:g}, but its value is {_shown(outcome)}: "
        "correct the expression in its last line, or end the cell in a statement if it has no points to give",
    )


def _gives_points(source: str, outcome: CellOutcome, meant: bool) -> bool:
    """Return whether the value of a cell's last expression is its points, or ought to be."""
    return (meant or outcome.value is not None) and ends_in_expression(source)


def _credit(value: float | bool | None, maximum: float) -> float | None:
    """Return the points that a value stands for, None if it stands for none."""
    if value is None or isinstance(value, bool):
        return None if value is None else maximum * value
    slack = ROUNDING * maximum
    if not -slack <= value <= maximum + slack:  # also if it is nan
        return None
    return maximum if value >= maximum - slack else max(value, 0.0)


def _shown(outcome: CellOutcome) -> str:
    """Return the value of a cell's last expression as its output shows it."""
    if outcome.value is not None:
        return repr(outcome.value)
    results = (output.get("data") for output in outcome.outputs if output.get("output_type") == "execute_result")
    texts = [data.get("text/plain") for data in results if isinstance(data, dict)]
    text = str(texts[-1]) if texts else "None"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


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
    odd: list[str] = []
    for index, cell in enumerate(prepared.notebook.cells):
        if is_test(cell):
            test, found = nbgrader(cell)["grade_id"], outcomes.get(index)
            meant = PARTIAL_CREDIT in tags(cell)
            earned = points(cell.source, max_score(cell), found, meant=meant)
            status, error = (found.status, found.error) if found else ("ok", None)
            if wrong := unreadable(test, cell.source, max_score(cell), found, meant=meant):
                status, error = "error", wrong
                odd.append(f"{test} gives no number of points, so it counts as 0")
            behaviour = found.behaviour if found else ""
            grades.append(GradeResult(test, max_score(cell), earned, status, error, behaviour))
        elif is_graded(cell):
            grades.append(GradeResult(nbgrader(cell)["grade_id"], max_score(cell), _written(cell), "manual"))
    names = {cell.key: cell.name for cell in prepared.cells}
    reasons = [f"{names[cell.key]}: {cell.error.evalue}" for cell in outcome.stopped if cell.error is not None]
    overall: Status = "partly_graded" if reasons else "graded"
    more = [f"and {len(reasons) - 3} more"] if len(reasons) > 3 else []
    reason = one_line("; ".join([*dict.fromkeys(reasons[:3]), *more, *odd]))
    return NotebookResult(
        name, overall, reason, tuple(grades), (*prepared.notes, *_refusals(prepared, outcome)), outcome
    )


def _refusals(prepared: Prepared, outcome: Outcome) -> list[str]:
    """Return what isolation refused, with the tests that lost their points by it, for the instructor."""
    tests: dict[str, list[str]] = {}
    for cell in outcome.cells:
        if cell.refused and is_test(prepared.notebook.cells[cell.key]):
            tests.setdefault(cell.refused, []).append(nbgrader(prepared.notebook.cells[cell.key])["grade_id"])
    notes = [
        one_line(f"refused by isolation: {refused} ({', '.join(names)})", NOTE_CHARACTERS)
        for refused, names in tests.items()
    ]
    more = [f"refused by isolation: {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
    return notes[:MOST_NOTES] + more


def nothing(name: str, released: NotebookNode, reason: str) -> NotebookResult:
    """Return the result of a notebook that could not be graded: 0 for each graded cell, and why."""
    grades = tuple(
        GradeResult(nbgrader(cell)["grade_id"], max_score(cell), 0.0, "not run")
        for cell in released.cells
        if is_graded(cell)
    )
    return NotebookResult(name, "not_gradable", one_line(reason), grades)


def max_score(cell: NotebookNode) -> float:
    """Return the points that a graded cell is worth."""
    return float(nbgrader(cell).get("points", 0.0))


def _written(cell: NotebookNode) -> float | None:
    """Return 0 for a written answer that was left as released, None where a person has to grade."""
    if nbgrader(cell).get("task"):
        return None
    score: float | None = determine_grade(cell)[0]
    return score
