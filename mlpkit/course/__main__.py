"""The command ``mlp-course``: open, update, progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from mlpkit.course.lab import NoLab, open_lab
from mlpkit.course.moved import carry
from mlpkit.course.notebooks import Unreadable
from mlpkit.course.page import write_page
from mlpkit.course.standing import chapters
from mlpkit.course.tables import as_text, of_chapters, of_exercises, summary
from mlpkit.course.wording import told
from mlpkit.course.work import NoCourse, Work

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those of the command line.

    Returns
    -------
    int
        0, or 1 if something could not be done.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of Windows may lack a character of a table or a name
            stream.reconfigure(errors="replace")
    parser, options, rest = _parsed(arguments)
    if rest and options.command != "open":
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        work = _work(options)
        if options.command == "progress":
            return _progress(work, options.chapter)
        return {"open": _open, "update": _update}[options.command](work, rest)
    except (NoCourse, NoLab, Unreadable) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or error
        print(
            f"{name}{reason}. Is the file open in another program, the disk full, or the folder not yours?",
            file=sys.stderr,
        )
    return 1


def _parsed(arguments: Sequence[str] | None) -> tuple[argparse.ArgumentParser, argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="mlp-course", description="Your working copy of the course, apart from the files that updates replace."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in (
        ("open", "update the working copy and open it in JupyterLab; further options go to JupyterLab"),
        ("update", "bring new versions of chapters into the working copy; answers stay"),
        ("progress", "show what is done and what is next"),
    ):
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--course", type=Path, metavar="FOLDER", help="the released chapters (default: course/)")
        command.add_argument("--work", type=Path, metavar="FOLDER", help="the working copy (default: work/)")
        if name == "progress":
            command.add_argument("chapter", nargs="?", help="its exercises, one by one")
    options, rest = parser.parse_known_args(arguments)
    return parser, options, rest


def _work(options: argparse.Namespace) -> Work:
    if options.course is None:
        found = Work.find(Path.cwd())
        return found if options.work is None else Work(found.course, options.work)
    return Work(options.course, options.work or options.course.resolve().parent / "work")


def _update(work: Work, rest: Sequence[str]) -> int:
    print(f"Your working copy is {work.folder}")
    changes = []
    for change in chain(carry(work), work.update()):
        changes.append(change)
        for line in told(change, work.folder):
            print(line)
    if all(change.what == "same" for change in changes):
        print("All chapters are up to date.")
    write_page(work)
    return int(any(change.what == "left" for change in changes))


def _open(work: Work, rest: Sequence[str]) -> int:
    _update(work, ())
    return open_lab(work.folder, rest)


def _progress(work: Work, chapter: str | None) -> int:
    standing = chapters(work)
    if chapter is None:
        print(as_text(of_chapters(standing)), summary(standing), sep="\n\n")
        return 0
    found = next((one for one in standing if one.name == chapter), None)
    if found is None:
        raise NoCourse(f"There is no chapter {chapter}. The chapters: {', '.join(work.chapters)}.")
    print(as_text(of_exercises(found.exercises)), summary([found]), sep="\n\n")
    if found.remark:
        print(found.remark)
    return 0


if __name__ == "__main__":
    sys.exit(main())
