"""``autograder report``."""

from __future__ import annotations

import click

from autograder.cli.main import as_json, find_course, out, plain_errors, print_json, progress_bars, show_failures
from autograder.release.publish import known_mistakes
from autograder.results.report import write_report


@click.command("report")
@click.argument("assignment")
@click.option("--pseudonyms", is_flag=True, help="Names that say nothing of a student, to show on a screen.")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, pseudonyms: bool, json_: bool) -> None:
    """Write the instructor's page about ASSIGNMENT, and the same numbers as CSV.

    Exit status 1 if a student had to be left out.
    """
    failures: dict[str, str] = {}
    with plain_errors():
        course = find_course(context)
        with progress_bars(json_) as start:
            manifest = known_mistakes(course, assignment, progress=start)
        page, table = write_report(course, assignment, manifest, failed=failures.__setitem__, hidden=pseudonyms)
    if json_:
        print_json({"html": str(page), "csv": str(table), "failures": failures})
    else:
        out.print(f"{page}\n{table}")
        show_failures(failures)
    context.exit(1 if failures else 0)
