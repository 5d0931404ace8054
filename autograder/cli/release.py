"""``autograder release``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, assignments, find_course, out, plain_errors, print_json, progress_bars
from autograder.cli.validate import as_data, show, strictly


@click.command("release")
@assignments(required=False)
@strictly
@click.option(
    "--solutions",
    is_flag=True,
    help="Write worked solutions to the folder worked instead, for self-learners or after a deadline.",
)
@as_json
@click.pass_context
def command(context: click.Context, assignments: tuple[str, ...], strict: bool, solutions: bool, json_: bool) -> None:
    """Make the student edition of ASSIGNMENTS (all of the course by default), after checking them.

    An assignment that fails a check is not released, and the exit status is 1. Warnings are printed only.
    With --solutions, no release is made or changed: the notebooks are written with their answers, without hidden tests.
    """
    if solutions:
        _write_worked(context, assignments, json_)
        return
    from autograder.release.publish import release_assignment
    from autograder.release.validate import validate

    with plain_errors():
        course = find_course(context)
        chosen = course.chosen(assignments)
        released = {}
        found = []
        with progress_bars(json_) as start:
            for assignment in chosen:
                validation = validate(course, assignment, progress=start(assignment), strict=strict)
                found.append(validation)
                if validation.passed:
                    released[assignment] = str(release_assignment(course, assignment, validation))
    if json_:
        print_json({"released": released, "checks": [as_data(validation) for validation in found]})
    else:
        for validation in found:
            if validation.assignment in released:
                out.print(f"{validation.assignment}: released to {released[validation.assignment]}")
                for warning in (warning for check in validation.checks for warning in check.warnings):
                    out.print(f"  warning: {warning}", markup=False)
            else:
                show(validation)
    context.exit(0 if len(released) == len(found) else 1)


def _write_worked(context: click.Context, assignments: tuple[str, ...], json_: bool) -> None:
    from autograder.release.worked import write_worked

    with plain_errors():
        course = find_course(context)
        written = {assignment: str(write_worked(course, assignment)) for assignment in course.chosen(assignments)}
    if json_:
        print_json({"worked": written})
    else:
        for assignment, folder in written.items():
            out.print(f"{assignment}: worked solutions written to {folder}")
