"""``autograder grade --changed-tests``: the differences that corrected tests make, and making them count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from autograder.characters import one_line
from autograder.cli.main import err, out, show_failures

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grade.engines import Engine
    from autograder.grade.monitor import Monitor

WHO = 10
"""So many students are named beside a difference."""


def changed(
    course: Course,
    assignment: str,
    *,
    apply: bool,
    as_json: bool,
    engine: Engine,
    trusted: bool,
    monitor: Monitor,
    **options: Any,
) -> tuple[dict[str, Any], bool]:
    """Grade an assignment again where its tests have changed; print the differences, and record them if asked to.

    Returns
    -------
    tuple of (dict, bool)
        What was found, for JSON; and whether something failed.
    """
    from autograder.grade import regrade
    from autograder.results.scores import standings

    run = regrade.regrade(course, assignment, engine=engine, trusted=trusted, monitor=monitor, **options)
    known = standings(course, assignment)
    cells = [(student, key, cell) for student, standing in known.items() for key, cell in standing.cells.items()]
    before: dict[str, dict[tuple[str, str], float | None]] = {}
    for student, key, cell in cells:
        before.setdefault(student, {})[key] = cell.score - cell.extra if cell.given else None
    by_hand = [(student, *key) for student, key, cell in cells if cell.by_hand and student in run.results]
    found = regrade.differences(run, before, by_hand)
    failures = dict(run.failures)
    apply = apply and not run.left  # of a run that was interrupted, nothing counts
    if apply and run.results:
        failures |= regrade.apply(course, assignment, run, engine=engine, trusted=trusted).failures
    if not as_json:
        show(found, len(run.results), run.kept, by_hand, assignment, applied=apply)
        show_failures(failures)
    data = {
        "graded_again": sorted(run.results),
        "unchanged": run.kept,
        "differences": [
            {"notebook": notebook, "name": name, "change": change, "students": students}
            for (notebook, name), changes in sorted(found.items())
            for change, students in sorted(changes.items())
        ],
        "applied": apply,
        "failures": failures,
        "left": run.left,
    }
    return data, bool(failures)


def show(
    found: dict[tuple[str, str], dict[float, list[str]]],
    again: int,
    kept: int,
    by_hand: list[tuple[str, str, str]],
    assignment: str,
    *,
    applied: bool,
) -> None:
    """Print a table of differences and what to do next."""
    if found:
        table = Table("Test", "Change", "Students", "Who")
        table.columns[1].justify = table.columns[2].justify = "right"
        for (notebook, name), changes in sorted(found.items()):
            for change, students in sorted(changes.items(), reverse=True):
                more = f" and {len(students) - WHO} more" if len(students) > WHO else ""
                who = Text(one_line(", ".join(students[:WHO]), 200) + more)
                table.add_row(Text(f"{notebook}/{name}"), f"{change:+g}", str(len(students)), who)
        out.print(table)
    out.print(f"{again} graded again, {kept} with nothing to do; {len(found)} tests give other points.")
    fixed = Counter(f"{notebook}/{name}" for _, notebook, name in by_hand)
    if fixed:
        told = ", ".join(f"{name} ({count})" for name, count in sorted(fixed.items()))
        out.print(f"Points that a person gave stay: {told}.", markup=False)
    if again and not applied:
        err.print(
            f"Nothing counts yet: autograder grade {assignment} --changed-tests --apply records it.", markup=False
        )
