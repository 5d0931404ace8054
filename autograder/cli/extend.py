"""``autograder extend``."""

from __future__ import annotations

import click

from autograder.cli.main import (
    as_json,
    find_course,
    moment_of,
    one_assignment,
    out,
    plain_errors,
    print_json,
    warn_of_unknown,
)


@click.command("extend")
@click.argument("student")
@one_assignment
@click.option("--until", help='The student\'s own date, such as "2026-11-03 12:00 UTC".')
@click.option("--none", "withdraw", is_flag=True, help="Take an extension back.")
@as_json
@click.pass_context
def command(
    context: click.Context, student: str, assignment: str, until: str | None, withdraw: bool, json_: bool
) -> None:
    """Let STUDENT hand in ASSIGNMENT until a later date than the others, before or after the hand-in.

    What a delay costs is reckoned anew at once; write feedback and report again.
    """
    from autograder.grade.dates import extend

    if (until is None) == (not withdraw):
        raise click.UsageError("give either --until MOMENT or --none", context)
    student = student.rstrip("/")
    with plain_errors():
        course = find_course(context)
        course.check_assignment(assignment)
        warn_of_unknown(course, student)
        moment = None if until is None else moment_of(until)
        due = extend(course, assignment, student, moment)
    if json_:
        said = None if moment is None else f"{moment.isoformat()}Z"
        print_json({"assignment": assignment, "student": student, "due": f"{due.isoformat()}Z", "until": said})
    else:
        date = due if moment is None else moment
        out.print(f"{assignment}: {student} may hand in until {date:%Y-%m-%d %H:%M:%S} UTC", markup=False)
