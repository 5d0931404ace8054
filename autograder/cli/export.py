"""``autograder export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.characters import one_line
from autograder.cli.main import as_json, find_course, one_assignment, out, plain_errors, print_json

if TYPE_CHECKING:
    from autograder.export.write import Exported

LISTED = 30


@click.command("export")
@one_assignment
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to",
    "target",
    type=click.Choice(["moodle", "canvas", "csv", "parquet"]),
    required=True,
    help="moodle, canvas: fill in FILE, the grading worksheet or the gradebook that the LMS gave out. "
    "csv, parquet: a table of the whole class.",
)
@click.option("--output", type=click.Path(path_type=Path), help="The folder to write to (export/ASSIGNMENT).")
@click.option("--column", metavar="NAME", help="The column of FILE for the points; found by its name by default.")
@click.option("--id", "id_column", metavar="COLUMN", help="The column of FILE with the ids of your students.")
@click.option("--scale/--no-scale", default=None, help="Convert points to the maximum of the LMS, or do not.")
@click.option("--so-far", is_flag=True, help="Also write points where a person has yet to read answers.")
@click.option("--zero-missing", is_flag=True, help="Write 0 for those who handed in nothing; empty by default.")
@as_json
@click.pass_context
def command(
    context: click.Context,
    assignment: str,
    file: Path | None,
    target: str,
    output: Path | None,
    json_: bool,
    column: str | None,
    id_column: str | None,
    scale: bool | None,
    so_far: bool,
    zero_missing: bool,
) -> None:
    """Take the grades of ASSIGNMENT, and the feedback pages, to an LMS or into a table.

    FILE is kept as it is; a copy of it with the points is written, and feedback.zip for the LMS's form.
    """
    from autograder.export.fill import Choices
    from autograder.export.write import export
    from autograder.grade.dates import settle

    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        settle(course, assignment)
        choices = Choices(column, id_column, scale, so_far, zero_missing)
        exported = export(course, assignment, target, file, output, choices)
    if json_:
        print_json(exported.as_data())
    else:
        show(exported)


def show(exported: Exported) -> None:
    """Print what was written, and who has no points."""
    for path in exported.paths:
        out.print(str(path), soft_wrap=True, markup=False)
    if len(exported.paths) == 1:  # a table of one's own, with everybody in the class
        out.print(f"{exported.written} students, one row each.")
    else:
        out.print(f"{exported.written} students have points; {exported.pages} have a page in feedback.zip.")
    for heading, found in (
        ("have no points", exported.empty),
        ("have no page in feedback.zip", exported.without_page),
        ("are graded, but not in the table of the LMS", dict.fromkeys(exported.left_out, "")),
        ("are in the table of the LMS, and nobody of this course", dict.fromkeys(exported.foreign, "")),
    ):
        if not found:
            continue
        out.print(f"[bold]{len(found)} {heading}[/bold]")
        by_reason: dict[str, list[str]] = {}
        for name, reason in sorted(found.items()):
            by_reason.setdefault(reason, []).append(one_line(name, 60))
        for reason, names in by_reason.items():
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            said = f"{one_line(reason)}: " if reason else ""
            out.print(f"  {said}{', '.join(names[:LISTED])}{more}", markup=False, soft_wrap=True)
