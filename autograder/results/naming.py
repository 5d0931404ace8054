"""Make a named mistake of a group of wrong answers: the source gets it, and feedback says it at the next run."""

from __future__ import annotations

import ast
import copy
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import Course, CourseError, only_writer
from autograder.files import write_atomically
from autograder.notebook.roles import INSTRUCTOR, grade_id, is_answer, tags
from autograder.notebook.syntax import look
from autograder.release.manifest import KnownMistake, Manifest
from autograder.release.mistakes import MISTAKE, definitions
from autograder.release.validate import Progress, validate
from autograder.results.groups import Group, groups
from autograder.results.report import read_rows, released_notebooks


def name_mistake(
    course: Course,
    assignment: str,
    group: str,
    name: str,
    hint: str,
    *,
    progress: Callable[[str], Progress],
) -> tuple[Path, Group]:
    """Put a group's example into the source as a named mistake, if the assignment stays valid with it.

    Parameters
    ----------
    course, assignment
        A graded assignment.
    group : str
        The group's name in the report.
    name, hint : str
        What the mistake is called, and what its students are told.
    progress : callable
        Called with a description of each trial; returns its progress callback.

    Returns
    -------
    Path, Group
        The source notebook, and the group.

    Raises
    ------
    CourseError
        If there is no such group, or no definition of the example fails as the group does; then nothing is changed.
    """
    course.check_assignment(assignment)
    if not name.strip() or not hint.strip():
        raise CourseError("a mistake needs a name and a hint for its students; one of them is empty")
    rows = read_rows(course, assignment)
    found = groups(rows, released_notebooks(course, assignment), Manifest(()))
    chosen = [one for one in found if one.name == group]
    if not chosen:
        largest = ", ".join(one.name for one in found[:5]) or "none: no answer is wrong"
        raise CourseError(f"{assignment!r} has no group {group!r}; write the report anew. The largest are {largest}")
    member = next(row for row in rows if row.result.student == chosen[0].example_student)
    path = course.folder("source", assignment) / f"{chosen[0].notebook}.ipynb"
    source = nbformat.read(path, as_version=4)
    problems = []
    for code in _candidates(chosen[0], source):
        changed = _with_mistake(source, chosen[0], code, name, hint)
        mistake, why = _tried(course, assignment, path, changed, name, chosen[0], progress("Trying the mistake"))
        if mistake is None:
            problems.append(why)
            continue
        if not any(failure.matches(member.cells[chosen[0].notebook, failure.test]) for failure in mistake.failures):
            problems.append("by itself, in place of the reference's definition, it does not fail as the group does")
            continue
        with only_writer(course):
            write_atomically(path, nbformat.writes(changed) + "\n")
            known = Manifest.load(course, assignment) or Manifest(())
            Manifest((*known.mistakes, mistake)).save(course, assignment)
        return path, chosen[0]
    why = "; ".join(dict.fromkeys(problems)) or "it changes no function or class that the reference defines"
    raise CourseError(
        f"the example of {group} cannot become a mistake: {why}. Nothing was changed; write the mistake by hand "
        f"into an instructor cell of {path.name}"
    )


def _candidates(group: Group, source: NotebookNode) -> list[str]:
    """Return the definitions of the example that differ from the reference's, each by itself."""
    answer = next((cell.source for cell in source.cells if grade_id(cell) == group.exercise.answer), None)
    if answer is None:
        raise CourseError(
            f"the source has no answer {group.exercise.answer!r} any more: it was there when it was released"
        )
    try:
        right = {node.name: look(ast.unparse(node)) for node in definitions(answer)[1]}
        nodes = definitions(group.example)[1]
    except SyntaxError:
        return []
    for node in nodes:
        node.decorator_list = []
    return [ast.unparse(node) for node in nodes if node.name in right and look(ast.unparse(node)) != right[node.name]]


def _with_mistake(source: NotebookNode, group: Group, code: str, name: str, hint: str) -> NotebookNode:
    """Return the source with one more mistake, in the exercise's instructor cell or in a new one after its tests."""
    changed = copy.deepcopy(source)
    marked = f"@{MISTAKE}({name!r}, {hint!r})\n{code}"
    place = next(n for n, cell in enumerate(changed.cells) if grade_id(cell) == group.exercise.answer)
    last = place
    for number in range(place + 1, len(changed.cells)):
        cell = changed.cells[number]
        if is_answer(cell):
            break
        if cell.cell_type == "code" and INSTRUCTOR in tags(cell) and MISTAKE in cell.source:
            cell.source = f"{cell.source.rstrip()}\n\n\n{marked}"
            return changed
        if grade_id(cell) in group.exercise.tests:
            last = number
    marks = [cell.source for cell in changed.cells if INSTRUCTOR in tags(cell) and MISTAKE in cell.source]
    imports = [line for text in marks for line in text.split("\n") if line.startswith("from ") and MISTAKE in line]
    written = "\n\n\n".join([*imports[:1], marked])
    cell = new_code_cell(written, id=f"{group.exercise.answer}-mistakes"[:64], metadata={"tags": [INSTRUCTOR]})
    changed.cells.insert(last + 1, cell)
    return changed


def _tried(
    course: Course, assignment: str, path: Path, changed: NotebookNode, name: str, group: Group, progress: Progress
) -> tuple[KnownMistake | None, str]:
    """Validate a changed source in a folder of its own; return the new mistake, or why it cannot be one."""
    with tempfile.TemporaryDirectory(prefix="autograder-mistake-") as folder:
        trial = course.moved(source_directory=folder)
        target = trial.folder("source", assignment)
        shutil.copytree(course.folder("source", assignment), target)
        nbformat.write(changed, target / path.name)
        validation = validate(trial, assignment, progress=progress)
    if not validation.passed:
        return None, "; ".join(problem for check in validation.checks for problem in check.problems)
    mistakes = validation.manifest.mistakes
    return next(one for one in mistakes if (one.exercise, one.name) == (group.exercise.answer, name)), ""
