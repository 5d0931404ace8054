"""``autograder validate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autograder.cli.main import as_json, assignments, find_course, out, plain_errors, print_json, progress_bars

if TYPE_CHECKING:
    from autograder.release.validate import Validation

strictly = click.option("--strict", is_flag=True, help="Count warnings as failures.")


@click.command("validate")
@assignments(required=False)
@strictly
@as_json
@click.pass_context
def command(context: click.Context, assignments: tuple[str, ...], strict: bool, json_: bool) -> None:
    """Check ASSIGNMENTS (all of the course by default) without changing anything.

    The reference answers must earn every point, the untouched release none, each named mistake must
    lose its points, and the release must not leak. Exit status 1 if a check fails; warnings alone do not count.
    """
    from autograder.release.validate import validate

    with plain_errors():
        course = find_course(context)
        chosen = course.chosen(assignments)
        found = []
        with progress_bars(json_) as start:
            for assignment in chosen:
                found.append(validate(course, assignment, progress=start(assignment), strict=strict))
    if json_:
        print_json({"assignments": [as_data(validation) for validation in found]})
    else:
        for validation in found:
            show(validation)
    context.exit(0 if all(validation.passed for validation in found) else 1)


def as_data(validation: Validation) -> dict[str, object]:
    """Return a validation as plain data for JSON."""
    checks = [
        {
            "rule": one.rule,
            "passed": one.passed,
            "problems": one.problems,
            "warnings": one.warnings,
            "unchecked": one.unchecked,
        }
        for one in validation.checks
    ]
    mistakes = len(validation.manifest.mistakes)
    return {"assignment": validation.assignment, "passed": validation.passed, "mistakes": mistakes, "checks": checks}


def show(validation: Validation) -> None:
    """Print a validation: a line for each rule, and what breaks it."""
    out.print(f"[bold]{validation.assignment}[/bold]")
    for check in validation.checks:
        passed = "[yellow]–[/yellow]" if check.unchecked else "[green]✓[/green]"
        if check.warnings:
            passed = "[yellow]![/yellow]"
        out.print(f"  {passed if check.passed else '[red]✗[/red]'} {check.rule}")
        for problem in check.problems:
            out.print(f"      {problem}", markup=False)
        for warning in check.warnings:
            out.print(f"      warning: {warning}", markup=False)
        if check.unchecked:
            left = ", ".join(check.unchecked)
            out.print(f"      not checked, since the reference fails there: {left}", markup=False)
