"""``autograder backup``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from autograder.cli.main import as_json, err, find_course, out, plain_errors, print_json


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@as_json
@click.pass_context
def command(context: click.Context, file: Path | None, json_: bool) -> None:
    """Write the whole course into FILE (COURSE-DATE.tar.gz here by default): sources, submissions, results, points.

    What `restore` makes of it anywhere goes on where this course is: nothing is graded again. The file holds
    students' work and hidden tests, and only you can read it.
    """
    from autograder.keep.archive import backup

    with plain_errors():
        course = find_course(context)
        target = file or Path(f"{course.root.name}-{datetime.now():%Y-%m-%d-%H%M%S}.tar.gz")
        count, left = backup(course, target)
    if json_:
        print_json({"file": str(target), "files": count, "left": left})
        return
    out.print(f"{target}: {count} files, {target.stat().st_size / 2**20:.1f} MiB", markup=False, soft_wrap=True)
    for one in left:
        err.print(f"warning: not in it: {one}", markup=False)
