"""``autograder feedback``."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.main import (
    as_json,
    assignments,
    each,
    find_course,
    only_students,
    out,
    plain_errors,
    print_json,
    progress_bars,
    show_failures,
)


@click.command("feedback")
@assignments(required=True)
@only_students
@click.option("--workers", type=click.IntRange(0), default=None, help="How many processes make pages (one a core).")
@as_json
@click.pass_context
def command(
    context: click.Context, assignments: tuple[str, ...], students: tuple[str, ...], workers: int | None, json_: bool
) -> None:
    """Write a page for each student about each of ASSIGNMENTS, without the hidden tests.

    A person's scores and comments, given in formgrader, are on it: write it again after grading by hand.
    Exit status 1 if the pages of a student could not be written; the others have theirs.
    """
    from autograder.grade.dates import settle
    from autograder.release.publish import known_mistakes
    from autograder.results.feedback import write_feedback
    from autograder.results.scores import graded

    found: dict[str, dict[str, object]] = {}
    failures: dict[str, str] = {}
    with plain_errors():
        course = find_course(context)
        for assignment in course.chosen(assignments):
            graded(course, assignment)
            settle(course, assignment)
            own: dict[str, str] = {}
            kept: list[Path] = []
            with progress_bars(json_) as start:
                manifest = known_mistakes(course, assignment, progress=start)
                pages = write_feedback(
                    course,
                    assignment,
                    manifest,
                    students=students or None,
                    workers=course.settings.workers if workers is None else workers,
                    progress=start("Writing feedback"),
                    failed=own.__setitem__,
                    kept=kept.append,
                )
            found[assignment] = {"pages": [str(page) for page in pages], "unchanged": len(kept), "failures": own}
            failures |= own
            if not json_:
                more = f", {len(kept)} of them unchanged" if kept else ""
                out.print(f"{len(pages)} pages in {course.folder('feedback', assignment, '*')}{more}", soft_wrap=True)
    if json_:
        print_json(each(found))
    else:
        show_failures(failures)
    context.exit(1 if failures else 0)
