"""``autograder grade``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from autograder.characters import one_line
from autograder.cli.data import as_data
from autograder.cli.group import INTERRUPTED
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
    show_failures,
)
from autograder.cli.watching import interrupts, same_command, watching

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grade.engines import Engine
    from autograder.grade.results import Result, Run
    from autograder.results.scores import Standing

LISTED = 100
COLOURS = {"graded": "green", "partly_graded": "yellow", "not_gradable": "red"}


@click.command("grade")
@assignments(required=True)
@only_students
@click.option("--force", is_flag=True, help="Grade again what is already graded.")
@click.option(
    "--changed-tests",
    "only_changed",
    is_flag=True,
    help="Of what is graded, run only what corrected tests touch, and show the differences; nothing counts yet.",
)
@click.option("--apply", is_flag=True, help="With --changed-tests: record the differences.")
@click.option("--workers", type=click.IntRange(0), default=None, help="How many to run at once (one a core).")
@click.option("--scheduler", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler, or of its file.")
@click.option("--cluster", type=click.Choice(["local"]), help="local: start a Dask cluster here, to try one out.")
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "require", "off"]),
    default="auto",
    help="require: refuse without bubblewrap. off: trust the submissions, even as root without bubblewrap. "
    "auto: as c.Autograder.require_sandbox says, which on Linux is to refuse unless it is set to False.",
)
@as_json
@click.pass_context
def command(
    context: click.Context,
    assignments: tuple[str, ...],
    students: tuple[str, ...],
    force: bool,
    only_changed: bool,
    apply: bool,
    workers: int | None,
    scheduler: str | None,
    cluster: str | None,
    sandbox: str,
    json_: bool,
) -> None:
    """Grade what students handed in for ASSIGNMENTS.

    Only new, changed or unfinished submissions are run; a run that was killed is continued by calling
    it again. After a test was corrected, --changed-tests shows first whom it gives other points.
    Ctrl-C ends a run in order, a second one at once. Exit status 1 if a submission could not be run at all.
    """
    from autograder.cli.changed import changed
    from autograder.grade.monitor import Monitor
    from autograder.grade.run import grade
    from autograder.grade.runlog import FOLDER
    from autograder.results.known import Known

    if scheduler and cluster:
        raise click.UsageError("--scheduler names a cluster, --cluster local starts one: give one", context)
    if scheduler and workers is not None:
        raise click.UsageError("--workers counts those of this machine; a cluster's are started with it", context)
    if apply and not only_changed:
        raise click.UsageError("--apply goes with --changed-tests", context)
    if force and only_changed:
        raise click.UsageError("--force grades everything, --changed-tests only what has changed: give one", context)

    found: dict[str, dict[str, Any]] = {}
    failed, monitor = False, Monitor()
    with plain_errors(), ExitStack() as stack:
        course = find_course(context)
        chosen = released(course, assignments)
        count = course.settings.workers if workers is None else workers
        stack.enter_context(interrupts(monitor))
        engine = stack.enter_context(engine_for(count, scheduler, cluster))
        for assignment in chosen:
            title = f"Grading {assignment}" if len(chosen) > 1 else "Grading"
            options: dict[str, Any] = {
                "students": students or None,
                "engine": engine,
                "require_sandbox": sandbox == "require",
                "trusted": sandbox == "off",
                "monitor": monitor,
            }
            with watching(monitor, title, course.state(assignment) / FOLDER, as_json=json_):
                if only_changed:
                    found[assignment], bad = changed(course, assignment, apply=apply, as_json=json_, **options)
                    failed = failed or bad
                    continue
                run = grade(course, assignment, force=force, **options)
            standing = Known(course, assignment, run.results)
            failed = failed or bool(run.failures)
            found[assignment] = as_data(run, standing)
            if not json_:
                if len(chosen) > 1:
                    out.print(f"[bold]{assignment}[/bold]")
                show(run, standing, course.folder("submitted", assignment, "STUDENT"))
    if json_:
        print_json(each(found))
    if monitor.stopping and any(data["left"] for data in found.values()):
        left = sum(data["left"] for data in found.values())
        again = " (with --force it begins from the start)" if force else ""
        err.print(f"Interrupted: {left} are left. To go on{again}: {same_command()}", markup=False, soft_wrap=True)
        context.exit(INTERRUPTED)
    context.exit(1 if failed else 0)


@contextmanager
def engine_for(workers: int, scheduler: str | None, cluster: str | None) -> Iterator[Engine]:
    """Yield where to run: this machine, where that is not safe with a warning, or a cluster."""
    from autograder.grade.engines import LocalEngine

    if scheduler is None and cluster is None:
        warn_without_sandbox()
        yield LocalEngine(workers)
        return
    from autograder.grade.cluster import dask_engine

    with dask_engine(scheduler, workers, say=lambda line: err.print(line, markup=False)) as engine:
        yield engine


def released(course: Course, assignments: Iterable[str]) -> list[str]:
    """Return the names, each once, if all were released: none is graded if another cannot be."""
    from autograder.grade.task import Release

    chosen = list(dict.fromkeys(assignments))
    for assignment in chosen:
        Release.handed_out(course, assignment)
    return chosen


def warn_without_sandbox() -> None:
    """Warn where students' code will not be locked in."""
    from autograder.sandbox.probe import probe

    found = probe()
    if found.kind == "none":
        err.print(
            f"[bold red]No sandbox:[/bold red] {found.reason}. Students' code can read the files of this machine and "
            "use the network, with your rights unless you are root.",
        )


def show(run: Run, found: Mapping[str, Standing], where: Path) -> None:
    """Print the results as a table, the numbers in a sentence, and what was not taken as a submission.

    Parameters
    ----------
    run : Run
        What was done.
    found : mapping of str to Standing
        What the gradebook says, by student.
    where : Path
        The folder where the submission of somebody named STUDENT would lie.
    """
    results = [result for _, result in sorted(run.results.items())]
    listed = results if len(results) <= LISTED else [one for one in results if wants_attention(one)]
    if listed:
        out.print(table(listed[:LISTED], found))
    if len(results) > LISTED:
        more = f" The first {LISTED} of these {len(listed)} are listed." if len(listed) > LISTED else ""
        out.print(f"{len(results)} submissions: {numbers(results, found)}.{more}")
    if any(found[result.student].waiting for result in results):
        out.print("+? marks written answers that a person still has to read, in formgrader.")
    new = len(results) - run.kept
    out.print(f"{new} graded now, {run.kept} already graded before, {len(run.failures)} could not be run.")
    show_failures(run.failures)
    if run.misplaced:
        shown = ", ".join(map(one_line, run.misplaced[:LISTED]))
        more = f" and {len(run.misplaced) - LISTED} more" if len(run.misplaced) > LISTED else ""
        err.print(
            f"Not taken, because it lies in no student's folder of an assignment: {shown}{more}. "
            f"A submission belongs into {where}/.",
            markup=False,
        )


def wants_attention(result: Result) -> bool:
    """Return whether somebody has to look at a submission: it is not graded in full, or isolation cost it points."""
    return result.status != "graded" or any(one.startswith("refused by isolation") for one in result.remarks)


def numbers(results: Iterable[Result], found: Mapping[str, Standing]) -> str:
    """Return how many submissions have which status, and how many wait for a person."""
    told = Counter(result.status.replace("_", " ") for result in results)
    waiting = sum(found[result.student].needs_manual_grade for result in results)
    return ", ".join([f"{count} {status}" for status, count in told.most_common()] + [f"{waiting} wait for a person"])


def table(
    results: Iterable[Result], found: Mapping[str, Standing], complaints: Mapping[str, str] | None = None
) -> Table:
    """Return a table of students, statuses and scores; complaints, by student, stand before the remarks."""
    made = Table("Student", "Status", "Points", "Run", "Remark")
    made.columns[2].justify = made.columns[3].justify = "right"
    for result in results:
        colour = COLOURS[result.status]
        status = f"[{colour}]{result.status.replace('_', ' ')}[/{colour}]"
        standing = found[result.student]
        waiting = " +?" if standing.waiting else "   "
        remark = Text(one_line("; ".join(result.remarks), 200))
        if complaint := (complaints or {}).get(result.student):
            remark = Text.assemble((complaint + " ", "red"), remark)
        points = f"{standing.final:g} / {standing.max_score:g}{waiting}"
        made.add_row(Text(one_line(result.student)), status, points, f"{result.seconds:.1f} s", remark)
    return made
