"""What commands print of submissions as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.grade.results import Run
    from autograder.results.scores import Standing


class Stream(list[Any]):
    """A list that is made while it is printed by `main.print_json`, and takes no memory before.

    Parameters
    ----------
    make : callable
        Returns an iterator over the items.
    size : int
        How many there are.
    """

    def __init__(self, make: Callable[[], Iterator[Any]], size: int) -> None:
        super().__init__()
        self._make, self._size = make, size

    def __iter__(self) -> Iterator[Any]:
        return self._make()

    def __len__(self) -> int:
        return self._size


def as_data(run: Run, found: Mapping[str, Standing]) -> dict[str, Any]:
    """Return a run, and what the gradebook says of its submissions, as data that `main.print_json` can print."""

    def submissions() -> Iterator[dict[str, Any]]:
        for _, result in sorted(run.results.items()):
            yield {
                "student": result.student,
                "status": result.status,
                "reason": result.reason,
                **points_as_data(found[result.student]),
                "refused": result.refused,
                "phases": result.phases,
            }

    done = {
        "submissions": Stream(submissions, len(run.results)),
        "kept": run.kept,
        "failures": run.failures,
        "left": run.left,
    }
    return {**done, "misplaced": run.misplaced}


def points_as_data(standing: Standing) -> dict[str, object]:
    """Return the points of a submission, those that a person gave included, as plain data for JSON."""
    return {
        "score": standing.score,
        "max_score": standing.max_score,
        "needs_manual_grade": standing.needs_manual_grade,
        "extra_credit": standing.extra,
        "handed_in": None if standing.handed_in is None else f"{standing.handed_in.isoformat()}Z",
        "seconds_late": standing.late.total_seconds(),
        "late_penalty": standing.penalty,
        "final_score": standing.final,
        "cells": [
            {
                "notebook": notebook,
                "name": name,
                "score": None if cell.waits else cell.score,
                "max_score": cell.max_score,
                "extra_credit": cell.extra,
                "needs_manual_grade": cell.needs_manual_grade,
            }
            for (notebook, name), cell in sorted(standing.cells.items())
        ],
        "comments": [
            {"notebook": notebook, "name": name, "comment": text}
            for (notebook, name), text in sorted(standing.comments.items())
            if text
        ],
    }
