"""``autograder feedback``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, out, plain_errors, print_json, progress_bars, show_failures
from autograder.release.publish import known_mistakes
from autograder.results.feedback import write_feedback


@click.command("feedback")
@click.argument("assignment")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, json_: bool) -> None:
    """Write a page for each student about ASSIGNMENT, without the hidden tests.

    A person's scores and comments, given in formgrader, are on it: write it again after grading by hand.
    Exit status 1 if the pages of a student could not be written; the others have theirs.
    """
    failures: dict[str, str] = {}
    with plain_errors():
        course = find_course(context)
        with progress_bars(json_) as start:
            manifest = known_mistakes(course, assignment, progress=start)
            pages = write_feedback(
                course,
                assignment,
                manifest,
                progress=start("Writing feedback"),
                failed=failures.__setitem__,
            )
    if json_:
        print_json({"pages": [str(page) for page in pages], "failures": failures})
    else:
        out.print(f"{len(pages)} pages in {course.folder('feedback', assignment, '*')}")
        show_failures(failures)
    context.exit(1 if failures else 0)
