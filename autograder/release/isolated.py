"""What the tests of an assignment lose by running in a process of their own, with the place and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.grade.engines import Engine
from autograder.grade.isolation import Isolation, of_reference
from autograder.grade.results import GradeResult, Result
from autograder.grade.task import Release
from autograder.grade.trials import grade_trials
from autograder.notebook.roles import grade_id
from autograder.release.checks import Check, failed_tests, is_failed, unsound, why
from autograder.release.lint import lint
from autograder.release.mistakes import reference
from autograder.sandbox.launch import Launcher

RULE = "the reference earns every point with the tests in a process of their own, and no idiom stands in its way"
ABOUT_FILES = re.compile(r"\b(open|exists|is_?file|read_\w+|load\w*|getsize|remove|unlink|\w+\.name)\b")
"""A line of a test that may be about a file."""
OWN_FILES = (
    "each process has files of its own besides those that were handed out: let the answer return what it writes, "
    "or give it a stream, io.StringIO(text), to read and to write"
)


def isolated(
    release: Release, sources: Mapping[str, NotebookNode], engine: Engine, launch: Launcher | None = None
) -> tuple[dict[str, Isolation], Result]:
    """Run the reference and write down which of its operations give data, and which an object; say what it earned.

    Parameters are those of `grade_trials`.
    """
    answers = {name: reference(notebook) for name, notebook in sources.items()}
    found = {name: of_reference(notebook) for name, notebook in answers.items()}
    handed_in = {"reference": {name: as_bytes(notebook) for name, notebook in answers.items()}}
    result = grade_trials(replace(release, isolation=found), handed_in, engine, launch=launch)["reference"]
    contracts = {one.name: one.outcome.contract if one.outcome else {} for one in result.notebooks}
    return {name: replace(one, contract=contracts[name]) for name, one in found.items()}, result


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as a file that is handed in."""
    return str(nbformat.writes(notebook, version=4)).encode()


def check_isolated(
    sources: Mapping[str, NotebookNode], isolation: Mapping[str, Isolation], result: Result, natively: Result
) -> Check:
    """Check the reference again in isolation; what fails in one process, too, is not repeated.

    An idiom that did not keep the reference from a single point is no more than a warning.
    """
    known = failed_tests(natively)
    problems, hints = [], []
    for grade in result.grades:
        if is_failed(grade) and grade.name not in known:
            number, line = _place(grade, sources)
            told = why(grade)
            if line:
                told = told.replace(grade.name, f"{grade.name}, line {number}: `{line}`", 1)
            problems.append(f"{told} (it passes in one process, and fails with the tests in another)")
            if ABOUT_FILES.search(line):
                hints.append(f"{grade.name}, line {number}: `{line}`: {OWN_FILES}")
    if result.status != "graded" and natively.status == "graded":
        problems.append(result.reason)
    for name, source in sources.items():
        hints += lint(reference(source, hidden=True), isolation[name])
    check = Check(RULE, unchecked=unsound(sources, natively))
    if not problems:
        return replace(check, warnings=tuple(hints))
    way_out = (
        f"tests that cannot be written so can share a process with the answers, without the protection: "
        f'c.Autograder.shared = ["{result.assignment}"]'
    )
    return replace(check, problems=(*problems, *hints, way_out))


def _place(grade: GradeResult, sources: Mapping[str, NotebookNode]) -> tuple[int, str]:
    """Return which line of a test failed, and what stands there; 0 and "" if that is not known."""
    for frame in grade.error.frames[:1] if grade.error else ():
        for cell in (cell for notebook in sources.values() for cell in notebook.cells if grade_id(cell) == grade.name):
            lines = cell.source.split("\n")
            if 1 <= frame.line <= len(lines):
                return frame.line, lines[frame.line - 1].strip()
    return 0, ""
