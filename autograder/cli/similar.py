"""``autograder similar``."""

from __future__ import annotations

import click

from autograder.cli.main import AssignmentName, as_json, find_course, out, plain_errors, print_json


@click.command("similar")
@click.argument("assignment", type=AssignmentName())
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many pairs to show.")
@as_json
@click.pass_context
def command(context: click.Context, assignment: str, most: int, json_: bool) -> None:
    """Find pairs of graded submissions of ASSIGNMENT that share what hardly anybody else wrote.

    It is a hint, no proof: names, comments and order do not count, nor what was handed out.
    """
    with plain_errors():
        from autograder.results.similar import write_similar

        page, pairs = write_similar(find_course(context), assignment, most)
    if json_:
        shown = [{"students": [one.one, one.other], "share": one.share, "weight": one.weight} for one in pairs]
        print_json({"html": str(page), "pairs": shown})
        return
    for pair in pairs[:10]:
        out.print(f"{pair.share:4.0%}  {pair.one}  {pair.other}", markup=False)
    out.print(f"{page}\na hint, no proof: read both before you conclude anything", markup=False)
