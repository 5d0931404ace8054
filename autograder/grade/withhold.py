"""Take the lines of hidden tests out of what a run put out: tracebacks quote them.

The autograded notebook keeps the tests in its cells, where nbgrader wants them; its outputs, the results
and whatever is made of them do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.grade.notebooks import hidden_lines, is_test
from autograder.plan import CellOutcome, Outcome

INSTEAD = "(a line of a hidden test)"
SHORTEST = 4
"""Shorter lines, such as ``)``, tell nothing."""


def withhold(outcome: Outcome, notebook: NotebookNode) -> Outcome:
    """Return an outcome whose tracebacks quote no line of the notebook's hidden tests."""
    secrets = _secrets(cell.source for cell in notebook.cells if is_test(cell))
    return replace(outcome, cells=tuple(_cell(cell, secrets) for cell in outcome.cells)) if secrets else outcome


def _secrets(sources: Iterable[str]) -> list[str]:
    """Return the lines that only hidden tests have, the longest first."""
    public: set[str] = set()
    secret: set[str] = set()
    for source in sources:
        hidden = hidden_lines(source)
        for number, line in enumerate(source.split("\n"), start=1):
            (secret if number in hidden else public).add(line.strip())
    return sorted((line for line in secret - public if len(line) >= SHORTEST), key=len, reverse=True)


def _cell(cell: CellOutcome, secrets: list[str]) -> CellOutcome:
    error = cell.error
    if error is not None:
        error = replace(error, traceback=tuple(_text(entry, secrets) for entry in error.traceback))
    return replace(cell, error=error, outputs=tuple(_output(output, secrets) for output in cell.outputs))


def _output(output: dict[str, Any], secrets: list[str]) -> dict[str, Any]:
    traceback = output.get("traceback")
    if output.get("output_type") != "error" or not isinstance(traceback, list):
        return output
    return {**output, "traceback": [_text(str(entry), secrets) for entry in traceback]}


def _text(entry: str, secrets: list[str]) -> str:
    for secret in secrets:
        entry = entry.replace(secret, INSTEAD)
    return entry
