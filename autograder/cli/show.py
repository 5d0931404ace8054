"""``autograder show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autograder.cli.data import points_as_data
from autograder.cli.main import as_json, find_course, one_assignment, out, plain_errors, print_json

if TYPE_CHECKING:
    from autograder.results.student import Dossier, Shown


@click.command("show")
@one_assignment
@click.argument("student")
@click.argument("exercise", required=False)
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, student: str, exercise: str | None, json_: bool) -> None:
    """Show what STUDENT handed in for ASSIGNMENT, or for one EXERCISE of it, and how it was graded.

    The code, the tests with their hidden lines (marked h), how they failed (the line is marked >), and the
    points: who gave them, when and why. This is for instructors: a student's page is written by feedback.
    """
    from autograder.results.student import dossier

    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        found = dossier(course, assignment, student.rstrip("/"), exercise)
    if json_:
        print_json(as_data(found))
    else:
        show(found)


def as_data(found: Dossier) -> dict[str, object]:
    """Return a submission as plain data for JSON."""
    cells = [
        {
            "notebook": one.notebook,
            "name": one.name,
            "exercise": one.exercise,
            "source": one.source,
            "hidden_lines": sorted(one.hidden),
            "failing_line": one.line,
            "error": None if one.error is None else {"type": one.error.ename, "message": one.error.evalue},
            "score": None if one.score is None or one.score.waits else one.score.score,
            "max_score": None if one.score is None else one.score.max_score,
            "comment": one.comment,
            "history": [
                {"at": change.moment, "from": change.before, "to": change.after, "by": change.by, "why": change.why}
                for change in one.changes
            ],
        }
        for one in found.cells
    ]
    result, data = found.result, points_as_data(found.standing)
    data.pop("cells")
    return {"student": result.student, "status": result.status, "remarks": result.remarks, **data, "cells": cells}


def show(found: Dossier) -> None:
    """Print a submission."""
    result, standing = found.result, found.standing
    penalty = f", {standing.penalty:g} off for lateness" if standing.penalty else ""
    total = f"{standing.final:g} of {standing.max_score:g} points{penalty}"
    out.print(f"{result.student}: {result.status.replace('_', ' ')}, {total}", markup=False)
    for remark in result.remarks:
        out.print(f"  {remark}", markup=False)
    for one in found.cells:
        out.print()
        out.print(f"{one.notebook}/{one.name}  {_points(one)}", markup=False, style="bold")
        for number, line in enumerate(one.source.split("\n"), start=1):
            sign = f"{'>' if number == one.line else ' '}{'h' if number in one.hidden else ' '}"
            out.print(f"{sign} {number:3}  {line}", markup=False, soft_wrap=True)
        if one.error is not None:
            out.print(f"{one.error.ename}: {one.error.evalue}", markup=False, style="red", soft_wrap=True)
        if one.comment:
            out.print(f"comment: {one.comment}", markup=False)
        for change in one.changes:
            before, after = (("?" if score is None else f"{score:g}") for score in (change.before, change.after))
            why = f": {change.why}" if change.why else ""
            out.print(f"  {change.moment}  {before} -> {after}  by {change.by}{why}", markup=False)


def _points(one: Shown) -> str:
    if one.score is None:
        return ""
    return f"{'?' if one.score.waits else f'{one.score.score:g}'} / {one.score.max_score:g}"
