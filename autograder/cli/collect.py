"""``autograder collect``."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.characters import one_line
from autograder.cli.main import (
    as_json,
    err,
    find_course,
    one_assignment,
    out,
    plain_errors,
    print_json,
    progress_bars,
)

if TYPE_CHECKING:
    from autograder.collect.account import Account


FORMS = ("moodle", "canvas", "gradescope", "exchange", "folder")


@click.command("collect")
@one_assignment
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Who is in the class: Moodle's grading worksheet of this assignment, Canvas's gradebook, or a CSV file.",
)
@click.option("--from", "form", type=click.Choice(FORMS), help="The form of the files; recognised by default.")
@click.option("--id", "id_column", metavar="COLUMN", help="The roster's column with the ids of your students.")
@click.option("--zone", help="The zone of times that name none, such as Europe/Berlin; this machine's by default.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@as_json
@click.pass_context
def command(
    context: click.Context,
    assignment: str,
    files: tuple[Path, ...],
    roster: Path | None,
    form: str | None,
    id_column: str | None,
    zone: str | None,
    dry_run: bool,
    json_: bool,
) -> None:
    """Bring in what students handed in for ASSIGNMENT: zips of an LMS, nbgrader's exchange or folders, as FILES.

    A notebook is taken by the cells in it, whatever it is called, the newest attempt first. Everybody in the
    roster is accounted for. Exit status 1 if a hand-in is nobody's.
    """
    from autograder.collect.run import collect

    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        with progress_bars(json_) as start:
            account = collect(
                course,
                assignment,
                list(files),
                form=form,
                roster=roster,
                id_column=id_column,
                zone=_zone(zone),
                dry_run=dry_run,
                progress=start,
            )
    if json_:
        print_json(account.as_data())
    else:
        show(account)
    context.exit(1 if account.unknown else 0)


def show(account: Account) -> None:
    """Print what became of every hand-in, and a line for each that somebody should look at."""
    from autograder.collect.account import KINDS, STATUSES

    for source, form, number in account.sources:
        out.print(f"{one_line(source)}: {number} hand-ins, form {form}", markup=False)
    if account.left_behind:
        out.print(f"{account.left_behind} files of operating systems and programs left out (__MACOSX, .DS_Store, …)")
    for label in account.undated:
        out.print(f"{one_line(label)}: its times are those of its packing, and are not used", markup=False)
    for kind, words in KINDS.items():
        _list(words, account.of_kind(kind))
    for status in ("replaced", "kept", "missing"):
        found = [(entry.student, entry.name) for entry in account.entries.values() if entry.status == status]
        _list(STATUSES[status], sorted(found))
    _list("of students who are not known", [(name, reason) for _, name, reason in account.unknown])
    _list("files in no hand-in", [(path, reason) for _, path, reason in account.unclaimed])
    for doubt in account.doubts:
        err.print(one_line(doubt), markup=False, soft_wrap=True)
    statuses = ", ".join(f"{number} {STATUSES[status]}" for status, number in account.statuses.items() if number)
    dry = "would be: " if account.dry_run else ""
    unknown = f"; {len(account.unknown)} hand-ins of students who are not known" if account.unknown else ""
    out.print(f"{len(account.entries)} students: {dry}{statuses or 'none'}{unknown}.", soft_wrap=True)


def _list(heading: str, lines: list[tuple[str, str]]) -> None:
    if not lines:
        return
    out.print(f"[bold]{len(lines)} {heading}[/bold]")
    for name, text in lines:
        said = f": {one_line(text, 300)}" if text else ""
        out.print(f"  {one_line(name, 60)}{said}", markup=False, soft_wrap=True)


def _zone(name: str | None) -> tzinfo | None:
    from autograder.course import CourseError
    from autograder.intake.moments import zone_named

    if name is None:
        return None
    try:
        return zone_named(name)
    except ValueError as problem:
        raise CourseError(f"--zone: {problem}") from None
