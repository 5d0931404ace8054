"""``autograder new-term``."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.main import as_json, find_course, out, plain_errors, print_json


@click.command("new-term")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--id", "course_id", help="The new course's name in its gradebook (the old one's).")
@as_json
@click.pass_context
def command(context: click.Context, folder: Path, course_id: str | None, json_: bool) -> None:
    """Begin the next term in FOLDER: this course's configuration and sources, and no student's work.

    What was edited after the last release is named: it is not what last term's students had.
    """
    from autograder.keep.term import new_term

    with plain_errors():
        term = new_term(find_course(context), folder, course_id)
    if json_:
        print_json(
            {
                "course": str(term.course.root),
                "assignments": term.course.assignments,
                "edited_since_release": term.edited,
                "left": term.left,
            }
        )
        return
    out.print(f"{term.course.root}: {', '.join(term.course.assignments)}", markup=False, soft_wrap=True)
    for assignment, cells in term.edited.items():
        out.print(f"{assignment} was edited after its last release: {', '.join(cells)}", markup=False, soft_wrap=True)
    if term.left:
        out.print(f"Not taken: {', '.join(term.left)}", markup=False, soft_wrap=True)
    out.print("Go on there with: autograder release")
