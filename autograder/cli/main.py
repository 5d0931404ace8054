"""The ``autograder`` command, and helpers that its subcommands share."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment

from autograder.characters import one_line, printable

COMMANDS = ("release", "validate", "due", "collect", "grade", "feedback", "report", "export", "demo", "doctor")


class Terminal(Console):
    """A console on which printed text cannot command the terminal: student names, reasons and files come through it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield the segments to print; those of rich's own controls stay as they are."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


out = Terminal(highlight=False)
err = Terminal(stderr=True, highlight=False)


@dataclass(frozen=True)
class Place:
    """Where the command line says that the course and its gradebook are."""

    folder: Path
    db_url: str | None = None


class _Lazy(click.Group):
    """Loads a command when it is called: ``--help`` need not wait for nbgrader."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"autograder.cli.{name}").command
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mlp-course")
@click.option(
    "--course",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
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


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object on standard output, in ASCII: every control character is escaped."""
    click.echo(json.dumps(data, indent=2).replace("\x7f", "\\u007f"))


def show_failures(failures: dict[str, str]) -> None:
    """Print a line for each student whom something failed for."""
    for student, reason in sorted(failures.items()):
        err.print(f"{one_line(student)}: {one_line(reason)}", markup=False)


@contextmanager
def progress_bars(quiet: bool = False) -> Iterator[Callable[[str], Callable[[int, int], object]]]:
    """Yield a function that starts a bar on standard error and returns its progress callback."""
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet) as bars:

        def start(description: str) -> Callable[[int, int], object]:
            task = bars.add_task(description, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield start


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--json`` to a command."""
    return click.option("--json", "json_", is_flag=True, help="Print one JSON object instead of text.")(command)
