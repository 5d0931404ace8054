"""``autograder graders``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from autograder.cli.main import as_json, err, find_course, one_assignment, out, plain_errors, print_json

if TYPE_CHECKING:
    from autograder.graders.account import Line


@click.command("graders")
@one_assignment
@click.argument("names", nargs=-1)
@click.option(
    "--by",
    type=click.Choice(["students", "exercises"]),
    default="students",
    help="What is divided: the students (as usual), so that a grader reads all of theirs; or the exercises.",
)
@click.option(
    "--list",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Divide the students as this CSV file does, with the columns student and grader.",
)
@click.option("--none", "withdraw", is_flag=True, help="Take the division back.")
@as_json
@click.pass_context
def command(
    context: click.Context,
    assignment: str,
    names: tuple[str, ...],
    by: Literal["students", "exercises"],
    path: Path | None,
    withdraw: bool,
    json_: bool,
) -> None:
    """Divide what people read of ASSIGNMENT among graders with these NAMES, or say who has read what.

    A name is the one that the grader logs in with where formgrader runs. Formgrader says on each page whose it is,
    and leads to the grader's next. Called again with other names, or with more students, it leaves to each what
    they have as far as the shares stay even.
    """
    from autograder.graders.account import divide, divide_as_listed, lines, readings

    if (bool(names), path is not None, withdraw).count(True) > 1:
        raise click.UsageError("give NAMES, --list FILE or --none", context)
    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        if path is not None:
            left = divide_as_listed(course, assignment, path)
            if left:
                shown = ", ".join(left[:10]) + (f" and {len(left) - 10} more" if len(left) > 10 else "")
                err.print(f"warning: {path} gives no grader to {shown}", markup=False, soft_wrap=True)
        elif names or withdraw:
            divide(course, assignment, names, by)
        found = readings(course, assignment)
    if json_:
        print_json(
            {
                "assignment": assignment,
                "graders": [asdict(line) for line in lines(found)],
                "answers": [asdict(one) for one in found],
            }
        )
    else:
        show(assignment, lines(found))


def show(assignment: str, found: list[Line]) -> None:
    """Print what each grader has to do."""
    from rich.table import Table

    if not found:
        out.print(f"{assignment}: nothing is graded yet, so there is nothing to read.", markup=False)
        return
    table = Table("Grader", "Exercise")
    for title in ("To read", "Waiting", "Gave points", "Mean given"):
        table.add_column(title, justify="right")
    for line in found:
        mean = "" if line.mean is None else f"{line.mean:.2f} of {line.max_score:g}"
        counts = (str(line.share), str(line.waiting), str(line.given))
        table.add_row(line.grader or "nobody", f"{line.notebook}/{line.cell}", *counts, mean)
    out.print(table)
