"""``autograder demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.grade import table, warn_without_sandbox
from autograder.cli.main import (
    AssignmentName,
    as_json,
    err,
    find_course,
    out,
    plain_errors,
    print_json,
    progress_bars,
)

if TYPE_CHECKING:
    from autograder.demo.play import Played


@click.command("demo")
@click.argument("assignment", required=False, type=AssignmentName())
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    default="demo",
    show_default=True,
    help="A folder of the demo's own; it is made anew.",
)
@as_json
@click.pass_context
def command(context: click.Context, assignment: str | None, workspace: Path, json_: bool) -> None:
    """Play the whole loop with a made-up class on ASSIGNMENT (the course's first by default).

    `pandas` is an assignment that comes with the grader: it can be played without a course of one's own.

    A student edition is made and checked, a class hands in right, wrong, broken and hostile work, it is
    graded, and feedback and report are written. Exit status 1 if a submission does not get what it must.
    """
    from autograder.demo.play import play
    from autograder.demo.shipped import course_to_play

    with plain_errors():
        course = course_to_play(assignment, lambda: find_course(context))
        chosen = course.chosen([assignment] if assignment else [])[0]
        warn_without_sandbox()
        with progress_bars(json_) as start:
            played = play(course, chosen, workspace, start)
    if json_:
        print_json(as_data(played))
    else:
        show(played)
    context.exit(1 if played.surprises() else 0)


def as_data(played: Played) -> dict[str, object]:
    """Return the demo's results as plain data for JSON."""
    submissions = [
        {
            "student": hand.student,
            "status": played.results[hand.student].status,
            "score": played.results[hand.student].score,
            "max_score": played.results[hand.student].max_score,
            "expected_status": hand.expected_status,
            "expected_score": hand.expected_score,
        }
        for hand in played.hands
    ]
    return {**_paths(played), "seconds": round(played.seconds, 1), "submissions": submissions}


def show(played: Played) -> None:
    """Print a table of the class and where everything is."""
    from autograder.results.scores import standings

    surprises = set(played.surprises())
    complaints = {
        hand.student: f"must be {hand.expected_status}, {hand.expected_score:g}"
        for hand in played.hands
        if hand.student in surprises
    }
    results = [played.results[hand.student] for hand in played.hands]
    out.print(table(results, standings(played.course, played.assignment), complaints))
    for name, path in _paths(played).items():
        out.print(f"{name:10} {path}", soft_wrap=True)
    out.print(f"{len(played.hands)} submissions in {played.seconds:.0f} s, from checking the release to the report.")
    if surprises:
        err.print(f"[red]Not as they must be:[/red] {', '.join(sorted(surprises))}")


def _paths(played: Played) -> dict[str, str]:
    course = played.course
    return {
        "workspace": str(course.root),
        "gradebook": course.db_url.removeprefix("sqlite:///"),
        "feedback": str(course.folder("feedback", played.assignment, "<student>")),
        "report": str(played.page),
    }
