"""``autograder points``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, one_assignment, out, plain_errors, print_json

TESTS = "tests"


class _Points(click.types.StringParamType):
    """A number of points, or the word for those of the tests."""

    name = "points"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text: str = super().convert(value, param, ctx)
        if text != TESTS:
            try:
                float(text)
            except ValueError:
                self.fail(f"{text!r} is neither a number nor the word {TESTS}", param, ctx)
        return text


@click.command("points")
@one_assignment
@click.argument("student")
@click.argument("exercise")
@click.argument("number", type=_Points())
@click.option("--why", required=True, help="The reason, for the history of points that `show` prints.")
@as_json
@click.pass_context
def command(
    context: click.Context, assignment: str, student: str, exercise: str, number: str, why: str, json_: bool
) -> None:
    """Give STUDENT a NUMBER of points for EXERCISE of ASSIGNMENT, whatever the tests say.

    EXERCISE is the name of a test, of a written answer or of a task, as `show` and the report have it. The word
    "tests" for NUMBER takes points back that a person gave, so that those of the tests count again.
    """
    from autograder.grade.corrections import give_points
    from autograder.grade.history import user_name

    student = student.rstrip("/")
    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        points = None if number == TESTS else float(number)
        by = user_name()
        before, after = give_points(course, assignment, student, exercise, points, by=by, why=why)
    if json_:
        print_json({"student": student, "exercise": exercise, "before": before, "after": after, "by": by, "why": why})
    else:
        shown = ["?" if score is None else f"{score:g}" for score in (before, after)]
        unit = "point" if after == 1 else "points"
        out.print(f"{assignment}, {student}, {exercise}: {' -> '.join(shown)} {unit} ({why})", markup=False)
