"""``autograder due``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, moment_of, one_assignment, out, plain_errors, print_json


@click.command("due")
@one_assignment
@click.argument("moment", required=False)
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, moment: str | None, json_: bool) -> None:
    """Say when ASSIGNMENT is due, or set it to MOMENT, such as "2026-11-01 12:00 UTC".

    A moment that names no zone, or could mean two, is refused. Students with an extension are listed.
    """
    from autograder.grade.dates import set_due
    from autograder.grade.lateness import Extensions

    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        due = set_due(course, assignment, None if moment is None else moment_of(moment))
        until = {name: f"{one.isoformat()}Z" for name, one in Extensions(course, assignment).until.items()}
    if json_:
        print_json(
            {"assignment": assignment, "due": None if due is None else f"{due.isoformat()}Z", "extensions": until}
        )
    else:
        out.print(f"{assignment}: {'no date' if due is None else f'due {due:%Y-%m-%d %H:%M:%S} UTC'}")
        for name, one in sorted(until.items()):
            out.print(f"  {name}: until {one}", markup=False)
