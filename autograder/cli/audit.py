"""``autograder audit``."""

from __future__ import annotations

from collections import Counter

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

    with plain_errors(), progress_bars(json_) as start:
        found = audit(find_course(context), assignment, progress=start)
    if json_:
        survivors = [
            {"name": one.mutant.name, "notebook": one.notebook, "change": one.mutant.change, "diff": one.mutant.diff}
            for one in found.survivors
        ]
        print_json(
            {
                "assignment": assignment,
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
        by_answer = Counter(one.mutant.answer for one in found.verdicts)
        for answer, count in by_answer.items():
            mine = [one for one in found.verdicts if one.mutant.answer == answer]
            caught, survive = sum(one.caught for one in mine), sum(one.survived for one in mine)
            table.add_row(answer, str(count), str(caught), str(count - caught - survive), str(survive))
        out.print(table)
        for one in found.survivors:
            out.print(f"\n{one.mutant.name}: {one.mutant.change}, passes {', '.join(one.tests)}", markup=False)
            out.print(one.mutant.diff, markup=False)
        out.print(f"\n{found.share:.1%} of the wrong answers are caught", markup=False)
        for name in found.outdated:
            err.print(f"{EQUIVALENT}: {name} is no change of the reference any more; take it out", markup=False)
    context.exit(int(fail_under is not None and 100 * found.share < fail_under))
