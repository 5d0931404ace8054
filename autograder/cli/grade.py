"""``autograder grade``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from autograder.characters import one_line
from autograder.cli.main import as_json, err, find_course, out, plain_errors, print_json, progress_bars, show_failures
from autograder.grade.engines import LocalEngine
from autograder.grade.results import Result
from autograder.grade.run import Run, grade
from autograder.results.scores import Standing, standing_of, standings
from autograder.sandbox.probe import probe

LISTED = 100
COLOURS = {"graded": "green", "partly_graded": "yellow", "not_gradable": "red"}


@click.command("grade")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this student; may be given more than once.")
@click.option("--force", is_flag=True, help="Grade again what is already graded.")
@click.option("--workers", type=click.IntRange(0), default=None, help="How many to run at once (one a core).")
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "require", "off"]),
    default="auto",
    help="require: refuse without bubblewrap. off: trust the submissions, even as root without bubblewrap. "
    "auto: as c.Autograder.require_sandbox says, which on Linux is to refuse unless it is set to False.",
)
@as_json
@click.pass_context
def command(
    context: click.Context,
    assignment: str,
    students: tuple[str, ...],
    force: bool,
    workers: int | None,
    sandbox: str,
    json_: bool,
) -> None:
    """Grade what students handed in for ASSIGNMENT.

    Only new, changed or unfinished submissions are run; a run that was killed is continued by calling
    it again. Exit status 1 if a submission could not be run at all.
    """
    with plain_errors():
        course = find_course(context)
        warn_without_sandbox()
        engine = LocalEngine(course.settings.workers if workers is None else workers)
        try:
            with progress_bars(json_) as start:
                run = grade(
                    course,
                    assignment,
                    students=students or None,
                    force=force,
                    engine=engine,
                    require_sandbox=sandbox == "require",
                    trusted=sandbox == "off",
                    progress=start("Grading"),
                )
        except KeyboardInterrupt:
            err.print("Interrupted. What is graded is kept: call the same command again to go on.")
            os._exit(130)  # the workers die with this process; waiting for them could take minutes
        known = standings(course, assignment)
        found = {student: known.get(student) or standing_of(result) for student, result in run.results.items()}
    if json_:
        print_json(as_data(run, found))
    else:
        show(run, found, course.folder("submitted", assignment, "STUDENT"))
    context.exit(1 if run.failures else 0)


def warn_without_sandbox() -> None:
    """Warn where students' code will not be locked in."""
    found = probe()
    if found.kind == "none":
        err.print(
            f"[bold red]No sandbox:[/bold red] {found.reason}. Students' code can read the files of this machine and "
            "use the network, with your rights unless you are root.",
        )


def as_data(run: Run, found: Mapping[str, Standing]) -> dict[str, object]:
    """Return a run, and what the gradebook says of its submissions, as plain data for JSON."""
    submissions = [
        {
            "student": result.student,
            "status": result.status,
            "reason": result.reason,
            **points_as_data(found[result.student]),
            "refused": result.refused,
            "phases": result.phases,
        }
        for _, result in sorted(run.results.items())
    ]
    return {"submissions": submissions, "kept": run.kept, "failures": run.failures, "misplaced": run.misplaced}


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


def show(run: Run, found: Mapping[str, Standing], where: Path) -> None:
    """Print the results as a table, the numbers in a sentence, and what was not taken as a submission.

    Parameters
    ----------
    run : Run
        What was done.
    found : mapping of str to Standing
        What the gradebook says, by student.
    where : Path
        The folder where the submission of somebody named STUDENT would lie.
    """
    results = [result for _, result in sorted(run.results.items())]
    if len(results) <= LISTED:
        out.print(table(results, found))
    if any(found[result.student].waiting for result in results):
        out.print("+? marks written answers that a person still has to read, in formgrader.")
    new = len(results) - run.kept
    out.print(f"{new} graded now, {run.kept} already graded before, {len(run.failures)} could not be run.")
    show_failures(run.failures)
    if run.misplaced:
        shown = ", ".join(map(one_line, run.misplaced[:LISTED]))
        more = f" and {len(run.misplaced) - LISTED} more" if len(run.misplaced) > LISTED else ""
        err.print(
            f"Not taken, because it lies in no student's folder of an assignment: {shown}{more}. "
            f"A submission belongs into {where}/.",
            markup=False,
        )


def table(
    results: Iterable[Result], found: Mapping[str, Standing], complaints: Mapping[str, str] | None = None
) -> Table:
    """Return a table of students, statuses and scores; complaints, by student, stand before the remarks."""
    made = Table("Student", "Status", "Points", "Run", "Remark")
    made.columns[2].justify = made.columns[3].justify = "right"
    for result in results:
        colour = COLOURS[result.status]
        status = f"[{colour}]{result.status.replace('_', ' ')}[/{colour}]"
        standing = found[result.student]
        waiting = " +?" if standing.waiting else "   "
        remark = Text(one_line("; ".join(result.remarks), 200))
        if complaint := (complaints or {}).get(result.student):
            remark = Text.assemble((complaint + " ", "red"), remark)
        points = f"{standing.final:g} / {standing.max_score:g}{waiting}"
        made.add_row(Text(one_line(result.student)), status, points, f"{result.seconds:.1f} s", remark)
    return made
