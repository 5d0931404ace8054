"""Removes the lines of hidden tests from the tracebacks of a run, which quote them.

The autograded notebook keeps the tests in its cells, where nbgrader wants them; its outputs, the results
and whatever is made of them do not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.notebook.secret import Secrets, graded_sources
from autograder.plan import CellOutcome, Outcome


def withhold(outcome: Outcome, notebook: NotebookNode) -> Outcome:
    """Return an outcome whose tracebacks quote no line of the notebook's hidden tests."""
    secrets = Secrets(graded_sources(notebook))
    return replace(outcome, cells=tuple(_cell(cell, secrets) for cell in outcome.cells))


def _cell(cell: CellOutcome, secrets: Secrets) -> CellOutcome:
    error = cell.error
    if error is not None:
        error = replace(error, traceback=tuple(map(secrets.taken_out_of, error.traceback)))
    return replace(cell, error=error, outputs=tuple(_output(output, secrets) for output in cell.outputs))


def _output(output: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    traceback = output.get("traceback")
    if output.get("output_type") != "error" or not isinstance(traceback, list):
        return output
    return {**output, "traceback": [secrets.taken_out_of(str(entry)) for entry in traceback]}
