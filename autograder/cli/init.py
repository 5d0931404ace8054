"""``autograder init``."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.main import as_json, out, plain_errors, print_json


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--id", "course_id", help="The course's name in the gradebook (that of the folder).")
@as_json
def command(folder: Path, course_id: str | None, json_: bool) -> None:
    """Begin a course in FOLDER (this one by default): write its nbgrader_config.py.

    Nothing that is there is changed. `autograder new` then begins an assignment.
    """
    from autograder.keep.begin import init

    with plain_errors():
        path = init(folder, course_id or folder.resolve().name)
    if json_:
        print_json({"config": str(path)})
    else:
        out.print(f"{path} is written. Go on there with: autograder new ASSIGNMENT", markup=False, soft_wrap=True)
