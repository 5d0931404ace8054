"""``autograder feedback``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, out, plain_errors, print_json, progress_bars
from autograder.release.publish import known_mistakes
from autograder.results.feedback import write_feedback


@click.command("feedback")
@click.argument("assignment")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, json_: bool) -> None:
    """Write a page for each student about ASSIGNMENT, without the hidden tests.

    A person's scores and comments, given in formgrader, are on it: write it again after grading by hand.
    """
    with plain_errors():
        course = find_course(context)
        with progress_bars(json_) as start:
            manifest = known_mistakes(course, assignment, progress=start)
            pages = write_feedback(course, assignment, manifest, progress=start("Writing feedback"))
    if json_:
        print_json({"pages": [str(page) for page in pages]})
    else:
        out.print(f"{len(pages)} pages in {course.folder('feedback', assignment, '*')}")
