"""One student's submission for the instructor's eyes: code, tests with hidden lines, failures, and whose points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.grade.history import Change, History
from autograder.grade.own import read_own
from autograder.grade.results import NO_RESPONSE, GradeResult, NotebookResult, Result
from autograder.names import meant
from autograder.notebook.roles import grade_id, is_answer, is_graded, is_test
from autograder.notebook.secret import hidden_lines
from autograder.plan import CellError
from autograder.results.scores import CellScore, Standing, graded, standing_of, standings


@dataclass(frozen=True)
class Shown:
    """One cell of a submission: an answer, a test, or what a person grades.

    Attributes
    ----------
    notebook, name : str
        Where it stands, and nbgrader's name of it.
    exercise : str
        Name of the answer that it belongs to.
    source : str
        The cell, a test's hidden lines included.
    hidden : frozenset of int
        The lines of it that students do not have, 1-based.
    line : int or None
        The line of it that failed.
    error : CellError or None
        How it failed.
    score : CellScore or None
        Its points.
    comment : str
        A person's comment on it.
    changes : tuple of Change
        Who gave points when, oldest first.
    """

    notebook: str
    name: str
    exercise: str
    source: str
    hidden: frozenset[int] = frozenset()
    line: int | None = None
    error: CellError | None = None
    score: CellScore | None = None
    comment: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """All that is known of one student's submission of an assignment."""

    result: Result
    standing: Standing
    cells: tuple[Shown, ...]


def dossier(course: Course, assignment: str, student: str, exercise: str | None = None) -> Dossier:
    """Return what is known of a submission, or of one exercise of it.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Names.
    exercise : str, optional
        Name of an answer, of a test, or of what a person grades: the answer and all that belongs to it are shown.

    Raises
    ------
    CourseError
        If there is no such submission or exercise, or its autograded notebook cannot be read.
    """
    journal = graded(course, assignment)
    result = journal.load(student)
    if result is None:
        known = [one.student for one in journal.results()]
        raise CourseError(f"nothing of {assignment} by {student!r} is graded{meant(student, known)}")
    standing = standings(course, assignment).get(student) or standing_of(result)
    history = History(course.state(assignment)).of(student)
    folder = course.folder("autograded", assignment, student)
    cells: list[Shown] = []
    for notebook in result.notebooks:
        autograded = read_own(folder / f"{notebook.name}.ipynb", outputs=False)
        cells += _cells(notebook, autograded, standing, history)
    if exercise is not None:
        *named, name = exercise.rsplit("/", 1)
        wanted = {(one.notebook, one.exercise) for one in cells if name in (one.name, one.exercise)}
        chosen = [one for one in cells if (one.notebook, one.exercise) in wanted and named in ([], [one.notebook])]
        if not chosen:
            names = [one.name for one in cells]
            raise CourseError(f"no exercise {exercise!r}{meant(exercise, names) or '; there are: ' + ', '.join(names)}")
        cells = chosen
    return Dossier(result, standing, tuple(cells))


def _cells(
    notebook: NotebookResult,
    autograded: NotebookNode,
    standing: Standing,
    history: Mapping[tuple[str, str], list[Change]],
) -> list[Shown]:
    """Return the cells of a notebook that are a student's or graded, in its order."""
    grades = {grade.name: grade for grade in notebook.grades}
    outcomes = {cell.key: cell for cell in notebook.outcome.cells} if notebook.outcome else {}
    found: list[Shown] = []
    exercise = ""
    for index, cell in enumerate(autograded.cells):
        name = grade_id(cell)
        if name is None or not (is_answer(cell) or is_graded(cell)):
            continue
        if is_answer(cell) or not exercise or not is_test(cell):
            exercise = name
        own = outcomes.get(index)
        error = _error(grades.get(name)) or (own.error if own else None)
        lines = [frame.line for frame in error.frames if frame.key == index] if error else []
        comment = standing.comments.get((notebook.name, name), "")
        found.append(
            Shown(
                notebook.name,
                name,
                exercise,
                cell.source,
                hidden_lines(cell.source),
                lines[0] if lines else None,
                error,
                standing.cells.get((notebook.name, name)),
                "" if comment == NO_RESPONSE else comment,
                tuple(history.get((notebook.name, name), ())),
            )
        )
    return found


def _error(grade: GradeResult | None) -> CellError | None:
    return None if grade is None else grade.error
