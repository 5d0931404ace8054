"""``autograder due``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, out, plain_errors, print_json
from autograder.course import CourseError, only_writer
from autograder.grade.record import set_due
from autograder.intake.moments import read_moment


@click.command("due")
@click.argument("assignment")
@click.argument("moment", required=False)
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, moment: str | None, json_: bool) -> None:
    """Say when ASSIGNMENT is due, or set it to MOMENT, such as "2026-11-01 12:00 UTC".

    A moment that names no zone, or could mean two, is refused.
    """
    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        try:
            wanted = None if moment is None else read_moment(moment)
        except ValueError as problem:
            raise CourseError(str(problem)) from problem
        with only_writer(course):
            due = set_due(course, assignment, wanted)
    if json_:
        print_json({"assignment": assignment, "due": None if due is None else f"{due.isoformat()}Z"})
    else:
        out.print(f"{assignment}: {'no date' if due is None else f'due {due:%Y-%m-%d %H:%M:%S} UTC'}")
