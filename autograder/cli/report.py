"""``autograder report``."""

from __future__ import annotations

import click

from autograder.cli.main import (
    as_json,
    assignments,
    each,
    err,
    find_course,
    only_students,
    out,
    plain_errors,
    print_json,
    progress_bars,
    show_failures,
)


@click.command("report")
@assignments(required=True)
@only_students
@click.option("--pseudonyms", is_flag=True, help="Names that say nothing of a student, to show on a screen.")
@as_json
@click.pass_context
def command(
    context: click.Context, assignments: tuple[str, ...], students: tuple[str, ...], pseudonyms: bool, json_: bool
) -> None:
    """Write the instructor's page about each of ASSIGNMENTS, and the same numbers as CSV.

    Exit status 1 if a student had to be left out.
    """
    from autograder.grade.dates import settle
    from autograder.grade.regrade import earlier_release
    from autograder.release.publish import known_mistakes
    from autograder.results.report import write_report
    from autograder.results.scores import graded, recorded

    found: dict[str, dict[str, object]] = {}
    failures: dict[str, str] = {}
    with plain_errors():
        course = find_course(context)
        for assignment in course.chosen(assignments):
            graded(course, assignment)
            settle(course, assignment)
            own: dict[str, str] = {}
            with progress_bars(json_) as start:
                manifest = known_mistakes(course, assignment, progress=start)
            page, table = write_report(
                course,
                assignment,
                manifest,
                students=students or None,
                failed=own.__setitem__,
                hidden=pseudonyms,
            )
            chosen = recorded(graded(course, assignment), assignment, students or None)
            earlier = earlier_release(course, assignment, chosen)
            found[assignment] = {"html": str(page), "csv": str(table), "failures": own, "earlier_release": earlier}
            if earlier:
                err.print(
                    f"warning: {len(earlier)} were graded with earlier tests of {assignment}: "
                    f"autograder grade {assignment} --changed-tests shows what the corrected ones change",
                    markup=False,
                )
            failures |= own
    if json_:
        print_json(each(found))
    else:
        for data in found.values():
            out.print(f"{data['html']}\n{data['csv']}", soft_wrap=True)
        show_failures(failures)
    context.exit(1 if failures else 0)
