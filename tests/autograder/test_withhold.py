"""No traceback quotes a hidden test."""

from __future__ import annotations

from course_maker import source_notebook

from autograder.grade.withhold import INSTEAD, withhold
from autograder.plan import CellError, CellOutcome, Outcome

TRACEBACK = (
    "Cell In[1], line 3\n      1 assert double(3) == 6, f'double(3) should be 6, got {double(3)}'\n"
    "----> 3 secret_number = 4.5",
    "AssertionError: wrong for 4.5: 8",
)


def test_hidden_lines_are_taken_out_of_tracebacks_and_nothing_else():
    error = CellError("AssertionError", "wrong for 4.5: 8", TRACEBACK)
    shown = {"output_type": "error", "ename": "AssertionError", "evalue": error.evalue, "traceback": list(TRACEBACK)}
    printed = {"output_type": "stream", "name": "stdout", "text": "x"}
    outcome = Outcome((CellOutcome(4, "error", (printed, shown), error),))
    (cell,) = withhold(outcome, source_notebook()).cells
    for lines in (cell.error.traceback, cell.outputs[1]["traceback"]):
        assert "secret_number" not in "".join(lines)
        assert f"----> 3 {INSTEAD}" in lines[0]
        assert "assert double(3) == 6" in lines[0]
        assert lines[1] == TRACEBACK[1]
    assert cell.outputs[0] == printed


def test_without_hidden_tests_nothing_changes():
    notebook = source_notebook()
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_double"]
    outcome = Outcome((CellOutcome(4, "error", (), CellError("E", "e", TRACEBACK)),))
    assert withhold(outcome, notebook) is outcome
