"""``autograder new``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, one_assignment, out, plain_errors, print_json


@click.command("new")
@one_assignment
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, json_: bool) -> None:
    """Begin ASSIGNMENT: a notebook with an exercise that tests grade and one that a person grades.

    It can be validated, released and played with `demo` at once: write your own exercises in the place of its two.
    """
    from autograder.keep.begin import new_assignment

    with plain_errors():
        path = new_assignment(find_course(context), assignment)
    if json_:
        print_json({"notebook": str(path)})
    else:
        out.print(f"{path} is written. Edit it, then: autograder validate {assignment}", markup=False, soft_wrap=True)
