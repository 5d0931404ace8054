"""``autograder restore``."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.main import as_json, err, out, plain_errors, print_json


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json
def command(file: Path, folder: Path, json_: bool) -> None:
    """Unpack FILE, which `backup` wrote, into the new FOLDER. Nothing there has to be graded again."""
    from autograder.keep.archive import elsewhere, restore

    with plain_errors():
        course = restore(file, folder)
        outside = elsewhere(course)
    if json_:
        print_json({"course": str(course.root), "assignments": course.assignments, "outside": outside})
        return
    out.print(f"{course.root}: {', '.join(course.assignments)}", markup=False, soft_wrap=True)
    for one in outside:
        err.print(f"warning: {one}", markup=False)
