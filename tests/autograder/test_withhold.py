"""No traceback of a result quotes a hidden test."""

from __future__ import annotations

from course_maker import source_notebook

from autograder.grade.withhold import withhold
from autograder.notebook.secret import INSTEAD
from autograder.plan import CellError, CellOutcome, Frame, Outcome

TRACEBACK = (
    "Cell In[1], line 3\n      1 assert double(3) == 6, f'double(3) should be 6, got {double(3)}'\n"
    "----> 3 secret_number = 4.5",
    "AssertionError: wrong for 4.5: 8",
)
ERROR = CellError("AssertionError", "wrong for 4.5: 8", TRACEBACK, (Frame(4, 3, "<module>"),), ("a note",))
SHOWN = {"output_type": "error", "ename": "AssertionError", "evalue": ERROR.evalue, "traceback": list(TRACEBACK)}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "secret_number = 4.5"}


def test_hidden_lines_are_taken_out_of_tracebacks_and_nothing_else():
    first = CellOutcome(4, "error", (PRINTED, SHOWN), ERROR, seconds=0.5)
    second = CellOutcome(5, "ok", (PRINTED,), value=2.0)
    before = Outcome((first, second), 1.5, 2, {"double()": ["data"]})
    after = withhold(before, source_notebook())
    expected = (TRACEBACK[0].replace("secret_number = 4.5", INSTEAD), TRACEBACK[1])
    assert after.cells[0].error == CellError(ERROR.ename, ERROR.evalue, expected, ERROR.frames, ERROR.notes)
    assert after.cells[0].outputs == (PRINTED, {**SHOWN, "traceback": list(expected)})
    assert (after.cells[0].key, after.cells[0].status, after.cells[0].seconds) == (4, "error", 0.5)
    assert after.cells[1] == second
    assert (after.seconds, after.restarts, after.contract) == (1.5, 2, {"double()": ["data"]})
    assert SHOWN["traceback"] == list(TRACEBACK), "what the worker sent stays as it was"


def test_a_traceback_of_whatever_form_is_no_obstacle():
    numbers = {"output_type": "error", "traceback": [3, "secret_number = 4.5"]}
    other = {"output_type": "display_data", "traceback": ["secret_number = 4.5"]}
    broken = {"output_type": "error", "traceback": "secret_number = 4.5"}
    missing = {"output_type": "error"}
    outcome = Outcome((CellOutcome(4, "ok", (numbers, other, broken, missing)),))
    (cell,) = withhold(outcome, source_notebook()).cells
    assert cell.outputs == ({**numbers, "traceback": ["3", INSTEAD]}, other, broken, missing)


def test_what_stands_in_an_answer_is_no_secret_of_a_test():
    notebook = source_notebook()
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_double"]
    outcome = Outcome((CellOutcome(4, "error", (), ERROR),))
    assert withhold(outcome, notebook) == outcome
