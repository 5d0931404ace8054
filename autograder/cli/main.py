"""The ``autograder`` command, and helpers that its subcommands share."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autograder.characters import one_line, printable
from autograder.cli.group import LazyGroup

COMMANDS = (
    "init",
    "new",
    "validate",
    "audit",
    "release",
    "due",
    "extend",
    "collect",
    "grade",
    "show",
    "points",
    "graders",
    "feedback",
    "report",
    "name-mistake",
    "similar",
    "export",
    "new-term",
    "backup",
    "restore",
    "demo",
    "doctor",
)


class Terminal(Console):
    """A console on which printed text cannot command the terminal: student names, reasons and files come through it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield the segments to print; those of rich's own controls stay as they are."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


PIECES = 10_000
"""So many pieces of JSON are printed at once."""
out = Terminal(highlight=False)
err = Terminal(stderr=True, highlight=False)


@dataclass(frozen=True)
class Place:
    """Where the command line says that the course and its gradebook are."""

    folder: Path
    db_url: str | None = None


@click.command("autograder", cls=LazyGroup, names=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mlp-course")
@click.option(
    "--course",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The course folder, or one inside it (this folder).",
)
@click.option("--db-url", help="The gradebook's SQLAlchemy address, if not the one in nbgrader_config.py.")
@click.pass_context
def main(context: click.Context, folder: Path, db_url: str | None) -> None:
    """Release, grade and explain an nbgrader course.

    A course is a folder with nbgrader_config.py. A typical week:

    \b
        autograder release 01_neuron     make the student edition, after checking it
        autograder grade 01_neuron       grade what is in submitted/<student>/01_neuron/
        autograder feedback 01_neuron    write a page for each student
        autograder report 01_neuron      write the instructor's page and a CSV
    """  # noqa: D301  (\\b is click's sign for text that is not to be wrapped)
    context.obj = Place(folder, db_url)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors that a user can mend into a message without a traceback, and exit with status 1."""
    from autograder.course import CourseError
    from autograder.execute.session import WorkerError
    from autograder.sandbox.launch import SandboxUnavailable

    try:
        yield
    except (CourseError, SandboxUnavailable, WorkerError) as error:
        raise click.ClickException(printable(str(error))) from error
    except OSError as error:
        raise click.ClickException(printable(f"{error.filename or 'a file'}: {error.strerror or error}")) from error


def find_course(context: click.Context) -> Any:
    """Return the course that the command line names."""
    from autograder.course import Course

    course = Course.find(context.obj.folder)
    for doubt in course.doubts:
        err.print(f"warning: {doubt}", markup=False)
    return course if context.obj.db_url is None else course.moved(db_url=context.obj.db_url)


def moment_of(text: str) -> Any:
    """Return the moment that somebody typed, in universal time; refused if it could mean two."""
    from autograder.course import CourseError
    from autograder.intake.moments import read_moment

    try:
        return read_moment(text)
    except ValueError as problem:
        raise CourseError(str(problem)) from problem


def warn_of_unknown(course: Any, student: str) -> None:
    """Warn of a name that nobody in the course has: it may be misspelt, or somebody's who has handed in nothing."""
    from autograder.names import meant
    from autograder.results.scores import known_students

    known = known_students(course)
    if student not in known:
        err.print(f"warning: nobody in the course is called {student!r} yet{meant(student, known)}", markup=False)


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object on standard output, in ASCII: every control character is escaped.

    It is printed while it is made: that of a large class never stands in memory as a whole.
    """
    pieces = json.JSONEncoder(indent=2).iterencode(data)
    while part := "".join(itertools.islice(pieces, PIECES)):
        click.echo(part.replace("\x7f", "\\u007f"), nl=False)
    click.echo()


def show_failures(failures: dict[str, str]) -> None:
    """Print a line for each student whom something failed for."""
    for student, reason in sorted(failures.items()):
        err.print(f"{one_line(student)}: {one_line(reason)}", markup=False)


@contextmanager
def progress_bars(quiet: bool = False) -> Iterator[Callable[[str], Callable[[int, int], object]]]:
    """Yield a function that starts a bar on standard error and returns its progress callback."""
    from rich import progress as shown

    columns = (
        shown.TextColumn("{task.description:24}"),
        shown.BarColumn(),
        shown.MofNCompleteColumn(),
        shown.TimeElapsedColumn(),
        shown.TextColumn("remaining"),
        shown.TimeRemainingColumn(),
    )
    bars = shown.Progress(*columns, console=err, disable=quiet)
    with ExitStack() as running:

        def start(description: str) -> Callable[[int, int], object]:
            tasks: list[Any] = []

            def update(done: int, total: int) -> None:
                if not tasks:  # a command that is refused before it begins shows no bar
                    if not bars.tasks:
                        running.enter_context(bars)
                    tasks.append(bars.add_task(description, total=total))
                bars.update(tasks[0], completed=done, total=total)

            return update

        yield start


class AssignmentName(click.types.StringParamType):
    """A name of an assignment, with or without the slash that a shell puts behind a folder's."""

    name = "assignment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without the slash."""
        text: str = super().convert(value, param, ctx)
        return text.rstrip("/") or text


def one_assignment(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument ASSIGNMENT to a command."""
    return click.argument("assignment", type=AssignmentName())(command)


def assignments(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the argument ASSIGNMENTS, one name or several, to a command."""
    return click.argument("assignments", nargs=-1, required=required, type=AssignmentName())


def only_students(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--student`` to a command."""
    text = "Only this student; may be given more than once."
    return click.option("--student", "students", multiple=True, help=text)(command)


def each(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what is printed of assignments as JSON: of one its own object, of several a list of these."""
    named = [{**data, "assignment": name} for name, data in found.items()]
    return named[0] if len(named) == 1 else {"assignments": named}


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--json`` to a command."""
    return click.option("--json", "json_", is_flag=True, help="Print one JSON object instead of text.")(command)
