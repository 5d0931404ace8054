"""``autograder audit``."""

from __future__ import annotations

import click

from autograder.cli.main import AssignmentName, as_json, err, find_course, out, plain_errors, print_json, progress_bars


@click.command("audit")
@click.argument("assignment", type=AssignmentName())
@click.option("--fail-under", type=click.FloatRange(0, 100), help="Exit with status 1 below this share, in percent.")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, fail_under: float | None, json_: bool) -> None:
    """Grade wrong answers to ASSIGNMENT, made of the right ones by small changes, and list those that pass.

    What makes no difference is listed, with its reason, in equivalent_mutants.toml of the course.
    """
    from rich.table import Table

    from autograder.release.audit import EQUIVALENT, audit
    from autograder.results.audited import by_exercise, write_audit

    with plain_errors(), progress_bars(json_) as start:
        course = find_course(context)
        found = audit(course, assignment, progress=start)
        page = write_audit(course, found)
    if json_:
        survivors = [
            {"name": one.mutant.name, "notebook": one.notebook, "change": one.mutant.change, "diff": one.mutant.diff}
            for one in found.survivors
        ]
        print_json(
            {
                "assignment": assignment,
                "html": str(page),
                "share": found.share,
                "wrong_answers": len(found.verdicts),
                "caught": sum(one.caught for one in found.verdicts),
                "equivalent": sum(bool(one.reason) and not one.caught for one in found.verdicts),
                "outdated": list(found.outdated),
                "survivors": survivors,
            }
        )
    else:
        table = Table("Exercise", "Wrong answers", "Caught", "Equivalent", "Survive")
        for line in by_exercise(found.verdicts):
            table.add_row(line.answer, *map(str, (line.made, line.caught, line.equivalent, line.passing)))
        out.print(table)
        for one in found.survivors:
            out.print(f"\n{one.mutant.name}: {one.mutant.change}, passes {', '.join(one.tests)}", markup=False)
            out.print(one.mutant.diff, markup=False)
        out.print(f"\n{found.share:.1%} of the wrong answers are caught\n{page}", markup=False)
        for name in found.outdated:
            err.print(f"{EQUIVALENT}: {name} is no change of the reference any more; take it out", markup=False)
    context.exit(int(fail_under is not None and 100 * found.share < fail_under))
