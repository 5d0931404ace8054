"""``autograder name-mistake``."""

from __future__ import annotations

import click

from autograder.cli.main import AssignmentName, as_json, find_course, out, plain_errors, print_json, progress_bars


@click.command("name-mistake")
@click.argument("assignment", type=AssignmentName())
@click.argument("group")
@click.argument("name")
@click.argument("hint")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, group: str, name: str, hint: str, json_: bool) -> None:
    """Make a named mistake of a GROUP of wrong answers in the report of ASSIGNMENT.

    Its example goes into the source, as an instructor's cell with NAME and HINT, if the assignment stays valid
    with it. The feedback of all in the group says so when it is written next.
    """
    from autograder.results.naming import name_mistake

    with plain_errors():
        course = find_course(context)
        with progress_bars(json_) as start:
            path, found = name_mistake(course, assignment, group, name, hint, progress=start)
    if json_:
        print_json({"notebook": str(path), "group": found.name, "students": list(found.students)})
    else:
        out.print(f"{path}: {name!r}, the mistake of {len(found.students)} students", markup=False)
        out.print(f"next: autograder feedback {assignment}", markup=False)
