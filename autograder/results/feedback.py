"""One page for each student: what was right, what was not, and where to look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.results import NO_RESPONSE, GradeResult, NotebookResult, Result
from autograder.intake.submission import exchanged_files
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id, is_answer, is_graded, is_test
from autograder.notebook.secret import Secrets, without_hidden
from autograder.plan import CellError
from autograder.release.manifest import Manifest
from autograder.results.explain import STOPPED, Explanation, explain
from autograder.results.page import render
from autograder.results.scores import CellScore, cell_scores, graded

CELL = re.compile(r"\(<cell \d+>, line (\d+)\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Test:
    """One test cell on the page."""

    name: str
    score: CellScore
    explanation: Explanation
    source: str


@dataclass(frozen=True)
class Section:
    """One exercise on the page: the student's answer and what the tests, or a person, say of it."""

    title: str
    answer: str
    written: bool
    error: str
    tests: tuple[Test, ...] = ()
    score: CellScore | None = None

    @property
    def unanswered(self) -> bool:
        """Whether a written answer was left as it was handed out."""
        return self.score is not None and self.score.comment == NO_RESPONSE


def write_feedback(
    course: Course,
    assignment: str,
    manifest: Manifest,
    *,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> list[Path]:
    """Write ``feedback/<student>/<assignment>/<notebook>.html`` for every graded submission.

    Beside it go the files by which ``nbgrader release_feedback`` knows whose it is, if the submission has them.

    Parameters
    ----------
    course : Course
        The course; its gradebook is read.
    assignment : str
        Name of a graded assignment.
    manifest : Manifest
        The named mistakes, from `validate`.
    progress : callable
        Called with the number of students done and of all.

    Returns
    -------
    list of Path
        The pages.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    journal = graded(course, assignment)
    total = len(journal)
    pages = []
    with cell_scores(course, assignment) as scores:
        for done, result in enumerate(journal.results(), start=1):
            folder = course.folder("feedback", assignment, result.student)
            for notebook in result.notebooks:
                page = folder / f"{notebook.name}.html"
                write_atomically(page, _page(course, assignment, result, notebook, scores(result.student), manifest))
                pages.append(page)
            for name, text in exchanged_files(course.folder("submitted", assignment, result.student)).items():
                write_atomically(folder / name, text)
            progress(done, total)
    return pages


def feedback_page(course: Course, assignment: str, student: str, notebook: str, manifest: Manifest) -> str:
    """Return the page about one notebook of one student.

    Raises
    ------
    CourseError
        If it was not graded.
    """
    result = graded(course, assignment).load(student)
    found = next((one for one in result.notebooks if one.name == notebook), None) if result else None
    if result is None or found is None:
        raise CourseError(
            f"{notebook}.ipynb of {student!r} is not graded yet: run `autograder grade {assignment}` first"
        )
    with cell_scores(course, assignment) as scores:
        return _page(course, assignment, result, found, scores(student), manifest)


def _page(
    course: Course,
    assignment: str,
    result: Result,
    notebook: NotebookResult,
    scores: dict[tuple[str, str], CellScore],
    manifest: Manifest,
) -> str:
    autograded = course.folder("autograded", assignment, result.student)
    answers = read_notebook((autograded / f"{notebook.name}.ipynb").read_bytes())
    own = {name: score for (place, name), score in scores.items() if place == notebook.name}
    return render(
        "feedback.html",
        result=result,
        notebook=notebook,
        sections=sections(notebook, answers, own, manifest) if notebook.status != "not_gradable" else [],
        title=next(iter(_headings(answers)), notebook.name),
        score=sum(score.score for score in own.values()),
        max_score=sum(score.max_score for score in own.values() if not score.waits),
        waiting=sum(score.max_score for score in own.values() if score.waits),
    )


def sections(
    notebook: NotebookResult, answers: NotebookNode, scores: dict[str, CellScore], manifest: Manifest
) -> list[Section]:
    """Return the page's sections, in the notebook's order.

    Parameters
    ----------
    notebook : NotebookResult
        The result.
    answers : NotebookNode
        The autograded notebook: the student's answers between the instructor's cells.
    scores : dict
        Name of each graded cell to its score in the gradebook.
    manifest : Manifest
        The named mistakes.
    """
    grades = {grade.name: grade for grade in notebook.grades}
    names = {index: grade_id(cell) or f"cell {index + 1}" for index, cell in enumerate(answers.cells)}
    secrets = Secrets(cell.source for cell in answers.cells if is_test(cell))
    code_names = {index: _spoken(name, answers.cells[index]) for index, name in names.items()}
    found: list[Section] = []
    title = ""
    for index, cell in enumerate(answers.cells):
        name = names[index]
        if cell.cell_type == "markdown" and not is_answer(cell):
            title = [title, *HEADING.findall(cell.source)][-1]
        elif is_answer(cell):
            written = is_graded(cell)
            found.append(
                Section(title or name, cell.source, written, _own_error(notebook, index, secrets), (), scores.get(name))
            )
        elif is_test(cell) and name in grades and found:
            last = found[-1]
            explanation = explain(grades[name], cell.source, code_names, manifest, secrets)
            test = _test(grades[name], cell, scores, explanation)
            if last.error and test.explanation.kind in ("failed", "hidden"):
                test = replace(
                    test, explanation=Explanation("not run", "The checks could not run, since the cell did not.")
                )
            found[-1] = Section(last.title, last.answer, last.written, last.error, (*last.tests, test), None)
    return found


def _headings(notebook: NotebookNode) -> list[str]:
    return [
        heading for cell in notebook.cells if cell.cell_type == "markdown" for heading in HEADING.findall(cell.source)
    ]


def _test(grade: GradeResult, cell: NotebookNode, scores: dict[str, CellScore], explanation: Explanation) -> Test:
    score = scores.get(grade.name) or CellScore(grade.score or 0.0, grade.max_score, False, "")
    return Test(grade.name, score, explanation, without_hidden(cell.source))


def _spoken(name: str, cell: NotebookNode) -> str:
    """Return how the page calls a cell: answers by a phrase, tests by their name."""
    return f"your answer {name}" if is_answer(cell) else name


def _own_error(notebook: NotebookResult, key: int, secrets: Secrets) -> str:
    """Return the message of an error in the answer cell itself, such as a syntax error."""
    outcome = notebook.outcome
    cell = next((cell for cell in outcome.cells if cell.key == key), None) if outcome else None
    if cell is None or cell.error is None:
        return ""
    error: CellError = cell.error
    if cell.status in ("stopped", "not run"):
        return STOPPED.get(error.ename, STOPPED["CellStopped"])
    if secrets.are_in(error.evalue):
        return error.ename
    return CELL.sub(r"(line \1)", f"{error.ename}: {error.evalue}")[:1000]
