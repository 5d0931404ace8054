"""A report as JSON, for programs of the instructor's own."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict
from typing import Any, get_args

from autograder.grade.results import Status
from autograder.results.groups import Group
from autograder.results.roster import ClassList
from autograder.results.rows import Row
from autograder.results.statistics import Column

MOST_INDENTED = 1000
"""A report of more students stands in one line: nobody reads it, and it is written in a tenth of the time."""


def as_json(
    assignment: str,
    tests: list[Column],
    alike: list[Group],
    rows: list[Row],
    known: ClassList,
    *,
    quoted: bool = True,
) -> str:
    """Return the report as one JSON object: ``class``, ``tests``, ``groups``, ``students`` and those without results.

    Parameters
    ----------
    assignment : str
        Its name.
    tests : list of Column
        The graded cells.
    alike : list of Group
        The wrong answers that are alike.
    rows : list of Row
        The students.
    known : ClassList
        Who is in the class.
    quoted : bool
        Whether to quote what tests said.
    """
    report = {
        "assignment": assignment,
        "class": summary(rows),
        "tests": [_test(column) if quoted else {**_test(column), "messages": []} for column in tests],
        "groups": [asdict(group) for group in alike],
        "students": [_student(row, tests) for row in rows],
        "collected_not_graded": known.ungraded,
        "handed_in_nothing": known.absent,
    }
    return json.dumps(report, indent=1 if len(rows) <= MOST_INDENTED else None)


def shares_of(rows: list[Row]) -> list[float]:
    """Return the shares of the points that those have who could be graded, and of whom any are given."""
    return [share for row in rows if row.is_gradable and (share := row.share()) is not None]


def summary(rows: list[Row]) -> dict[str, Any]:
    """Return what is said of the whole class."""
    gradable, shares = [row for row in rows if row.is_gradable], shares_of(rows)
    finals = [row.standing.final for row in gradable]
    return {
        "submissions": len(rows),
        **{status: sum(row.result.status == status for row in rows) for status in get_args(Status)},
        "mean": statistics.fmean(finals) if finals else 0.0,
        "median": statistics.median(finals) if finals else 0.0,
        "max_score": max((row.standing.max_score for row in rows), default=0.0),
        "mean_share_so_far": statistics.fmean(shares) if shares else None,
        "median_share_so_far": statistics.median(shares) if shares else None,
        "points_waiting": max((row.standing.waiting for row in gradable), default=0.0),
        "to_be_read": sum(row.standing.needs_manual_grade for row in gradable),
        "late": sum(bool(row.standing.late) for row in rows),
    }


def _test(column: Column) -> dict[str, Any]:
    data = asdict(column)
    notebook, cell = data.pop("key")
    more = {"share": column.share, "doubt": column.doubt, "is_doubtful": column.is_doubtful}
    return {"notebook": notebook, "cell": cell, **data, **more}


def _student(row: Row, tests: list[Column]) -> dict[str, Any]:
    standing = row.standing
    scores = {column.name: standing.cells.get(column.key) for column in tests}
    return {
        "student": row.result.student,
        "status": row.result.status,
        "remarks": list(row.remarks),
        "score": standing.score,
        "max_score": standing.max_score,
        "waiting": standing.waiting,
        "share_so_far": row.share(),
        "late_penalty": standing.penalty,
        "final_score": standing.final,
        "handed_in": None if standing.handed_in is None else f"{standing.handed_in.isoformat()}Z",
        "cells": {name: None if score is None or score.waits else score.score for name, score in scores.items()},
        "untried": [column.name for column in tests if not row.tried(column.key)],
    }
